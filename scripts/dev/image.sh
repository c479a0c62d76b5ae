#!/usr/bin/env bash
# builds the container image and tests a running container: ./dev image [--engine=docker|podman|buildah] [TARGET]
#
# TARGET is a stage of the Dockerfile, cpu unless said otherwise; the image is called activation:TARGET. Without
# --engine the first that works is taken; where none does, Debian's buildah is installed, which needs no daemon, and
# the base image is made from Debian's archive where no image registry can be reached. What buildah stores lies in
# build/image.

engine=""
target=cpu
while [[ $# -gt 0 ]]; do
  case "$1" in
    --engine=docker | --engine=podman | --engine=buildah) engine="${1#--engine=}" ;;
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
readonly image="activation:$target"
revision="$(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
mkdir -p build/image

if [[ "$engine" == buildah ]]; then
  source scripts/dev/lib/image_buildah.sh
else
  source scripts/dev/lib/image_docker.sh
fi
source scripts/dev/lib/image_smoke.sh

step "building $image with $engine"
image_build
step "the image has $(image_megabytes) MB"
smoke_test
step "done: $image"
