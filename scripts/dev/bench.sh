#!/usr/bin/env bash
# load-tests a fresh server over loopback: ./dev bench [OPTION OF activation-client bench...]
#
# Without options: gelu on tensors of 1024 f32, for twelve seconds. 'build/release/bin/activation-client bench --help' lists them.

need_packages build
configure_programs
build release activation-server activation-client
start_server build/bench-server.log
code=0
build/release/bin/activation-client bench --address="$server_address" "$@" || code=$?
stop_server
exit "$code"
