# Debian's buildah, for image.sh: builds and runs without a daemon. Runs in the network of the machine, so the server
# is put on free loopback ports.

need_packages image

# Whether layers can lie on each other; else each is a whole copy of the one below it.
overlay_works() {
  local folder="$ROOT/build/image/overlay"
  mkdir -p "$folder"/{lower,upper,work,merged}
  # shellcheck disable=SC2016
  unshare --mount sh -c 'cd "$1" && mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged' \
    try "$folder" 2>/dev/null
}

STORAGE_DRIVER=vfs
if overlay_works; then STORAGE_DRIVER=overlay; fi
export BUILDAH_ISOLATION=chroot STORAGE_DRIVER
export CONTAINERS_STORAGE_CONF="$ROOT/build/image/storage.conf"
cat >"$CONTAINERS_STORAGE_CONF" <<CONF
[storage]
driver = "$STORAGE_DRIVER"
graphroot = "$ROOT/build/image/storage"
runroot = "$ROOT/build/image/run"
CONF

readonly container_log_file=build/image/container.log
container=""
runner=""
server_process=""

# The base image: from the registry or, where that cannot be reached, made from Debian's archive.
need_base() {
  if buildah inspect --type image "$base" >/dev/null 2>&1; then return; fi
  if timeout 60 buildah pull --quiet "$base" >/dev/null 2>&1; then return; fi
  # What stands in for an image that was named by its digest would be another.
  if [[ "$base" != docker.io/library/debian:bookworm-slim ]]; then die "the base image $base cannot be pulled"; fi
  step "no image registry: making $base from Debian's archive"
  local rootfs="$ROOT/build/image/rootfs" made
  as_root rm -rf "$rootfs"
  as_root debootstrap --variant=minbase bookworm "$rootfs" >build/image/debootstrap.log 2>&1 ||
    { tail -n 20 build/image/debootstrap.log >&2; die "debootstrap failed"; }
  # What the registry's image leaves out, too.
  as_root rm -rf "$rootfs"/var/cache/apt/* "$rootfs"/var/lib/apt/lists/* "$rootfs"/usr/share/{man,locale,info}/*
  as_root find "$rootfs/usr/share/doc" -type f ! -name copyright -delete
  made="$(buildah from scratch)"
  buildah add --quiet "$made" "$rootfs" / >/dev/null
  buildah commit --quiet "$made" "$base" >/dev/null
  buildah rm "$made" >/dev/null
  as_root rm -rf "$rootfs"
}

image_build() {
  need_base
  # Layers are kept, so that the second image begins where the first ended.
  buildah bud --layers --pull-never --network host --format docker "${build_options[@]}" . \
    >build/image/build.log 2>&1 || { tail -n 40 build/image/build.log >&2; die "the image did not build"; }
}

image_config() {
  buildah inspect --type image "localhost/$image" |
    python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["Docker"]["config"]))'
}

# image_megabytes IMAGE
image_megabytes() {
  buildah images --format '{{.Size}}' "$1" | head -n 1 |
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

# started FIELD: what the server's line about its start says.
started() { sed -n '/"event":"started"/s/.*"'"$1"'":"\([^"]*\)".*/\1/p' "$container_log_file" | head -n 1; }

# Starts what the image says it runs, as it is meant to be run, and sets http_url and endpoint. `buildah run` has neither
# a read-only root nor a way to drop all capabilities.
container_start() {
  container="$(buildah from --pull-never "localhost/$image")"
  trap 'stop_runner; buildah rm "$container" >/dev/null' EXIT
  local root user
  local -a command
  root="$(buildah mount "$container")"
  user="$(image_config | python3 -c 'import json, sys; print(json.load(sys.stdin)["User"])')"
  mapfile -t command < <(image_config | python3 -c \
    'import json, sys; config = json.load(sys.stdin); print(*config["Entrypoint"], *config["Cmd"], sep="\n")')
  # shellcheck disable=SC2016
  as_root unshare --mount bash -euc '
    root="$1" user="$2"
    mount --bind "$root" "$root"
    mount --bind /proc "$root/proc"
    mount --bind /dev "$root/dev"
    mount -o remount,bind,ro "$root"
    exec chroot "$root" setpriv --reuid="${user%:*}" --regid="${user#*:}" --clear-groups --no-new-privs \
      --bounding-set=-all --inh-caps=-all "${@:3}"' start "$root" "$user" "${command[@]}" --log-format=json \
    --address=127.0.0.1:0 --http-address=127.0.0.1:0 >"$container_log_file" 2>&1 &
  runner=$!
  local tries pid
  for ((tries = 0; tries < 300; ++tries)); do
    endpoint="$(started address)"
    if [[ -n "$endpoint" ]]; then break; fi
    kill -0 "$runner" 2>/dev/null || break
    sleep 0.1
  done
  if [[ -z "$endpoint" ]]; then container_log >&2; die "the container did not start"; fi
  http_url="http://$(started http_address)"
  for pid in "$runner" $(descendants "$runner"); do
    if [[ "$(cat "/proc/$pid/comm" 2>/dev/null)" == activation-serv ]]; then server_process="$pid"; fi
  done
}

container_exec() { buildah run --network host "$container" -- "$@"; }

# server_status FIELD: what the kernel says of the server.
server_status() { awk -v field="$1:" '$1 == field { print $2 }' "/proc/$server_process/status"; }

root_is_read_only() { awk '$5 == "/" { options = $6 } END { exit options !~ /^ro/ }' "/proc/$server_process/mountinfo"; }

# Sends SIGTERM and sets exit_code.
container_stop() {
  local code=0
  kill -TERM "$server_process"
  wait "$runner" || code=$?
  runner=""
  exit_code=$code
}

# Ends the runner and all below it, whether that is the server yet or what comes before it.
stop_runner() {
  local -a below
  if [[ -z "$runner" ]]; then return; fi
  mapfile -t below < <(descendants "$runner")
  as_root kill -KILL "$runner" "${below[@]}" 2>/dev/null || true
  wait "$runner" 2>/dev/null || true
}

container_log() { cat "$container_log_file"; }
