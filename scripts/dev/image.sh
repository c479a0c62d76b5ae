#!/usr/bin/env bash
# builds the container image and tests a running container: ./dev image [--engine=docker|podman|buildah] [--base=IMAGE] [TARGET]
#
# TARGET is cpu, unless said otherwise, or cuda; the image is called activation:TARGET and activation:VERSION-TARGET. Without
# --engine the first that works is taken; where none does, Debian's buildah is installed, which needs no daemon, and
# the base image is made from Debian's archive where no image registry can be reached. What buildah stores lies in
# build/image.
#
# --base=IMAGE, as debian:bookworm-slim@sha256:..., is what both stages begin with instead of the newest bookworm-slim.

engine=""
base=docker.io/library/debian:bookworm-slim
target=cpu
while [[ $# -gt 0 ]]; do
  case "$1" in
    --engine=docker | --engine=podman | --engine=buildah) engine="${1#--engine=}" ;;
    --base=?*) base="${1#--base=}" ;;
    -*) usage_error "unknown option $1" ;;
    *) target="$1" ;;
  esac
  shift
done
grep -q "^FROM .* AS $target\$" Dockerfile || usage_error "the Dockerfile has no stage '$target'"

# A client whose daemon does not answer is no engine.
engine_works() { command -v "$1" >/dev/null && timeout 20 "$1" info >/dev/null 2>&1; }

if [[ -z "$engine" ]]; then
  engine=buildah
  for candidate in docker podman; do
    if engine_works "$candidate"; then
      engine="$candidate"
      break
    fi
  done
fi
readonly base image="activation:$target"
version="$(sed -n 's/^project(activation VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)"
# With -dirty behind it where the checkout is not what that commit has.
revision="$(git describe --always --dirty --abbrev=40 --exclude='*' 2>/dev/null || echo unknown)"
build_options=(--target "$target" -t "$image" -t "activation:$version-$target" --build-arg "BASE=$base"
  --label "org.opencontainers.image.base.name=$base" --label "org.opencontainers.image.version=$version"
  --label "org.opencontainers.image.revision=$revision"
  --label "org.opencontainers.image.created=$(date --utc +%Y-%m-%dT%H:%M:%SZ)")
# Where others can read the sources, if they can: no path, and no address with a password.
source_url="$(git remote get-url origin 2>/dev/null | grep -x 'https://[^@]*' || true)"
if [[ -n "$source_url" ]]; then build_options+=(--label "org.opencontainers.image.source=$source_url"); fi
# As pip takes them here.
certificates="${PIP_CERT:-${SSL_CERT_FILE:-}}"
if [[ -f "$certificates" ]]; then build_options+=(--secret "id=certificates,src=$certificates"); fi
mkdir -p build/image

if [[ "$engine" == buildah ]]; then
  source scripts/dev/lib/image_buildah.sh
else
  source scripts/dev/lib/image_docker.sh
fi
source scripts/dev/lib/image_smoke.sh

step "building $image with $engine"
image_build
step "the image has $(image_megabytes "$image") MB, its base $(image_megabytes "$base")"
smoke_test
step "done: $image"
