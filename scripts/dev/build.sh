#!/usr/bin/env bash
# builds a preset: ./dev build [release|dev|asan|tsan|cuda|tidy] [TARGET...]
#
#   --no-cuda     leave the CUDA sources out
#
# Default: everything of `release`, into build/release. Installs missing packages first. CUDA is compiled where the
# machine has a toolkit.

cuda=machine
preset=release
while [[ "${1:-}" == --* ]]; do
  case "$1" in
    --no-cuda) cuda=off ;;
    *) usage_error "unknown option $1" ;;
  esac
  shift
done
if [[ $# -gt 0 ]]; then
  preset="$1"
  shift
fi
grep -q "\"name\": \"$preset\", \"configurePreset\"" CMakePresets.json || usage_error "there is no preset '$preset'"

need_packages build test
if [[ "$preset" == tidy ]]; then need_packages lint; fi
case "$preset" in
  release) configure_release "$cuda" ;;
  asan | tsan | tidy) configure "$preset" ;;  # these never compile CUDA
  *) configure_with_cuda "$preset" "$cuda" ;;
esac
build "$preset" "$@"
step "done: build/$preset/bin"
