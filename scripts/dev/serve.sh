#!/usr/bin/env bash
# builds and runs the server in the foreground: ./dev serve [OPTION OF activation-server...]
#
# Listens on 127.0.0.1:50051 (gRPC) and 127.0.0.1:8080 (status page, metrics, health) unless told otherwise; Ctrl-C
# stops it.
# './dev serve --help' is this text; 'build/release/bin/activation-server --help' lists the server's options.

need_packages build
configure_programs
build release activation-server activation-client
exec build/release/bin/activation-server "$@"
