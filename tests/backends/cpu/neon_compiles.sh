#!/usr/bin/env bash
# Compiles every source with kernels for NEON: neon_compiles.sh COMPILER SOURCE_DIR DISABLED_TARGETS. Exit code 77 without a compiler.
set -euo pipefail
compiler="$1"
cd "$2"
if [[ ! -x "$compiler" ]]; then
  echo "skipped: no aarch64-linux-gnu-g++ here (package g++-aarch64-linux-gnu)"
  exit 77
fi
for source in $(grep -l HWY_TARGET_INCLUDE src/backends/cpu/*.cc); do
  echo "$source"
  # With the options of src/backends/CMakeLists.txt. Highway and Abseil are headers without a machine in them; the system's come first.
  "$compiler" -std=c++20 -march=armv8-a+crypto -O1 -ffp-contract=off -Wall -Wextra -Werror "-DHWY_DISABLED_TARGETS=($3)" \
    -I. -idirafter /usr/include -c -o /dev/null "$source"
done
