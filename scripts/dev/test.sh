#!/usr/bin/env bash
# builds everything and runs every test that needs no GPU: ./dev test [--asan|--tsan] [--no-cuda] [--torch] [CTEST OPTION...]
#
#   --asan        the whole suite under the address and undefined-behaviour sanitizers (build/asan)
#   --tsan        the engine's tests under the thread sanitizer (build/tsan)
#   --no-cuda     leave the CUDA sources out
#   --torch       install PyTorch into build/pytorch, for the tests of the Python package that need it
#
# Further options go to ctest: './dev test -R Gelu', './dev test -L interop'. CUDA is compiled, not run: where the
# machine has no nvcc the toolkit comes from PyPI into build/cuda-toolkit.

cuda=on
preset=release
torch=no
while [[ $# -gt 0 ]]; do
  case "$1" in
    --asan | --tsan) preset="${1#--}" ;;
    --no-cuda) cuda=off ;;
    --torch) torch=yes ;;
    *) break ;;
  esac
  shift
done

need_packages build test
if [[ "$torch" == yes ]]; then
  source "$ROOT/scripts/dev/lib/peers.sh"
  fetch_pytorch
fi
case "$preset" in
  release) configure_release "$cuda" ;;
  *) configure "$preset" ;;
esac
if [[ "$preset" == tsan ]]; then
  build "$preset" backends_test cuda_backend_test engine_test
  set -- -L engine "$@"
else
  build "$preset"
fi
# Debian's gRPC and Abseil are built without the thread sanitizer; what it says about them is not about us.
export TSAN_OPTIONS="suppressions=$ROOT/tests/tsan.supp ${TSAN_OPTIONS:-}"
if [[ "$cuda" == on && "$preset" == release ]]; then need_disassembler || true; fi
# Some tests wait rather than work: one more than there are processors.
step "testing $preset"
ctest --test-dir "build/$preset" --output-on-failure --no-tests=error -j $(($(nproc) + 1)) "$@"
