#!/usr/bin/env bash
# times the server beside bare echoes of the same bytes: ./dev wire [--write | --json] [OPTION...]
#
#   --quick         only the cases that goals are about
#   --modes=LIST    of unary, batch, stream, infer (Open Inference, with Triton beside us)
#   --rounds=N      turns of each server; --seconds=S each
#   --no-triton     without Triton, whose binary is fetched from PyPI (150 MB) into build/triton
#
# ./dev wire shared [--turns=N] [--mebibytes=N] [--threads=N] [--function=NAME] [--tier=TIER]: one call with its tensors in
# shared memory beside the kernel in the client's process on the same buffers, turn about.
# ./dev wire soak [CALLS]: a million calls of mixed sizes (or so many); fails where the server's memory grows.
# ./dev wire trials [--write] [OPTION...]: what was tried for speed: queues, connections, channel arguments, sockets,
# allocators.
#
# With --write the tables go into docs/performance_wire.md instead; --json prints what was measured as lines of JSON.

source "$ROOT/scripts/dev/lib/tables.sh"
source "$ROOT/scripts/dev/lib/triton.sh"

# With the options of the command line.
options=()
tables() { python3 scripts/wire.py "${options[@]}" | python3 scripts/wire_table.py; }
trials() { python3 scripts/wire_trials.py "${options[@]}"; }

case "${1:-}" in
  "" | --* | shared | soak | trials) ;;
  *) usage_error "unknown option $1" ;;
esac
need_packages build test
configure_release machine
export PYTHONDONTWRITEBYTECODE=1

case "${1:-}" in
  shared)
    build release activation-server shared_memory_bench
    step "measuring"
    shift
    exec build/release/bin/shared_memory_bench "$@"
    ;;
  soak)
    build release activation-server activation-server-leaking activation-wire-load
    step "calling"
    exec python3 scripts/wire_soak.py --calls="${2:-1000000}"
    ;;
  trials)
    need_packages allocators
    build release activation-server activation-wire-echo activation-wire-load
    step "measuring"
    shift
    if [[ "${1:-}" == --write ]]; then
      options=("${@:2}")
      write_table trials docs/performance_wire.md ./dev wire trials "${options[@]}"
    else
      options=("$@")
      trials
    fi
    exit
    ;;
esac

output="${1:-}"
case "$output" in
  --write | --json) shift ;;
  *) output="" ;;
esac
triton=yes
for option in "$@"; do
  if [[ "$option" == --no-triton ]]; then triton=""; else options+=("$option"); fi
done
build release activation-server activation-wire-echo activation-wire-load activation-wire-triton
if [[ -n "$triton" ]]; then
  fetch_triton || true
else
  options+=(--servers=activation,echo,protobuf,stream,tcp)
fi
step "measuring"
case "$output" in
  --write) write_table tables docs/performance_wire.md ./dev wire "${options[@]}" ;;
  --json) python3 scripts/wire.py "${options[@]}" ;;
  *) tables ;;
esac
