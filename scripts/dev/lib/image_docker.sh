# docker and podman, for image.sh: both take the same words.

container=""

image_build() {
  local -a format=()
  # Podman's own format has no HEALTHCHECK.
  if [[ "$engine" == podman ]]; then format=(--format docker); fi
  "$engine" build "${format[@]}" "${build_options[@]}" . >&2
}

image_config() { "$engine" image inspect --format '{{json .Config}}' "$image"; }

# image_megabytes IMAGE
image_megabytes() { echo $(($("$engine" image inspect --format '{{.Size}}' "$1") / 1000000)); }

# Starts the image as it is meant to be run and sets http_url.
container_start() {
  container="$("$engine" run --detach --read-only --cap-drop=ALL --security-opt=no-new-privileges \
    --publish 127.0.0.1::8080 "$image")"
  trap '"$engine" rm --force "$container" >/dev/null' EXIT
  http_url="http://$("$engine" port "$container" 8080/tcp | head -n 1)"
  endpoint=127.0.0.1:50051
}

container_exec() { "$engine" exec "$container" "$@"; }

root_is_read_only() { ! container_exec touch /tmp/written 2>/dev/null; }

# server_status FIELD: what the kernel says of the server.
server_status() { container_exec cat /proc/1/status | awk -v field="$1:" '$1 == field { print $2 }'; }

# Sends SIGTERM and sets exit_code.
container_stop() {
  "$engine" stop --time 40 "$container" >/dev/null
  exit_code="$("$engine" inspect --format '{{.State.ExitCode}}' "$container")"
}

container_log() { "$engine" logs "$container"; }
