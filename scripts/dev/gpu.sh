#!/usr/bin/env bash
# proves and times the CUDA kernels on this machine's GPU: ./dev gpu [OPTION...] [STEP...]
#
# Builds the engine, its tests and its benchmarks without gRPC (build/gpu) and runs the steps, all of them if none is named:
#
#   equal       the CPU's bits on 2^24 inputs of every function, direction, dtype and tier, of every kind and shape, and
#               through the backend: pinned and shared memory, sums, tensors in pieces, a full device, a lost one
#   bench       every kernel beside a copy on the device, 10,000 small tensors in one launch, 1 GiB from the host and back;
#               fails where a goal is missed
#   pytorch     PyTorch's own kernels on the same card; after `bench`, fails where ours is slower, and names what it left out
#   sweep       all 2^32 inputs of f32, by the hashes of the CPU's sweeps (tests/accuracy/sweep_hashes.json)
#   sanitize    memcheck, racecheck and synccheck of compute-sanitizer over tests of all kinds, 20 minutes each at most
#
#   --quick       equal on 2^20 inputs; memcheck over awkward shapes and racecheck over rows of softmax alone, 2 minutes each at
#                 most: meant for 8 minutes in all (not measured yet)
#   --arch=90     compiles for that compute capability alone, instead of all that are shipped
#   --build-only  builds, which needs no GPU, and packs the programs and the libraries that they need into build/gpu.tar.xz
#   --prebuilt    runs what --build-only packed into build/gpu.tar.xz, or left in build/gpu, and installs nothing: for a machine
#                 without network or compiler. PyTorch must then be python3's own, and compute-sanitizer the machine's
#   --dry-run     prints the commands instead
#
# It fails where there is no GPU, and where a step cannot be run; the steps after one that failed are run all the same.

source "$ROOT/scripts/dev/lib/archive.sh"
source "$ROOT/scripts/dev/lib/peers.sh"

readonly GPU_BIN=build/gpu/bin
readonly GPU_ARCHIVE=build/gpu.tar.xz
readonly GPU_PROGRAMS=(cuda_backend_kernels_test cuda_device_test cuda_host_test activation-cuda-bench)
readonly GPU_TEST="$GPU_BIN/cuda_backend_kernels_test"
readonly BENCH_SECONDS=build/gpu/seconds.txt

# run COMMAND...
run() {
  if [[ "$dry_run" == on ]]; then
    echo "$*"
  else
    "$@"
  fi
}

# Ctrl-C does not reach what runs in the background, and none of it may outlive the verb.
end_jobs() {
  local process
  for process in $(jobs -pr); do kill "$process" || true; done
}
trap end_jobs EXIT

# in_shards COMMAND...: a program of googletest as so many processes as there are cores, each with its share of the tests: the
# CPU's results take longer than the GPU's. Prints what failed.
in_shards() {
  local shards index failed=0
  local -a processes=()
  shards="$(nproc)"
  if [[ "$dry_run" == on ]]; then
    echo "$* (as $shards shards)"
    return
  fi
  for ((index = 0; index < shards; ++index)); do
    GTEST_TOTAL_SHARDS=$shards GTEST_SHARD_INDEX=$index "$@" >"build/gpu/shard.$index.log" 2>&1 &
    processes+=($!)
  done
  for index in "${!processes[@]}"; do
    if wait "${processes[$index]}"; then
      grep -hE '^\[  (PASSED|SKIPPED)' "build/gpu/shard.$index.log" || true
    else
      grep -vE '^\[ +(OK|RUN) ' "build/gpu/shard.$index.log" || true
      failed=1
    fi
  done
  return $failed
}

run_equal() {
  local failed=0 inputs=16777216
  if [[ "$quick" == on ]]; then inputs=1048576; fi
  in_shards env ACTIVATION_GPU_INPUTS="$inputs" "$GPU_TEST" '--gtest_filter=*OnTheGpu*-*EveryFloat*' || failed=1
  run "$GPU_BIN/cuda_device_test" || failed=1
  run "$GPU_BIN/cuda_host_test" '--gtest_filter=*OnTheGpu*' || failed=1
  return $failed
}

run_sweep() {
  in_shards env ACTIVATION_EVERY_INPUT=1 ACTIVATION_SWEEP_HASHES="$ROOT/tests/accuracy/sweep_hashes.json" "$GPU_TEST" \
    '--gtest_filter=*EveryFloatOnTheGpu*'
}

# sanitize TOOL SECONDS TESTS
sanitize() {
  local result=0
  local -a command=(timeout "$2" "$sanitizer" --tool "$1" --error-exitcode 1 "$GPU_TEST" "--gtest_filter=$3")
  if [[ "$dry_run" == on ]]; then
    echo "${command[*]}"
    return
  fi
  # When timeout ends, by the clock or by end_jobs, so does all of its process group: the sanitizer and the test below it.
  "${command[@]}" &
  wait $! || result=$?
  if [[ "$result" == 124 ]]; then echo "dev: $1 was stopped after $2 s" >&2; fi
  return "$result"
}

