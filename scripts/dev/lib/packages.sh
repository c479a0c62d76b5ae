# The Debian packages the project needs, and how they come onto the machine. Sourced by verb.sh.

# One a line: the group that needs it, its name, why.
readonly PACKAGES=(
  "build g++                     compiler"
  "build cmake                   build description"
  "build ninja-build             build tool"
  "build ccache                  quick rebuilds"
  "build pkg-config              finds libraries"
  "build libgrpc++-dev           RPC"
  "build protobuf-compiler       messages"
  "build protobuf-compiler-grpc  service stubs"
  "build libprotobuf-dev         messages"
  "build libabsl-dev             status, strings, time"
  "build libhwy-dev              SIMD with run-time dispatch"
  "build prometheus-cpp-dev      metrics"
  "build libcivetweb-dev         HTTP listener"
  "build libcli11-dev            command line"
  "build libspdlog-dev           logs"
  "build nlohmann-json3-dev      JSON"
  "build libc-ares-dev           gRPC's CMake configuration asks for it"
  "build libre2-dev              gRPC's CMake configuration asks for it"
  "build libssl-dev              TLS of gRPC and civetweb"
  "build zlib1g-dev              compression of protobuf and gRPC"
  "build python3                 reference values, demo, checks"
  "engine g++                    what ./dev gpu builds without gRPC, as those below"
  "engine cmake                  build description"
  "engine ninja-build            build tool"
  "engine libabsl-dev            status, strings"
  "engine libhwy-dev             SIMD"
  "engine libcli11-dev           command line of the proof"
  "engine nlohmann-json3-dev     JSON of the proof"
  "engine python3                scripts"
  "engine python3-venv           the CUDA Toolkit and PyTorch from PyPI"
  "engine libgtest-dev           unit tests"
  "engine libgmock-dev           matchers"
  "engine libbenchmark-dev       benchmarks"
  "engine libmpfr-dev            reference values"
  "engine libgmp-dev             below MPFR"
  "engine xz-utils               packs programs for machines with a GPU"
  "test libgtest-dev             unit tests"
  "test libgmock-dev             matchers"
  "test libbenchmark-dev         benchmarks"
  "test libmpfr-dev              reference values of any precision"
  "test libgmp-dev               below MPFR"
  "test xz-utils                 packs programs for machines with a GPU"
  "test g++-aarch64-linux-gnu    the kernels for ARM"
  "test qemu-user                runs them"
  "test openssl                  certificates of the tests"
  "test python3-venv             third-party clients in an environment of the build"
  "test chromium-headless-shell  the status page in a browser"
  "peers libdnnl-dev             oneDNN, to be compared with, as those below"
  "peers libxnnpack-dev          XNNPACK"
  "peers libpthreadpool-dev      threads of XNNPACK"
  "peers libsleef-dev            SLEEF"
  "peers libeigen3-dev           Eigen"
  "peers python3-venv            PyTorch, ONNX Runtime and JAX from PyPI"
  "fuzz clang                    compiler with a fuzzer"
  "fuzz libclang-rt-14-dev       the fuzzer and sanitizers of Debian's clang"
  "allocators libjemalloc2          tried by ./dev wire trials, as the next"
  "allocators libtcmalloc-minimal4  tried by ./dev wire trials"
  "screenshots chromium-headless-shell  draws the status page"
  "screenshots fonts-inter              the type that the page asks for first"
  "package help2man              manuals of the programs"
  "package lintian               judges the packages"
  "package python3-venv          builds the Python package"
  "trial debootstrap             the bare Debian"
  "trial iproute2                its loopback"
  "lint git                      the list of the project's files"
  "lint clang-format             layout"
  "lint clang-tidy               static checks"
  "lint python3-venv             buf from PyPI"
)

# Image tools are installed only where the machine has no working engine (image.sh).
readonly IMAGE_PACKAGES=(
  "image buildah      builds and runs images without a daemon"
  "image debootstrap  makes the base image from Debian's archive"
  "image crun         container runtime of buildah"
  "image uidmap       user name spaces of buildah"
)

# missing_packages GROUP...: names of packages of the groups that are not installed, one a line.
missing_packages() {
  local group entry name installed
  local -a names=()
  for entry in "${PACKAGES[@]}" "${IMAGE_PACKAGES[@]}"; do
    read -r group name _ <<<"$entry"
    if [[ " $* " == *" $group "* ]]; then names+=("$name"); fi
  done
  installed="$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${names[@]}" 2>/dev/null |
    sed -n 's/ installed$//p' || true)"
  printf '%s\n' "${names[@]}" | sort -u | grep -vxF -f <(echo "$installed") || true
}

# as_root COMMAND...: runs it as root, through sudo where needed.
as_root() {
  if [[ $EUID == 0 ]]; then "$@"; else sudo "$@"; fi
}

# Ends with the command to give to somebody who may, where neither root nor sudo is at hand.
need_root_or_sudo() {
  if [[ $EUID == 0 ]] || command -v sudo >/dev/null; then return; fi
  die "packages are missing, and installing them needs root: run this as root, install sudo, or have them installed:
  apt-get install -y --no-install-recommends $*"
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${to_install[@]}" >"$apt_log" 2>&1
}

# need_packages GROUP...: installs what the groups lack; does nothing where all is there.
need_packages() {
  command -v dpkg-query >/dev/null || die "this needs Debian (no dpkg-query found); the packages it would install" \
    "are listed in scripts/dev/lib/packages.sh"
  local -a to_install
  mapfile -t to_install < <(missing_packages "$@")
  if [[ ${#to_install[@]} == 0 ]]; then return; fi
  need_root_or_sudo "${to_install[@]}"

  step "installing ${#to_install[@]} Debian packages: ${to_install[*]}"
  mkdir -p build
  local apt_log=build/apt.log
  # The list of packages may be absent or stale: one update, and only then.
  if ! apt-cache show "${to_install[@]}" >/dev/null 2>&1 || ! apt_install; then
    step "updating the list of packages"
    as_root apt-get update -qq >build/apt-update.log 2>&1 || cat build/apt-update.log >&2
    apt_install || { tail -n 20 "$apt_log" >&2; die "apt-get could not install the packages; the log is $apt_log"; }
  fi
}
