// What launch.cu knows of a kernel: its code on the device and the same code as loops of
// the host. Include in .cu files. All of it is immutable.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_KERNEL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_KERNEL_H_

#include "src/backends/cuda/kernels/device_job.h"

namespace activation::cuda {

struct Kernel {
  const void* entry;  // a __global__ function of a GroupView
  void (*on_host)(const GroupView& group);
  unsigned threads;
  unsigned tiles_per_block;
  // What a block reads of memory, or up to that much, where a later one's is fetched meanwhile
  // (fetch_ahead.h); and whether its threads wait for each other.
  size_t block_reads = 0;
  bool in_phases = false;
  // Of shared memory for a lookup table, where a block does its tiles in turn; 0 where each has
  // some tiles.
  size_t lookup_table_bytes = 0;
};

// The kernel of a code whose work is elementwise, by storage type and, of f32, tier.
Kernel ElementsInExactFloats(const Code& code);
Kernel ElementsInFastFloats(const Code& code);
Kernel ElementsInDoubles(const Code& code);
Kernel ElementsInF16(const Code& code);
Kernel ElementsInBF16(const Code& code);

// Those of Work::kLookupTables and Work::kLookups; no entry where a function does without.
Kernel LookupsInF16(const Code& code);
Kernel LookupsInBF16(const Code& code);

// That of a code of another work.
Kernel Channels(const Code& code);
Kernel Gates(const Code& code);
Kernel ParameterSums(const Code& code);
Kernel ParameterTotals(const Code& code);
Kernel WeightSums(const Code& code);
Kernel WeightTotals(const Code& code);
Kernel Rows(const Code& code);
Kernel RowsInDoubles(const Code& code);
Kernel RowsInFloats(const Code& code);

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_KERNEL_H_
