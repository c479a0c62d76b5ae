#!/usr/bin/env bash
# Runs the hashes' program for ARM and compares what it prints: same_bits.sh PROGRAM QEMU HASHES. Exit code 77 where it cannot run.
set -euo pipefail
program="$1" qemu="$2" hashes="$3"
if [[ ! -x "$program" ]]; then
  echo "skipped: no aarch64-linux-gnu-g++ when this was configured (package g++-aarch64-linux-gnu)"
  exit 77
fi
if [[ ! -x "$qemu" ]]; then
  echo "skipped: no qemu-aarch64 when this was configured (package qemu-user)"
  exit 77
fi
"$qemu" "$program" >"$program.json"
diff -u "$hashes" "$program.json"
