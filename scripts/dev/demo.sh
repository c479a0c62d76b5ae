#!/usr/bin/env bash
# shows the product at work: sends a real tensor through a real server, forward and back, and measures the error
#
# Installs what is missing, builds server and client, starts the server on free loopback ports, evaluates GELU and its
# gradient on 1,000,003 numbers, compares every result with an independent reference, draws the function, shows some
# metrics and stops the server. Exit code 0 when every number is right.

if [[ $# -gt 0 ]]; then usage_error "there are no options"; fi
need_packages build
configure_programs
build release activation-server activation-client

client=build/release/bin/activation-client
folder=build/demo
mkdir -p "$folder"
step "making a tensor of 1,000,003 float32 values"
python3 scripts/demo/tensor.py make "$folder/x.npy"

step "starting activation-server"
start_server "$folder/server.log"
step "it listens on $server_address; calling forward and gradient of gelu, tier exact"
"$client" forward --address="$server_address" --function=gelu "$folder/x.npy" -o "$folder/y.npy"
"$client" gradient --address="$server_address" --function=gelu "$folder/x.npy" -o "$folder/dx.npy"

step "comparing every element with a reference (Python's math.erfc in double precision)"
echo
verdict=0
python3 scripts/demo/tensor.py check "$folder/x.npy" "$folder/y.npy" "$folder/dx.npy" || verdict=1

echo
"$client" plot --address="$server_address" gelu --gradient

echo
echo "From http://$server_http_address/metrics:"
python3 - "http://$server_http_address/metrics" <<'PYTHON'
import sys, urllib.request

text = urllib.request.urlopen(sys.argv[1], timeout=10).read().decode()
wanted = ("activation_elements_total{", "grpc_server_handled_total{", "activation_build_info{")
for line in sorted(text.splitlines()):
    # Series that have counted nothing say nothing here.
    if line.startswith(wanted) and not line.endswith(" 0"):
        print("  " + line)
PYTHON

echo
step "stopping the server (SIGTERM)"
stop_server || die "the server ended with exit code $?"
if [[ $verdict != 0 ]]; then die "the numbers are wrong"; fi
step "done: every number is right. Next: './dev serve' and README.md"
