#!/usr/bin/env bash
# Brings the third-party tools of the tests into FOLDER; does nothing where they are there.
# usage: third_party.sh FOLDER
#   FOLDER/venv           the packages of requirements.txt
#   FOLDER/bin/promtool   from Debian's prometheus package, unpacked and not installed (its installation would start a
#                         daemon); absent where apt-get has none, and the tests that need it say that they are skipped
set -euo pipefail

folder="$1"
requirements="$(dirname "$(readlink -f "$0")")/requirements.txt"
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

if [[ ! -x "$folder/bin/promtool" ]]; then
  if command -v promtool >/dev/null; then
    ln -sf "$(command -v promtool)" "$folder/bin/promtool"
  elif (mkdir -p "$folder/prometheus" && cd "$folder/prometheus" && apt-get download prometheus); then
    dpkg-deb -x "$folder"/prometheus/prometheus_*.deb "$folder/prometheus"
    cp "$folder/prometheus/usr/bin/promtool" "$folder/bin/promtool"
    rm -rf "$folder/prometheus"
  else
    echo "no promtool: apt-get cannot download Debian's prometheus package"
  fi
fi
