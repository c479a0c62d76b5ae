#!/usr/bin/env bash
# draws the pictures of README.md and docs: ./dev screenshots [FOLDER]
#
# Into FOLDER (docs/images), in about two minutes: gelu.svg and diagnosis.svg by activation-client; with headless Chromium
# page-overview and page-function, of a server under load, and load_test, the report of a load test, light and dark.

need_packages build test screenshots
configure_release machine
build release activation-server activation-client
folder="${1:-docs/images}"
mkdir -p "$folder"
step "drawing GELU and the status page"
ACTIVATION_SERVER=build/release/bin/activation-server ACTIVATION_BIN=build/release/bin PYTHONPATH=tests/interop \
  PYTHONDONTWRITEBYTECODE=1 python3 tests/page/screenshots.py "$folder"
step "drawing a diagnosis"
# As docs/diagnosing.md has it.
build/release/bin/activation-client diagnose --normal 0,1 -f relu,gelu,silu,tanh,sigmoid \
  --svg="$folder/diagnosis.svg" >/dev/null
step "drawing the report of a load test"
PYTHONDONTWRITEBYTECODE=1 python3 scripts/load_test_pictures.py "$folder"
