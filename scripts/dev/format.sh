#!/usr/bin/env bash
# lays the C++ sources out with clang-format: ./dev format [--check]
#
#   --check       change nothing; exit code 1 and the places where a file differs

at_most_one_of --check "$@"
need_packages lint
mapfile -t files < <(cpp_files)
if [[ "${1:-}" == --check ]]; then
  clang-format --dry-run -Werror "${files[@]}"
else
  clang-format -i "${files[@]}"
fi
