# What every verb uses: messages, packages, configure and build. Sourced by dev; $ROOT is the checkout.

started_at=$SECONDS

# A step that takes a while, with the seconds since the start.
step() { printf '[%3d s] %s\n' $((SECONDS - started_at)) "$*" >&2; }

# Ends with a message; exit code 1.
die() {
  echo "dev: $*" >&2
  exit 1
}

# Ends with a message about usage; exit code 2.
usage_error() {
  echo "dev $verb: $* ('./dev $verb --help' explains)" >&2
  exit 2
}

# at_most_one_of 'OPTION|OPTION' ARGUMENT...: ends unless there is no argument, or one option of those.
at_most_one_of() {
  local options="$1"
  shift
  if [[ $# -gt 1 ]]; then usage_error "takes one option at most"; fi
  if [[ $# == 1 && ! "$1" =~ ^($options)$ ]]; then usage_error "unknown option $1"; fi
}

source "$ROOT/scripts/dev/lib/packages.sh"

# A compiler cache saves most of a rebuild. Debian's goes into its default folder.
launcher_options() {
  if command -v ccache >/dev/null; then
    echo "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"
    echo "-DCMAKE_CUDA_COMPILER_LAUNCHER=ccache"
  fi
}

# configure PRESET [OPTION...]: runs CMake unless the same options and presets made the build folder already.
# From then on Ninja runs CMake by itself whenever a CMakeLists.txt changes.
configure() {
  local preset="$1" stamp="build/$1/.configured-with" options origin
  shift
  options="$(launcher_options; printf '%s\n' "$@")"
  origin="$options $(cksum <CMakePresets.json)"
  if [[ -f "build/$preset/build.ninja" && "$(cat "$stamp" 2>/dev/null)" == "$origin" ]]; then return; fi
  step "configuring $preset"
  mkdir -p "build/$preset"
  local -a arguments
  mapfile -t arguments < <(sed '/^$/d' <<<"$options")
  # Anew: where a compiler is another one than before, CMake would forget what the preset says. What was compiled stays.
  if ! cmake --fresh --preset "$preset" "${arguments[@]}" >"build/$preset/configure.log" 2>&1; then
    tail -n 30 "build/$preset/configure.log" >&2
    die "CMake could not configure the preset '$preset'; the whole log is build/$preset/configure.log"
  fi
  echo "$origin" >"$stamp"
}

# build PRESET [TARGET...]
build() {
  local preset="$1"
  shift
  step "building $preset: ${*:-everything}"
  # What ccache wants said before it keeps what was compiled with a precompiled header.
  export CCACHE_SLOPPINESS=pch_defines,time_macros
  # Ninja's own progress line counts the steps; on a terminal it stays one line.
  ninja -C "build/$preset" "$@" >&2
}

source "$ROOT/scripts/dev/lib/cuda.sh"
source "$ROOT/scripts/dev/lib/server.sh"

# configure_release CUDA: build/release with everything. A verb that only takes the machine's toolkit leaves a folder
# alone that is configured already, so that `demo` after `test` does not rebuild.
configure_release() {
  local stamp=build/release/.configured-with
  if [[ "$1" == machine && -f "$stamp" ]] && ! grep -q ACTIVATION_BUILD_TESTS=OFF "$stamp"; then return; fi
  configure_with_cuda release "$1" -DACTIVATION_BUILD_TESTS=ON
}

# build/release for who wants the programs alone: without the tests, which need more packages, and without CUDA's
# kernels, which take a third of all the time, where no driver could run them. Takes what is configured already;
# configure_release adds both, and what was compiled stays.
configure_programs() {
  local cuda=off
  if [[ -f build/release/.configured-with ]]; then return; fi
  if has_cuda_driver; then cuda=machine; fi
  configure_with_cuda release "$cuda" -DACTIVATION_BUILD_TESTS=OFF
}

# configure_with_cuda PRESET CUDA [OPTION...]: CUDA as in cuda_options.
configure_with_cuda() {
  local lines
  local -a options
  lines="$(cuda_options "$2")" || die "the CUDA Toolkit cannot be had from PyPI; --no-cuda does without it"
  mapfile -t options <<<"$lines"
  configure "$1" "${options[@]}" "${@:3}"
}

# Our C++ and CUDA sources, tracked or new.
cpp_files() {
  git ls-files -co --exclude-standard -- '*.cc' '*.h' '*.cu' '*.cuh' | while read -r file; do
    if [[ -f "$file" ]]; then echo "$file"; fi
  done
}
