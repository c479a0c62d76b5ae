# docker and podman, for image.sh: both take the same words.

container=""

image_build() {
  local -a format=()
  # Podman's own format has no HEALTHCHECK.
  if [[ "$engine" == podman ]]; then format=(--format docker); fi
  "$engine" build "${format[@]}" --target "$target" --build-arg "REVISION=$revision" -t "$image" . >&2
}

image_megabytes() { echo $(($("$engine" image inspect --format '{{.Size}}' "$image") / 1000000)); }

# Starts the image as it is meant to be run and sets http_url.
container_start() {
  container="$("$engine" run --detach --read-only --cap-drop=ALL --security-opt=no-new-privileges \
    --publish 127.0.0.1::8080 "$image")"
  trap '"$engine" rm --force "$container" >/dev/null' EXIT
  http_url="http://$("$engine" port "$container" 8080/tcp | head -n 1)"
  endpoint=127.0.0.1:50051
}

container_exec() { "$engine" exec "$container" "$@"; }

container_uid() { "$engine" top "$container" -eo uid 2>/dev/null | sed -n '2s/ //gp' || container_exec id -u; }

# Sends SIGTERM and sets exit_code.
container_stop() {
  "$engine" stop --time 40 "$container" >/dev/null
  exit_code="$("$engine" inspect --format '{{.State.ExitCode}}' "$container")"
}

container_log() { "$engine" logs "$container"; }
