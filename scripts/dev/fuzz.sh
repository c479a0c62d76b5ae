#!/usr/bin/env bash
# feeds every parser of ours what libFuzzer thinks of: ./dev fuzz [TIME | RUNS] [--target=NAME] [OPTION...]
#
#   ./dev fuzz                          every target for a minute
#   ./dev fuzz 600s                     every target for ten
#   ./dev fuzz 1000000 --target=npy     one target on so many inputs
#   ./dev fuzz --merge [--target=NAME]  what long runs found, for `./dev test` to replay
#
# TIME is how long each target runs, in seconds with an s (default: 60s); RUNS, a number alone, how many inputs each gets. Stops with an
# error at the first input of which something does not hold that must (tests/fuzz/checks.h says what, target by target),
# or that a sanitizer objects to, and leaves it in build/fuzz/. A further option goes to libFuzzer. What was found to
# reach new code is kept in build/fuzz/corpus and used the next time; the inputs to begin with are in tests/fuzz/corpus,
# a folder for each target, which `./dev test` replays without clang. --merge runs nothing: of what is in build/fuzz/corpus it
# adds to those folders the ten inputs a target that reach most that is reached by none of the others, in place of those that
# it added before (named by their SHA-1).

# Folder and target have the same name.
mapfile -t targets < <(cd tests/fuzz/corpus && printf '%s\n' *)
amount=60s
merging=no
# A target's inputs that are merged in, at most: the corpus stays small enough to be replayed and read.
readonly most_merged=10
chosen=("${targets[@]}")
options=()
for argument in "$@"; do
  case "$argument" in
    --target=*)
      chosen=("${argument#--target=}")
      [[ -d "tests/fuzz/corpus/${chosen[0]:-?}" ]] ||
        usage_error "there is no target '${chosen[0]}'; there are ${targets[*]}"
      ;;
    --merge) merging=yes ;;
    --*) usage_error "unknown option $argument" ;;
    -*) options+=("$argument") ;;
    *) amount="$argument" ;;
  esac
done
if [[ "$amount" =~ ^[0-9]+s$ ]]; then
  limit="-max_total_time=${amount%s}"
elif [[ "$amount" =~ ^[0-9]+$ ]]; then
  limit="-runs=$amount"
else
  usage_error "'$amount' is neither seconds, as 60s, nor a number of inputs"
fi

need_packages build test fuzz
configure fuzz
build fuzz "${chosen[@]/%/_fuzzer}"

# No input of half a KiB may make a parser ask for much memory.
limits=(-max_len=512 -timeout=300 -malloc_limit_mb=64 -rss_limit_mb=2048)
# Where memory was asked for is found out for one frame: for all of them it would take half of the time.
export ASAN_OPTIONS="malloc_context_size=1:${ASAN_OPTIONS:-}"

# merge TARGET
merge() {
  local target="$1" kept="tests/fuzz/corpus/$1" found="build/fuzz/corpus/$1" merged="build/fuzz/merged/$1" file name
  local -a new=()
  if [[ ! -d "$found" ]]; then
    step "$target: nothing in $found"
    return
  fi
  rm -rf "$merged" "$merged.before"
  mkdir -p "$merged" "$merged.before"
  for file in "$kept"/*; do
    name="$(basename "$file")"
    # Those that were merged in before are candidates again.
    if [[ "$name" =~ ^[0-9a-f]{40}$ ]]; then cp "$file" "$merged.before"; else cp "$file" "$merged"; fi
  done
  "build/fuzz/bin/${target}_fuzzer" -set_cover_merge=1 "${limits[@]}" "$merged" "$merged.before" "$found" \
    2>"build/fuzz/merged/$target.log" || { tail -n 20 "build/fuzz/merged/$target.log" >&2; die "$target: the merge failed"; }
  # Written one after the other, the one that reaches most first.
  mapfile -t new < <(cd "$merged" && find . -type f -regex './[0-9a-f]+' -printf '%T@ %f\n' | sort -n | awk 'length($2) == 40 { print $2 }')
  for file in "$merged.before"/*; do
    if [[ -e "$file" ]]; then rm -f "$kept/$(basename "$file")"; fi
  done
  for name in "${new[@]:0:most_merged}"; do cp "$merged/$name" "$kept/"; done
  step "$target: ${#new[@]} inputs reach something new, $((${#new[@]} < most_merged ? ${#new[@]} : most_merged)) are in $kept"
}

if [[ "$merging" == yes ]]; then
  for target in "${chosen[@]}"; do merge "$target"; done
  exit 0
fi
for target in "${chosen[@]}"; do
  step "fuzzing $target ($amount)"
  mkdir -p "build/fuzz/corpus/$target"
  "build/fuzz/bin/${target}_fuzzer" "$limit" "${limits[@]}" -print_final_stats=1 \
    -artifact_prefix="build/fuzz/$target-" "${options[@]}" "build/fuzz/corpus/$target" "tests/fuzz/corpus/$target"
done
step "done: nothing found in ${chosen[*]}"
