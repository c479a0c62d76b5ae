#!/usr/bin/env bash
# measures the accuracy of the kernels against arbitrary precision: ./dev prove [OPTION OF activation-prove...]
#
# Without options: every function and dtype, in both tiers and directions, on every instruction set of this machine;
# f32 on 17,043,521 inputs. 'build/release/bin/activation-prove --help' lists the options. First of them may be one of:
#   --write   what was found goes into the table of docs/accuracy.md instead, and the hashes of whole sweeps (--all) into
#             tests/accuracy/sweep_hashes.json
#   --check   the hashes are compared with those of that file instead
#   --plots   the errors of f32 against x become pictures in docs/images/accuracy instead

readonly SWEEP_HASHES=tests/accuracy/sweep_hashes.json

need_packages build test
configure_release machine
build release activation-prove
case "${1:-}" in
  --write)
    shift
    found=$(mktemp)
    trap 'rm -f "$found"' EXIT
    build/release/bin/activation-prove --json "$@" >"$found"
    python3 scripts/accuracy_table.py <"$found" | python3 scripts/write_table.py docs/accuracy.md ./dev prove --write "$@"
    if [[ " $* " == *" --all "* ]]; then python3 scripts/sweep_hashes.py "$SWEEP_HASHES" <"$found"; fi
    ;;
  --check)
    shift
    build/release/bin/activation-prove --json "$@" | python3 scripts/sweep_hashes.py --check "$SWEEP_HASHES"
    ;;
  --plots)
    shift
    build/release/bin/activation-prove --dtype=f32 --profile --json "$@" |
      python3 scripts/accuracy_plots.py docs/images/accuracy
    ;;
  *) build/release/bin/activation-prove "$@" ;;
esac
