#!/usr/bin/env bash
# builds everything and runs every test that needs no GPU: ./dev test [--asan|--tsan] [--no-cuda] [--torch] [CTEST OPTION...]
#
#   --asan        the whole suite under the address and undefined-behaviour sanitizers (build/asan)
#   --tsan        the suite under the thread sanitizer (build/tsan); what it reports is in build/tsan/reports, too
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
build "$preset"
if [[ "$preset" == asan ]]; then
  export LSAN_OPTIONS="suppressions=$ROOT/tests/asan/leaks.supp:print_suppressions=0:${LSAN_OPTIONS:-}"
fi
if [[ "$preset" == tsan ]]; then
  # Of every process that a test starts, whatever the test makes of its exit code.
  reports="$ROOT/build/tsan/reports"
  rm -rf "$reports"
  mkdir -p "$reports"
  # A process that a signal ends on purpose has raced with nobody.
  export TSAN_OPTIONS="ignore_noninstrumented_modules=1 handle_sigbus=0 log_path=$reports/process ${TSAN_OPTIONS:-}"
fi
if [[ "$cuda" == on && "$preset" == release ]]; then need_disassembler || true; fi
# Some tests wait rather than work: one more than there are processors.
step "testing $preset"
failed=0
ctest --test-dir "build/$preset" --output-on-failure --no-tests=error -j $(($(nproc) + 1)) "$@" || failed=$?
if [[ "$preset" == tsan && -n "$(ls "$reports")" ]]; then
  cat "$reports"/* >&2
  die "the thread sanitizer has reported something; it is above and in build/tsan/reports"
fi
exit "$failed"
