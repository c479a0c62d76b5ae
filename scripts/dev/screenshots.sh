#!/usr/bin/env bash
# draws the status page for the README: ./dev screenshots [FOLDER]
#
# Starts a server under load and writes page-overview and page-function, light and dark, into FOLDER (docs/images) with
# headless Chromium, in about a minute.

need_packages build test screenshots
configure_release machine
build release activation-server activation-client
step "drawing the page"
ACTIVATION_SERVER=build/release/bin/activation-server ACTIVATION_BIN=build/release/bin PYTHONPATH=tests/interop \
  PYTHONDONTWRITEBYTECODE=1 python3 tests/page/screenshots.py "${1:-docs/images}"
