#!/usr/bin/env bash
# times the kernels beside other libraries' in one run: ./dev compare [--write | --json]
#
# f32 in cache, on one thread and on all: oneDNN, XNNPACK, SLEEF and Eigen in one process, PyTorch in another with our
# kernels loaded into it. With --write the tables go into docs/performance.md instead; --json prints what was measured
# as lines of JSON. A library that cannot be installed is left out.

source "$ROOT/scripts/dev/lib/peers.sh"
source "$ROOT/scripts/dev/lib/tables.sh"

# run_peers OPTION...: every process of the comparison.
run_peers() {
  build/release/bin/activation-compare "$@"
  if [[ ! -f "$PYTORCH/requirements.txt" ]]; then return; fi
  "$PYTORCH/bin/python" tests/benchmarks/compare/pytorch.py build/release/bin/libactivation-kernels.so "$@"
}

measure() {
  run_peers --threads=1
  # Several threads get work that is worth waking them for.
  run_peers --threads=0 --elements=1048576 --rounds=50
}

tables() { measure | python3 scripts/compare_table.py; }

at_most_one_of '--write|--json' "$@"
need_peers
need_packages build test
fetch_pytorch || true
configure_release machine
build release activation-compare activation-kernels
step "measuring"
case "${1:-}" in
  --write) write_table tables docs/performance.md ./dev compare ;;
  --json) measure ;;
  *) tables ;;
esac
