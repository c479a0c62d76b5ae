// What CUDA devices say of themselves, in Prometheus' terms; nothing where there are none, and of
// one that is left out only that it is not up.
// Thread-safe.
#ifndef ACTIVATION_SERVER_CUDA_METRICS_H_
#define ACTIVATION_SERVER_CUDA_METRICS_H_

#include <prometheus/metric_family.h>

#include <vector>

#include "src/backends/cuda/device_set.h"

namespace activation {

std::vector<prometheus::MetricFamily> CollectCudaMetrics(const cuda::DeviceSet& devices);

// Adds what devices have of activation_stage_seconds: stages of batches, by device.
void AddCudaStages(const cuda::DeviceSet& devices, prometheus::MetricFamily* stages);

}  // namespace activation

#endif  // ACTIVATION_SERVER_CUDA_METRICS_H_
