#!/usr/bin/env bash
# times what was tried for speed, beside what was taken: ./dev trials [--write]
#
# Stores, prefetch and unrolling in the loop of the kernels; division, tables and polynomials in formulas. With --write
# the tables go into docs/performance.md instead.

source "$ROOT/scripts/dev/lib/tables.sh"

tables() { build/release/bin/activation-trials | python3 scripts/trials_table.py; }

at_most_one_of --write "$@"
need_packages build test
configure_release machine
build release activation-trials
step "measuring"
if [[ "${1:-}" == --write ]]; then
  write_table tables docs/performance.md ./dev trials
else
  tables
fi
