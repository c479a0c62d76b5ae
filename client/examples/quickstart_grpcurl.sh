#!/usr/bin/env bash
# GELU of three numbers with grpcurl, by the service at $1. It learns the messages by reflection.
set -euo pipefail

# Bytes are base64 in JSON: here -1, 0 and 1 as little-endian f32, printed back by od.
x="$(printf '\x00\x00\x80\xbf\x00\x00\x00\x00\x00\x00\x80\x3f' | base64)"
grpcurl -plaintext -d '{"items": [{"activation": {"function": "gelu"},
    "x": {"dtype": "DTYPE_F32", "shape": [3], "data": "'"$x"'"}}]}' \
  "${1:-127.0.0.1:50051}" activation.v1.ActivationService/Forward |
  sed -n 's/.*"data": "\(.*\)".*/\1/p' | base64 -d | od -A n -t f4
