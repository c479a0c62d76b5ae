# What a running container must do, whichever engine runs it; for image.sh.

http_url=""
endpoint=""
exit_code=""

# expect WHAT CONDITION...: says that it holds, or ends.
expect() {
  local what="$1"
  shift
  if ! "$@"; then
    container_log >&2
    die "the container: not true that $what"
  fi
  step "  $what"
}

# equal FOUND WANTED
equal() {
  [[ "$1" == "$2" ]] || { echo "found '$1', expected '$2'" >&2; false; }
}

healthy() {
  local tries
  for ((tries = 0; tries < 50; ++tries)); do
    if container_exec activation-client health --address="$endpoint" >/dev/null 2>&1; then return; fi
    sleep 0.2
  done
  container_exec activation-client health --address="$endpoint"
}

# ReLU of three numbers, printed one a line.
forward_is_right() {
  local numbers
  numbers="$(container_exec activation-client forward --address="$endpoint" --function=relu -1.5,0,2.5 |
    tr -s '[:space:],' ' ' | sed 's/^ *//; s/ *$//')"
  equal "$numbers" "0 0 2.5"
}

metrics_are_there() {
  python3 -c 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=10).read().decode())' \
    "$http_url/metrics" | grep -q '^activation_elements_total{.*function="relu".*} 3$'
}

smoke_test() {
  step "starting a container"
  container_start
  expect "activation-client health inside says that it serves" healthy
  expect "a forward call gets the right numbers" forward_is_right
  expect "/metrics counts the three elements" metrics_are_there
  expect "the server runs as user 65532, not as root" equal "$(container_uid)" 65532
  container_stop
  expect "SIGTERM ends it with exit code 0" equal "$exit_code" 0
}
