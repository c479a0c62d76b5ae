#!/usr/bin/env bash
# times the kernels beside oneDNN's in one run: ./dev compare [--write]
#
# f32, one thread, in cache. With --write the table goes into docs/performance.md instead.

need_packages build test compare
configure_with_cuda release machine
build release activation-compare
if [[ "${1:-}" == --write ]]; then
  build/release/bin/activation-compare | python3 scripts/write_table.py docs/performance.md ./dev compare
else
  build/release/bin/activation-compare
fi
