#!/usr/bin/env bash
# times what was tried for speed, beside what was taken: ./dev trials [--write]
#
# Stores, prefetch and unrolling in the loop of the kernels; division, tables and polynomials in formulas. With --write
# the tables go into docs/performance.md instead.

case "${1:-}" in
  "" | --write) ;;
  *) usage_error "unknown option $1" ;;
esac
need_packages build test
configure_release machine
build release activation-trials
step "measuring"
if [[ "${1:-}" == --write ]]; then
  build/release/bin/activation-trials | python3 scripts/trials_table.py |
    python3 scripts/write_table.py docs/performance.md ./dev trials
else
  build/release/bin/activation-trials | python3 scripts/trials_table.py
fi
