#!/usr/bin/env bash
# writes docs/functions.md and the Python package's functions from the catalogue, docs/flags.md from --help: ./dev docs

need_packages build test
configure_release machine
build release functions_page activation-server activation-client
build/release/bin/functions_page > docs/functions.md
build/release/bin/activation-server --help | python3 scripts/flags_page.py > docs/flags.md
start_server build/release/docs-server.log
build/release/bin/activation-client list --json --address="$server_address" |
  python3 scripts/python_functions.py > client/python/src/activation/functions.py
stop_server
