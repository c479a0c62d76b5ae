#!/usr/bin/env bash
# does harm on purpose and checks that no call is lost: ./dev faults overload|replicas|connections|soak [OPTION...]
#
#   overload      ten times the calls the server can answer: goodput, how fast refusals are
#                 [--seconds=20] [--times=10]
#   replicas      three servers, of which one is killed every 3 seconds, all are restarted, one is paused, under load
#                 [--minutes=3] [--every=3] [--behind=haproxy|nginx|envoy: instead of the client's own balancing]
#   connections   5,000 idle connections beside 500 active ones; more connections than file descriptors
#                 [--idle=5000] [--active=500] [--descriptors=128]
#   soak          every way into the server at once, mixed calls, at 80 % of what it can do; memory must stay flat
#                 [--minutes=20] [--load=0.8]
#
# Every reply is checked. Exit code 1 where a call failed or was wrong, or a figure is beyond its bound. docs/testing.md has the figures found.

kind="${1:-}"
case "$kind" in
  overload | replicas | connections | soak) shift ;;
  *) usage_error "needs one of overload, replicas, connections and soak" ;;
esac
need_packages build test
configure_release machine
build release activation-server activation-client activation-checked-load
if [[ " $* " == *" --behind"* ]]; then tests/interop/third_party.sh build/third-party; fi
step "doing harm"
PYTHONDONTWRITEBYTECODE=1 exec python3 "scripts/faults/$kind.py" "$@"
