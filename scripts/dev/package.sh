#!/usr/bin/env bash
# builds Debian packages of server, client and C++ library, and the Python package: ./dev package [--trial]
#
#   --trial       tries them, too, in a bare Debian that is booted in namespaces of its own: install, serve, upgrade, purge
#                 without a trace, build against the library; needs root
#
# They are made in build/package for the CPU alone, put into build/packages and judged by lintian. What they depend on is
# what this machine's release of Debian has: they are for the same release. Kernels for CUDA are in the image.
# Who gives them out says who they are: ACTIVATION_CONTACT='NAME <ADDRESS>' ./dev package.

trial=no
case "$*" in
  "") ;;
  --trial) trial=yes ;;
  *) usage_error "there is no option but --trial" ;;
esac
need_packages build package
readonly packages="$ROOT/build/packages"

configure package ${ACTIVATION_CONTACT:+"-DACTIVATION_CONTACT=$ACTIVATION_CONTACT"}
build package
step "making Debian packages"
rm -rf "$packages"
mkdir -p "$packages"
(cd build/package && cpack) >build/package/cpack.log 2>&1 ||
  { tail -n 20 build/package/cpack.log >&2; die "CPack failed; the log is build/package/cpack.log"; }
rm -rf "$packages/_CPack_Packages"
step "asking lintian"
# An upload to Debian's archive closes the bug that asked for it; this is none. Root is what a container has.
lintian --allow-root --suppress-tags initial-upload-closes-no-bugs --fail-on error,warning "$packages"/*.deb >&2 ||
  die "lintian found something"

step "making the Python package"
# The tools in the versions that the tests use.
readonly venv="$ROOT/build/package/venv"
if [[ ! -x "$venv/bin/python" ]]; then python3 -m venv "$venv" >&2; fi
mapfile -t tools < <(sed -nE 's/^((hatchling|grpcio-tools)==[^ ]*).*/\1/p' tests/interop/requirements.txt)
"$venv/bin/pip" install --quiet --disable-pip-version-check "${tools[@]}" >&2
"$venv/bin/pip" wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir "$packages" \
  ./client/python >&2
step "done: $(cd "$packages" && echo *) in build/packages"
if [[ "$trial" == yes ]]; then
  need_packages trial
  step "trying the packages"
  as_root python3 -B scripts/package/trial.py
fi