run_sanitize() {
  local tool sanitizer=compute-sanitizer failed=0
  if [[ "$dry_run" == off && "$prebuilt" == on ]]; then
    command -v compute-sanitizer >/dev/null || { echo "dev: there is no compute-sanitizer, and --prebuilt fetches none" >&2; return 1; }
  elif [[ "$dry_run" == off ]]; then
    sanitizer="$(need_sanitizer)" || { echo "dev: compute-sanitizer cannot be had" >&2; return 1; }
  fi
  if [[ "$quick" == on ]]; then
    # Blocks whose threads share memory are the only ones that can race.
    sanitize memcheck 120 'ElementsShapeTest.*OnTheGpu' || failed=1
    sanitize racecheck 120 '*FastRowsTest*OnTheGpu/softmax' || failed=1
    return $failed
  fi
  for tool in memcheck racecheck synccheck; do
    sanitize "$tool" 1200 'ElementsShapeTest.*OnTheGpu:*KindsTest*OnTheGpu*:*FastRowsTest*OnTheGpu*' || failed=1
  done
  return $failed
}

run_bench() {
  run rm -f "$BENCH_SECONDS"
  run "$GPU_BIN/activation-cuda-bench" "$BENCH_SECONDS"
}

# The python that has PyTorch: python3 where it has, else that of build/pytorch.
python_with_torch() {
  if python3 -c 'import torch' 2>/dev/null; then
    echo python3
  elif [[ "$prebuilt" == off ]] && fetch_pytorch; then
    echo "$PYTORCH/bin/python"
  else
    echo "dev: PyTorch cannot be had, to compare with" >&2
    return 1
  fi
}

run_pytorch() {
  local python=python3
  local -a arguments=()
  if [[ "$dry_run" == off ]]; then python="$(python_with_torch)" || return 1; fi
  if [[ "$dry_run" == on || -f "$BENCH_SECONDS" ]]; then
    arguments=("$BENCH_SECONDS")
  else
    step "pytorch: without the figures of 'bench', so that nothing is compared"
  fi
  run "$python" tests/benchmarks/cuda/pytorch_cuda.py "${arguments[@]}"
}

build_programs() {
  local lines
  local -a options=()
  need_packages engine
  lines="$(cuda_options on)" || die "the CUDA Toolkit cannot be had from PyPI"
  mapfile -t options <<<"$lines"
  if [[ -n "$arch" ]]; then options+=("-DCMAKE_CUDA_ARCHITECTURES=$arch-real"); fi
  # What is packed beside them is theirs alone: other programs of the machine take the machine's. A path of the old kind
  # is that of the libraries' libraries, too.
  options+=('-DCMAKE_BUILD_RPATH=$ORIGIN/../lib' '-DCMAKE_EXE_LINKER_FLAGS=-Wl,--disable-new-dtags')
  configure gpu "${options[@]}"
  build gpu "${GPU_PROGRAMS[@]}"
}

use_prebuilt() {
  local program
  if [[ -f "$GPU_ARCHIVE" && ! "$GPU_BIN" -nt "$GPU_ARCHIVE" ]]; then
    unpack_programs "$GPU_ARCHIVE" build/gpu || die "$GPU_ARCHIVE cannot be unpacked"
  fi
  for program in "${GPU_PROGRAMS[@]}"; do
    [[ -x "$GPU_BIN/$program" ]] || die "there is no $GPU_BIN/$program: ./dev gpu --build-only makes it, on a machine that can"
  done
}

dry_run=off
quick=off
prebuilt=off
build_only=off
arch=""
while [[ "${1:-}" == --* ]]; do
  case "$1" in
    --dry-run) dry_run=on ;;
    --quick) quick=on ;;
    --prebuilt) prebuilt=on ;;
    --build-only) build_only=on ;;
    --arch=*) arch="${1#--arch=}" ;;
    *) usage_error "unknown option $1" ;;
  esac
  shift
done
if [[ -n "$arch" && ! "$arch" =~ ^[0-9]{2,3}$ ]]; then usage_error "--arch takes a compute capability as 80 or 90"; fi
steps=("$@")
if [[ $# == 0 ]]; then steps=(equal bench pytorch sweep sanitize); fi
for name in "${steps[@]}"; do
  declare -F "run_$name" >/dev/null || usage_error "there is no step '$name'"
done

if [[ "$build_only" == on ]]; then
  build_programs
  pack_programs "$GPU_ARCHIVE" "${GPU_PROGRAMS[@]/#/$GPU_BIN/}"
  step "done: $GPU_ARCHIVE, $(stat --format=%s "$GPU_ARCHIVE" | numfmt --to=iec-i)B; './dev gpu --prebuilt' runs it"
  return
fi
if [[ "$dry_run" == off ]]; then
  command -v nvidia-smi >/dev/null && nvidia-smi -L | grep -q GPU || die "there is no NVIDIA GPU on this machine"
  if [[ "$prebuilt" == on ]]; then use_prebuilt; else build_programs; fi
  # A GPU that the runtime does not find is a failure, and nothing to skip.
  export ACTIVATION_NEED_GPU=1
fi
failed=()
for name in "${steps[@]}"; do
  if [[ "$dry_run" == off ]]; then step "$name"; fi
  "run_$name" || failed+=("$name")
done
if [[ ${#failed[@]} -gt 0 ]]; then die "failed: ${failed[*]}"; fi
