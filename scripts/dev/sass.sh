#!/usr/bin/env bash
# reads the machine code of the CUDA kernels, for the speed they can have: ./dev sass [--write]
#
# Compiles the kernels for sm_80, sm_90 and sm_100 (build/cuda), fails if any of them has local memory, disassembles them, and
# prints registers, occupancy, loads, stores and, an element, bytes and instructions, and what binds on an A100, H200 and
# B200. With --write the table of an H200 goes into docs/performance_gpu.md instead. Needs no GPU.

case "${1:-}" in
  "" | --write) ;;
  *) usage_error "unknown option $1" ;;
esac
need_packages build test
need_disassembler || die "cuobjdump and nvdisasm cannot be installed"
configure_with_cuda cuda on
build cuda activation_cuda_kernels
step "disassembling"
library=build/cuda/src/backends/cuda/kernels/libactivation_cuda_kernels.a
python3 scripts/sass.py --check "$library" >&2
case "${1:-}" in
  --write) python3 scripts/sass.py --table "$library" | python3 scripts/write_table.py docs/performance_gpu.md ./dev sass ;;
  *) python3 scripts/sass.py "$library" ;;
esac
