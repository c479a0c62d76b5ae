#!/usr/bin/env bash
# writes docs/functions.md and the Python package's functions from the catalogue, docs/flags.md from --help: ./dev docs [--promise]
#
#   --promise   also what later releases are held against, names and contract, for one that begins a promise (1.0, 2.0)

at_most_one_of --promise "$@"
need_packages build test
configure_release machine
build release functions_page activation-server activation-client
# Only whole pages take the place of those that are there.
pages=build/release/pages
mkdir -p "$pages"
build/release/bin/functions_page >"$pages/functions.md"
build/release/bin/activation-server --help | python3 scripts/flags_page.py >"$pages/flags.md"
start_server build/release/docs-server.log
build/release/bin/activation-client list --json --address="$server_address" |
  python3 scripts/python_functions.py >"$pages/functions.py"
stop_server
mv "$pages/functions.md" "$pages/flags.md" docs/
mv "$pages/functions.py" client/python/src/activation/
if [[ "${1:-}" == --promise ]]; then
  tests/interop/third_party.sh build/third-party >&2
  export ACTIVATION_BIN="$ROOT/build/release/bin" ACTIVATION_SERVER="$ROOT/build/release/bin/activation-server"
  PYTHONPATH=tests/interop build/third-party/venv/bin/python -B tests/deploy/compatibility_test.py \
    . "$ROOT/build/third-party/venv/bin/buf" --write
fi
