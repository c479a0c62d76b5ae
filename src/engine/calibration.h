// Measures the rates of a cost model (cost_model.h) on this machine, with tensors like
// those of requests; some tens of milliseconds. Of several devices one is measured and
// stands for all.
// In the way of a request: none; the engine does it once, when it starts.
#ifndef ACTIVATION_SRC_ENGINE_CALIBRATION_H_
#define ACTIVATION_SRC_ENGINE_CALIBRATION_H_

#include "absl/status/statusor.h"
#include "src/backends/backend.h"
#include "src/backends/cuda/cuda_backend.h"
#include "src/engine/cost_model.h"

namespace activation {

// The device's error where it failed meanwhile.
absl::StatusOr<CostModel> Calibrate(Backend& cpu, cuda::CudaBackend& cuda);

}  // namespace activation

#endif  // ACTIVATION_SRC_ENGINE_CALIBRATION_H_
