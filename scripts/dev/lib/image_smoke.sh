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

# label NAME: the image's.
label() {
  image_config | python3 -c 'import json, sys; print(json.load(sys.stdin)["Labels"].get(sys.argv[1], ""))' \
    "org.opencontainers.image.$1"
}

labelled() {
  local name
  for name in created description licenses; do
    [[ -n "$(label "$name")" ]] || { echo "no label '$name'" >&2; return 1; }
  done
  equal "$(label source)" "$source_url" || return 1
  equal "$(label title) $(label version) $(label revision) $(label base.name)" "activation-server $version $revision $base"
}

# Asks as the image's HEALTHCHECK does, but of the port that the server was given.
healthy() {
  local tries
  local -a command
  mapfile -t command < <(image_config | python3 -c \
    'import json, sys; print(*json.load(sys.stdin)["Healthcheck"]["Test"][1:], sep="\n")')
  for ((tries = 0; tries < 50; ++tries)); do
    if container_exec env ACTIVATION_ADDRESS="$endpoint" "${command[@]}" >/dev/null 2>&1; then return; fi
    sleep 0.2
  done
  container_exec env ACTIVATION_ADDRESS="$endpoint" "${command[@]}"
}

# The list names what is installed, what was linked in, and nothing else.
packages_are_listed() {
  local listed installed
  listed="$(container_exec cat /usr/share/doc/activation/packages.spdx.json | python3 -c '
import json, sys
document = json.load(sys.stdin)
assert document["spdxVersion"] == "SPDX-2.3"
names = {package["SPDXID"]: package["name"] for package in document["packages"]}
def related(kind):
    return {names[r["relatedSpdxElement"]] for r in document["relationships"] if r["relationshipType"] == kind}
linked = related("STATIC_LINK")
assert "libgrpc-dev" in linked and ("nvidia-cuda-runtime" in linked) == (sys.argv[1] == "cuda"), linked
print(*sorted(related("DEPENDS_ON")))' "$target")"
  # shellcheck disable=SC2016
  installed="$(container_exec dpkg-query -W -f '${Package}\n' | LC_ALL=C sort | tr '\n' ' ')"
  equal "$listed " "$installed"
}

# ReLU of three numbers, printed one a line.
forward_is_right() {
  local numbers
  numbers="$(container_exec activation-client forward --address="$endpoint" --function=relu -1.5,0,2.5 |
    tr -s '[:space:],' ' ' | sed 's/^ *//; s/ *$//')"
  equal "$numbers" "0 0 2.5"
}

# To the end of what is read: a pipe that is closed earlier is an error of whoever writes into it.
has_line() { grep "$@" >/dev/null; }

metrics_are_there() {
  python3 -c 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=10).read().decode())' \
    "$http_url/metrics" | has_line '^activation_elements_total{.*function="relu".*} 3$'
}

# By what it says at its start; a device it need not have.
has_cuda_kernels() { container_log | grep '"event":"backend"' | has_line -v 'this build has no CUDA kernels'; }

smoke_test() {
  step "starting a container"
  container_start
  expect "its labels say what it is: version $version, revision $revision" labelled
  expect "the list of packages (SPDX) names what is in it" packages_are_listed
  expect "its HEALTHCHECK says that it serves" healthy
  expect "a forward call gets the right numbers" forward_is_right
  expect "/metrics counts the three elements" metrics_are_there
  expect "the server runs as user 65532, not as root" equal "$(server_status Uid)" 65532
  expect "it has no capabilities" equal "$(server_status CapBnd)" 0000000000000000
  expect "its root is read-only" root_is_read_only
  if [[ "$target" == cuda ]]; then expect "it has kernels for CUDA" has_cuda_kernels; fi
  container_stop
  expect "SIGTERM ends it with exit code 0" equal "$exit_code" 0
}
