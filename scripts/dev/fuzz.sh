#!/usr/bin/env bash
# compares our decoder with protobuf's parser on inputs that libFuzzer finds: ./dev fuzz [SECONDSs | RUNS] [OPTION...]
#
# A number with an s is how long to run (default: 60s), one without how many inputs to try. Stops with an error at the
# first on which the two differ, or that a sanitizer objects to, and leaves it in build/fuzz/. Further options go to
# libFuzzer. What was found to reach new code is kept in build/fuzz/corpus and used the next time; the inputs to begin
# with are in tests/fuzz/corpus, which `./dev test` replays without clang.

readonly FUZZ_CORPUS=build/fuzz/corpus

amount="${1:-60s}"
if [[ $# -gt 0 ]]; then shift; fi
if [[ "$amount" =~ ^[0-9]+s$ ]]; then
  limit="-max_total_time=${amount%s}"
elif [[ "$amount" =~ ^[0-9]+$ ]]; then
  limit="-runs=$amount"
else
  usage_error "'$amount' is neither seconds, as 60s, nor a number of inputs"
fi

need_packages build test fuzz
configure fuzz
build fuzz decoder_fuzzer
mkdir -p "$FUZZ_CORPUS"
step "fuzzing ($amount)"
build/fuzz/bin/decoder_fuzzer "$limit" -max_len=512 -timeout=10 -artifact_prefix=build/fuzz/ "$@" \
  "$FUZZ_CORPUS" tests/fuzz/corpus
