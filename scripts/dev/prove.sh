#!/usr/bin/env bash
# measures the accuracy of the kernels against arbitrary precision: ./dev prove [OPTION OF activation-prove...]
#
# Without options: every function and dtype, in both tiers and directions, on every instruction set of this machine;
# f32 on 2^24 inputs. 'build/release/bin/activation-prove --help' lists the options. With --write first, what was found
# goes into the table of docs/accuracy.md instead; with --plots first, the errors of f32 against x become pictures in
# docs/images/accuracy.

need_packages build test
configure_release machine
build release activation-prove
case "${1:-}" in
  --write)
    shift
    build/release/bin/activation-prove --json "$@" | python3 scripts/accuracy_table.py |
      python3 scripts/write_table.py docs/accuracy.md ./dev prove "$@"
    ;;
  --plots)
    shift
    build/release/bin/activation-prove --dtype=f32 --profile --json "$@" |
      python3 scripts/accuracy_plots.py docs/images/accuracy
    ;;
  *) build/release/bin/activation-prove "$@" ;;
esac
