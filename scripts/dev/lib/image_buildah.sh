# Debian's buildah, for image.sh: builds and runs without a daemon. Runs in the network of the machine, so the server
# is put on free loopback ports.

need_packages image
export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs
export CONTAINERS_STORAGE_CONF="$ROOT/build/image/storage.conf"
cat >"$CONTAINERS_STORAGE_CONF" <<CONF
[storage]
driver = "vfs"
graphroot = "$ROOT/build/image/storage"
runroot = "$ROOT/build/image/run"
CONF

readonly base=docker.io/library/debian:bookworm-slim
readonly container_log_file=build/image/container.log
container=""
runner=""
server_process=""

# The base image: from the registry or, where that cannot be reached, made from Debian's archive.
need_base() {
  if buildah inspect --type image "$base" >/dev/null 2>&1; then return; fi
  if timeout 60 buildah pull --quiet "$base" >/dev/null 2>&1; then return; fi
  step "no image registry: making $base from Debian's archive"
  local rootfs="$ROOT/build/image/rootfs" made
  as_root rm -rf "$rootfs"
  as_root debootstrap --variant=minbase bookworm "$rootfs" >build/image/debootstrap.log 2>&1 ||
    { tail -n 20 build/image/debootstrap.log >&2; die "debootstrap failed"; }
  made="$(buildah from scratch)"
  buildah add --quiet "$made" "$rootfs" / >/dev/null
  buildah commit --quiet "$made" "$base" >/dev/null
  buildah rm "$made" >/dev/null
  as_root rm -rf "$rootfs"
}

image_build() {
  need_base
  buildah bud --pull-never --network host --format docker --target "$target" --build-arg "REVISION=$revision" \
    -t "$image" . >build/image/build.log 2>&1 || { tail -n 40 build/image/build.log >&2; die "the image did not build"; }
}

image_megabytes() {
  buildah images --format '{{.Size}}' "localhost/$image" |
    awk '{ print int($1 * ($2 == "GB" ? 1000 : $2 == "KB" ? 0.001 : 1)) }'
}

# Everything that runs below process $1.
descendants() {
  local child
  for child in $(cat "/proc/$1/task"/*/children 2>/dev/null); do
    echo "$child"
    descendants "$child"
  done
}

# Starts what the image says it runs and sets http_url and endpoint.
container_start() {
  container="$(buildah from --pull-never "localhost/$image")"
  trap 'stop_runner; buildah rm "$container" >/dev/null' EXIT
  local -a command
  mapfile -t command < <(buildah inspect --type image --format \
    '{{range .Docker.Config.Entrypoint}}{{println .}}{{end}}{{range .Docker.Config.Cmd}}{{println .}}{{end}}' \
    "localhost/$image" | sed '/^$/d')
  buildah run --network host "$container" -- "${command[@]}" --log-format=json \
    --address=127.0.0.1:0 --http-address=127.0.0.1:0 >"$container_log_file" 2>&1 &
  runner=$!
  local tries pid
  for ((tries = 0; tries < 300; ++tries)); do
    endpoint="$(sed -n '/"event":"started"/s/.*"address":"\([^"]*\)".*/\1/p' "$container_log_file" | head -n 1)"
    if [[ -n "$endpoint" ]]; then break; fi
    kill -0 "$runner" 2>/dev/null || break
    sleep 0.1
  done
  if [[ -z "$endpoint" ]]; then container_log >&2; die "the container did not start"; fi
  http_url="http://$(sed -n '/"event":"started"/s/.*"http_address":"\([^"]*\)".*/\1/p' "$container_log_file" | head -n 1)"
  for pid in $(descendants "$runner"); do
    if [[ "$(cat "/proc/$pid/comm" 2>/dev/null)" == activation-serv ]]; then server_process="$pid"; fi
  done
}

container_exec() { buildah run --network host "$container" -- "$@"; }

container_uid() { awk '/^Uid:/ { print $2 }' "/proc/$server_process/status"; }

# Sends SIGTERM and sets exit_code.
container_stop() {
  local code=0
  kill -TERM "$server_process"
  wait "$runner" || code=$?
  runner=""
  exit_code=$code
}

stop_runner() {
  if [[ -n "$runner" ]]; then kill -KILL "$server_process" 2>/dev/null || true; fi
}

container_log() { cat "$container_log_file"; }
