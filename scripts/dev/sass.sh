#!/usr/bin/env bash
# reads the machine code of the CUDA kernels, for the speed they can have: ./dev sass [--write]
#
# Compiles the kernels for sm_80, sm_90 and sm_100 (build/cuda), fails if any of them has local memory, disassembles them, and
# prints registers, occupancy, loads, stores and, an element, bytes and instructions, and what binds on an A100, H200 and
# B200. With --write the table of an H200 goes into docs/performance_gpu.md instead. Needs no GPU.

source "$ROOT/scripts/dev/lib/tables.sh"

at_most_one_of --write "$@"
need_packages build test
need_disassembler || die "cuobjdump and nvdisasm cannot be installed"
configure_with_cuda cuda on
build cuda activation_cuda_kernels
step "disassembling"
library=build/cuda/src/backends/cuda/kernels/libactivation_cuda_kernels.a
python3 scripts/sass.py --check "$library" >&2
table() { python3 scripts/sass.py --table "$library"; }
if [[ "${1:-}" == --write ]]; then
  write_table table docs/performance_gpu.md ./dev sass
else
  python3 scripts/sass.py "$library"
fi
