#!/usr/bin/env bash
# checks layout, layers, public headers, .proto and, with clang-tidy, the code: ./dev lint [--all | FILE...]
#
#   --all         clang-tidy over every source file (an hour the first time, then what has changed since it was found
#                 clean); default: those that differ from origin/main or, where there is none, from the last commit
#   FILE          a .cc file; headers are read with the files that include them
#
# Exit code 1 when anything is found.

all=no
named=()
for argument in "$@"; do
  case "$argument" in
    --all) all=yes ;;
    -*) usage_error "unknown option $argument" ;;
    *.cc) named+=("$argument") ;;
    *) usage_error "'$argument' is no .cc file; clang-tidy reads headers with the files that include them" ;;
  esac
done
for file in "${named[@]}"; do
  [[ -f "$file" ]] || usage_error "there is no file '$file'"
done
need_packages build test lint
failed=()
check() {
  local what="$1"
  shift
  step "checking $what"
  "$@" || failed+=("$what")
}

layout() { bash "$ROOT/dev" format --check; }
proto() {
  tests/interop/third_party.sh build/third-party >&2
  build/third-party/venv/bin/buf lint proto
}

# The sources that clang-tidy is asked to read, one a line.
tidy_files() {
  if [[ ${#named[@]} -gt 0 ]]; then
    realpath --relative-to=. "${named[@]}"
  elif [[ "$all" == yes ]]; then
    cpp_files
  else
    git diff --name-only --diff-filter=d "$(git rev-parse --verify -q origin/main || echo HEAD)" &&
      git ls-files -o --exclude-standard
  fi | sed -n '/\.cc$/p' | sort -u
}

# The sources for which build/dev has a command.
compiled_files() { sed -n "s|^  \"file\": \"$ROOT/\(.*\)\",*$|\1|p" build/dev/compile_commands.json | sort -u; }

tidy() {
  local found
  local -a files headers left_out
  found="$(tidy_files)" || return 1
  if [[ -z "$found" ]]; then return; fi
  mapfile -t files <<<"$found"
  # Where each file is compiled by a command of its own, which clang-tidy takes its flags from: a release is built of
  # many files in one.
  configure_with_cuda dev machine
  mapfile -t headers < <(ninja -C build/dev -t targets all | sed -n 's/^\(.*\.h\): CUSTOM_COMMAND$/\1/p')
  build dev "${headers[@]}"
  # With the flags of another file, which it would guess, clang-tidy misreads what only other presets compile: for ARM,
  # with libFuzzer or a sanitizer, with or without CUDA.
  mapfile -t left_out < <(comm -23 <(printf '%s\n' "${files[@]}") <(compiled_files))
  if [[ ${#left_out[@]} -gt 0 ]]; then step "left out, as the preset dev does not compile them: ${left_out[*]}"; fi
  mapfile -t files < <(comm -12 <(printf '%s\n' "${files[@]}") <(compiled_files))
  python3 -B scripts/clang_tidy.py build/dev "${files[@]}"
}

check "layout (clang-format)" layout
check "layers" python3 tests/docs/layers_test.py "$ROOT"
check "comments of the public headers" python3 tests/docs/public_headers_test.py "$ROOT"
check ".proto (buf lint)" proto
check "code (clang-tidy)" tidy
if [[ ${#failed[@]} -gt 0 ]]; then
  die "lint: $(printf '%s; ' "${failed[@]}")"
fi
step "done: nothing found"
