// How much work a job is to the kernel of a code: tiles, each done by one warp or by one block, and
// what they leave in scratch. Plain C++, for who puts jobs into tables.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_TILES_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_TILES_H_

#include <cstddef>
#include <cstdint>

#include "src/backends/cuda/kernels/device_job.h"
#include "src/backends/cuda/kernels/exact_rows.h"
#include "src/backends/cuda/kernels/float_rows.h"
#include "src/backends/cuda/kernels/half_tables.h"
#include "src/backends/sum_order.h"

namespace activation::cuda {

constexpr uint64_t RowTilesOf(const Code& code, const DeviceJob& job) {
  if (job.extent == 0) return 0;
  const uint64_t rows = job.outer * job.inner;
  // In two words a block does one.
  if (code.dtype == DType::kF64) return rows;
  if (code.tier == Tier::kFast)
    return CeilDiv(rows, RowsOfTile(code.direction, job.extent, job.inner));
  return CeilDiv(rows, RowLanesOf(job.extent, job.inner, SizeOf(code.dtype)).rows());
}

// 0 where there is nothing to do.
constexpr uint64_t TilesOf(const Code& code, const DeviceJob& job) {
  switch (code.work) {
    case Work::kParameterSums:
      return CeilDiv(job.count, kSumElements);
    case Work::kWeightSums:
      return job.weight_count * SumsOfWeight(job.count, job.weight_count);
    case Work::kLookupTables:
      return CeilDiv(LookupTableEntries(code.direction), kLanes);
    case Work::kLookups:
    case Work::kElements:
    case Work::kChannels:
      return CeilDiv(job.count, TileElements(code.dtype));
    case Work::kGates:
      return CeilDiv(job.count / 2, TileElements(code.dtype));
    case Work::kRows:
      return RowTilesOf(code, job);
    case Work::kParameterTotals:
      return 1;
    case Work::kWeightTotals:
      break;
  }
  return job.weight_count;
}

// Bytes that the sums of so many tiles leave for the totals.
constexpr size_t SumBytesOf(Work work, uint64_t tiles) {
  switch (work) {
    case Work::kParameterSums:
      return tiles * kParameterSumBytes;
    case Work::kWeightSums:
      return tiles * kWeightSumBytes;
    default:
      return 0;
  }
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_TILES_H_
