#!/usr/bin/env bash
# measures the project's goals and prints for each the figure and the verdict: ./dev scorecard [--all] [--write] [GOAL...]
#
#   --all         also the slow ones: the whole test suite, packages, container images
#   --write       also puts what was found into the tables of goals in docs/: accuracy.md, performance.md,
#                 performance_wire.md and testing.md
#
# Goals are named as in the table it prints, './dev scorecard batch'. Exit code 1 when one is missed.

source "$ROOT/scripts/dev/lib/peers.sh"
source "$ROOT/scripts/dev/lib/triton.sh"

names=" "
for word in "$@"; do
  if [[ "$word" != --* ]]; then names+="$word "; fi
done
# Whether a goal is to be measured that is not slow.
wanted() { [[ "$names" == " " || "$names" == *" $1 "* ]]; }

need_peers
need_packages build test
if wanted pytorch; then fetch_pytorch || true; fi
if wanted wire-triton; then fetch_triton || true; fi
configure_release machine
build release activation-server activation-client activation-prove activation-bench activation-compare activation-kernels \
  activation-wire-echo activation-wire-load activation-wire-triton activation-server-leaking activation-checked-load \
  shared_memory_bench
step "measuring"
PYTHONDONTWRITEBYTECODE=1 python3 scripts/scorecard.py "$@"
