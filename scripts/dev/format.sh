#!/usr/bin/env bash
# lays the C++ sources out with clang-format: ./dev format [--check]
#
#   --check       change nothing; exit code 1 and the places where a file differs

need_packages lint
mapfile -t files < <(cpp_files)
case "${1:-}" in
  "") clang-format -i "${files[@]}" ;;
  --check) clang-format --dry-run -Werror "${files[@]}" ;;
  *) usage_error "unknown option $1" ;;
esac
