# A server of our own on free loopback ports, for verbs that need one for a while. Sourced by verb.sh.

server_pid=""
server_address=""
server_http_address=""

# start_server LOG [OPTION...]: starts build/release/bin/activation-server and sets the variables above from the line
# it logs when it is ready.
start_server() {
  local log="$1" tries
  shift
  # Here and not by the server, whose line of an earlier run would be read until it is there.
  : >"$log"
  build/release/bin/activation-server --address=127.0.0.1:0 --http-address=127.0.0.1:0 --log-format=json "$@" \
    >"$log" 2>&1 &
  server_pid=$!
  trap stop_server EXIT
  for ((tries = 0; tries < 300; ++tries)); do
    server_address="$(sed -n '/"event":"started"/s/.*"address":"\([^"]*\)".*/\1/p' "$log" | head -n 1)"
    server_http_address="$(sed -n '/"event":"started"/s/.*"http_address":"\([^"]*\)".*/\1/p' "$log" | head -n 1)"
    if [[ -n "$server_address" ]]; then return; fi
    kill -0 "$server_pid" 2>/dev/null || break
    sleep 0.1
  done
  cat "$log" >&2
  die "the server did not start"
}

# Asks the server to stop and gives back its exit code.
stop_server() {
  local pid="$server_pid"
  server_pid=""
  trap - EXIT
  if [[ -z "$pid" ]]; then return 0; fi
  kill -TERM "$pid" 2>/dev/null || true
  wait "$pid"
}
