#include "server/cuda_metrics.h"

#include <limits>
#include <string>

namespace activation {
namespace {

using cuda::BackendMetrics;
using cuda::CudaBackend;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

ClientMetric OfDevice(int number) {
  ClientMetric metric;
  metric.label = {{"device", std::to_string(number)}};
  return metric;
}

ClientMetric OfDevice(const CudaBackend& backend) { return OfDevice(backend.number()); }

// One gauge a device; `read` gives its value.
template <class Read>
MetricFamily Gauges(const cuda::DeviceSet& devices, const char* name, const char* help,
                    const Read& read) {
  MetricFamily family{name, help, MetricType::Gauge, {}};
  for (const auto& backend : devices.backends()) {
    ClientMetric& metric = family.metric.emplace_back(OfDevice(*backend));
    metric.gauge.value = static_cast<double>(read(*backend));
  }
  return family;
}

MetricFamily Up(const cuda::DeviceSet& devices) {
  MetricFamily family = Gauges(
      devices, "activation_cuda_up",
      "1 while the device works, 0 once it is lost or where it could not be used from the start.",
      [](const CudaBackend& backend) { return backend.lost() ? 0 : 1; });
  for (const cuda::DeviceLeftOut& device : devices.left_out()) {
    family.metric.push_back(OfDevice(device.properties.number));
  }
  return family;
}

template <size_t kBounds>
void Store(const cuda::Distribution<kBounds>& from, ClientMetric::Histogram* to) {
  uint64_t cumulative = 0;
  for (size_t i = 0; i <= kBounds; ++i) {
    cumulative += from.count(i);
    const double bound = i < kBounds ? from.bounds()[i] : std::numeric_limits<double>::infinity();
    to->bucket.push_back({cumulative, bound});
  }
  to->sample_count = cumulative;
  to->sample_sum = from.sum();
}

template <size_t kBounds>
MetricFamily Histograms(const cuda::DeviceSet& devices, const char* name, const char* help,
                        cuda::Distribution<kBounds> BackendMetrics::*distribution) {
  MetricFamily family{name, help, MetricType::Histogram, {}};
  for (const auto& backend : devices.backends()) {
    ClientMetric& metric = family.metric.emplace_back(OfDevice(*backend));
    Store(backend->metrics().*distribution, &metric.histogram);
  }
  return family;
}

MetricFamily Fallbacks(const cuda::DeviceSet& devices) {
  constexpr const char* kReasons[cuda::kFallbackCount] = {"no_memory", "failed", "lost"};
  MetricFamily family{
      "activation_cuda_fallbacks_total",
      "Tensors, or pieces of one, that a CUDA device was given and did not compute.",
      MetricType::Counter,
      {}};
  for (const auto& backend : devices.backends()) {
    for (size_t reason = 0; reason < cuda::kFallbackCount; ++reason) {
      ClientMetric& metric = family.metric.emplace_back(OfDevice(*backend));
      metric.label.push_back({"reason", kReasons[reason]});
      metric.counter.value = static_cast<double>(backend->metrics().fallbacks[reason].load());
    }
  }
  return family;
}

template <size_t kBounds>
void AddStage(const CudaBackend& backend, const char* stage,
              const cuda::Distribution<kBounds>& seconds, MetricFamily* stages) {
  ClientMetric& metric = stages->metric.emplace_back(OfDevice(backend));
  metric.label.push_back({"stage", stage});
  Store(seconds, &metric.histogram);
}

}  // namespace

void AddCudaStages(const cuda::DeviceSet& devices, MetricFamily* stages) {
  for (const auto& backend : devices.backends()) {
    const BackendMetrics& metrics = backend->metrics();
    AddStage(*backend, "copy_in", metrics.copy_in_seconds, stages);
    AddStage(*backend, "copy_out", metrics.copy_out_seconds, stages);
  }
}

std::vector<MetricFamily> CollectCudaMetrics(const cuda::DeviceSet& devices) {
  std::vector<MetricFamily> families = {
      Histograms(devices, "activation_batch_jobs",
                 "Tensors, or pieces of one, in a batch that the device computed.",
                 &BackendMetrics::batch_jobs),
      Histograms(devices, "activation_batch_wait_seconds",
                 "Time of a tensor from when it was queued to when its batch was taken.",
                 &BackendMetrics::wait_seconds),
      Fallbacks(devices),
      Up(devices),
      Gauges(devices, "activation_cuda_outstanding_bytes", "Bytes queued or running on the device.",
             [](const CudaBackend& backend) { return backend.outstanding_bytes(); }),
      Gauges(
          devices, "activation_cuda_oldest_batch_seconds",
          "How long the batch that has been longest on the device has been there; 0 without one.",
          [](const CudaBackend& backend) { return absl::ToDoubleSeconds(backend.oldest_batch()); }),
      Gauges(devices, "activation_gpu_memory_bytes",
             "Bytes of the device's memory taken for tensors on their way.",
             [](const CudaBackend& backend) { return backend.memory_bytes(); }),
  };
  std::erase_if(families, [](const MetricFamily& family) { return family.metric.empty(); });
  return families;
}

}  // namespace activation
