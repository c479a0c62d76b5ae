#!/usr/bin/env bash
# writes docs/functions.md from the catalogue: ./dev docs

need_packages build test
configure_release machine
build release functions_page
build/release/bin/functions_page > docs/functions.md
