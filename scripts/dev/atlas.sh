#!/usr/bin/env bash
# judges other libraries' functions by ours: ./dev atlas [--quick]
#
# Installs the libraries (Debian packages; PyTorch, ONNX Runtime and JAX from PyPI into build/atlas/venv), sweeps every
# float through them on one core, which takes about an hour, and writes docs/atlas.md with its pictures. It can be
# stopped at any time and goes on there: what is measured stands in build/atlas/results.jsonl. Remove that file to
# measure again.
#
#   --quick       2^22 floats instead of all 2^32, in a minute or two; the page goes into build/atlas/quick
#
# PyPI's PyTorch brings CUDA, some gigabytes; with PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu set it is the
# CPU's alone.

source "$ROOT/scripts/dev/lib/peers.sh"

at_most_one_of --quick "$@"

readonly ATLAS_SOURCES=tests/accuracy/atlas ATLAS=build/atlas
need_peers
need_packages build test
configure_release machine
build release activation-atlas

atlas_environment() {
  local requirements="$ATLAS_SOURCES/workers/requirements.txt"
  if cmp -s "$requirements" "$ATLAS/venv/requirements.txt"; then return; fi
  step "installing PyTorch, ONNX Runtime and JAX into $ATLAS/venv"
  python3 -m venv "$ATLAS/venv"
  "$ATLAS/venv/bin/pip" install --quiet --requirement "$requirements" >&2
  cp "$requirements" "$ATLAS/venv/requirements.txt"
}

# sweep RESULTS OPTION...: on one core, behind whatever else the machine does.
sweep() {
  local results="$1"
  shift
  nice -n 10 build/release/bin/activation-atlas --state="$results" "$@"
}

# write_page RESULTS FOLDER
write_page() {
  python3 scripts/atlas_plots.py "$1" "$2/images/atlas"
  python3 scripts/atlas_page.py "$1" "$2/atlas.md"
}

mkdir -p "$ATLAS"
atlas_environment
if [[ "${1:-}" == --quick ]]; then
  mkdir -p "$ATLAS/quick"
  rm -f "$ATLAS/quick/results.jsonl"
  cp docs/atlas.md "$ATLAS/quick/atlas.md"
  sweep "$ATLAS/quick/results.jsonl" --own --log-samples=12
  sweep "$ATLAS/quick/results.jsonl" --python="$ATLAS/venv/bin/python" --log-samples=22
  write_page "$ATLAS/quick/results.jsonl" "$ATLAS/quick"
  step "done: $ATLAS/quick/atlas.md"
else
  results="$ATLAS/results.jsonl"
  # Ours tell the limits at infinity.
  sweep "$results" --own --log-samples=12
  sweep "$results" --python="$ATLAS/venv/bin/python" --peer=oneDNN --peer=XNNPACK --peer=SLEEF --peer=Eigen \
    --peer="PyTorch default" --peer="ONNX Runtime"
  # The slowest, and a mode that hardly anybody runs: on one input in 16.
  sweep "$results" --python="$ATLAS/venv/bin/python" --peer=JAX --peer="PyTorch wide" --log-samples=28
  write_page "$results" docs
  step "done: docs/atlas.md"
fi
