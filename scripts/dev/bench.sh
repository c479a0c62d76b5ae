#!/usr/bin/env bash
# load-tests a fresh server over loopback: ./dev bench [OPTION OF activation-client bench...]
#
# Without options: GELU on tensors of 256 elements. 'build/release/bin/activation-client bench --help' lists them.

need_packages build
configure_programs
build release activation-server activation-client
start_server build/bench-server.log
code=0
build/release/bin/activation-client bench --address="$server_address" "$@" || code=$?
stop_server
exit "$code"
