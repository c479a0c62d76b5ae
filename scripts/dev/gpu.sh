#!/usr/bin/env bash
# proves and times the CUDA kernels on this machine's GPU: ./dev gpu [--dry-run] [STEP...]
#
# Builds the engine, its tests and its benchmarks without gRPC (build/gpu) and runs the steps, all of them if none is named:
#
#   equal       the CPU's bits on 2^24 inputs of every function, direction, dtype and tier, and of every kind and shape
#   sweep       the same on all 2^32 inputs of f32 (about an hour)
#   sanitize    memcheck, racecheck and synccheck of compute-sanitizer over tests of all kinds
#   bench       every kernel beside a copy on the device, 10,000 small tensors in one launch, 1 GiB from the host and back
#   pytorch     PyTorch's own kernels on the same card
#
# --dry-run prints the commands instead. It fails where there is no GPU.

readonly GPU_TEST=build/gpu/bin/cuda_backend_kernels_test

# run COMMAND...
run() {
  if [[ "$dry_run" == on ]]; then
    echo "$*"
  else
    "$@"
  fi
}

run_equal() {
  run "$GPU_TEST" '--gtest_filter=*OnTheGpu*'
  run build/gpu/bin/cuda_device_test
}

run_sweep() { run env ACTIVATION_EVERY_INPUT=1 "$GPU_TEST" '--gtest_filter=*ForEveryFloat*'; }

run_sanitize() {
  local tool sanitizer
  sanitizer="$(command -v compute-sanitizer || ls /usr/local/cuda*/bin/compute-sanitizer 2>/dev/null | tail -n 1 || true)"
  if [[ -z "$sanitizer" && "$dry_run" == off ]]; then
    die "there is no compute-sanitizer: it comes with NVIDIA's toolkit (cuda-sanitizer)"
  fi
  for tool in memcheck racecheck synccheck; do
    run "${sanitizer:-compute-sanitizer}" --tool "$tool" --error-exitcode 1 "$GPU_TEST" \
      '--gtest_filter=ElementsShapeTest.*OnTheGpu:*KindsTest*OnTheGpu*'
  done
}

run_bench() { run build/gpu/bin/activation-cuda-bench; }

run_pytorch() {
  if [[ "$dry_run" == off ]]; then fetch_pytorch || return 0; fi
  run "$PYTORCH/bin/python" tests/benchmarks/cuda/pytorch_cuda.py
}

source "$ROOT/scripts/dev/lib/peers.sh"

dry_run=off
if [[ "${1:-}" == --dry-run ]]; then
  dry_run=on
  shift
fi
steps=("$@")
if [[ $# == 0 ]]; then steps=(equal sweep sanitize bench pytorch); fi
for name in "${steps[@]}"; do
  declare -F "run_$name" >/dev/null || usage_error "there is no step '$name'"
done

if [[ "$dry_run" == off ]]; then
  command -v nvidia-smi >/dev/null && nvidia-smi -L | grep -q GPU || die "there is no NVIDIA GPU on this machine"
  need_packages engine
  configure_with_cuda gpu on
  build gpu cuda_backend_kernels_test cuda_device_test activation-cuda-bench
  # A GPU that the runtime does not find is a failure, and nothing to skip.
  export ACTIVATION_NEED_GPU=1
fi
for name in "${steps[@]}"; do
  if [[ "$dry_run" == off ]]; then step "$name"; fi
  "run_$name"
done
