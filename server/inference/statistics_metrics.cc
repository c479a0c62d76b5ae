// Names and labels are those of Triton's metrics, which its dashboards read:
// https://github.com/triton-inference-server/server/blob/main/docs/user_guide/metrics.md
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <utility>

#include "server/inference/statistics.h"
#include "server/metric_family.h"

namespace activation::inference {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;

constexpr const char* kReasons[] = {"REJECTED", "CANCELED", "BACKEND", "OTHER"};

ClientMetric Sample(const Model& model, double value) {
  return CounterSample({{"model", NameOf(model)}, {"version", kModelVersion}}, value);
}

double Load(const std::atomic<uint64_t>& value) {
  return static_cast<double>(value.load(std::memory_order_relaxed));
}

// What one value of each model says; `read` gives it.
template <class PerModel, class Read>
MetricFamily Counter(const std::vector<PerModel>& models, const char* name, const char* help,
                     const Read& read) {
  MetricFamily family{name, help, prometheus::MetricType::Counter, {}};
  for (size_t i = 0; i < models.size(); ++i) {
    if (models[i].success.count + models[i].fail.count == 0) continue;
    family.metric.push_back(Sample(Models()[i], read(models[i])));
  }
  return family;
}

}  // namespace

std::string Statistics::Scrape() const {
  std::vector<MetricFamily> families;
  const auto count = [&](const char* name, const char* help, Sum PerModel::*sum) {
    families.push_back(Counter(models_, name, help,
                               [sum](const PerModel& model) { return Load((model.*sum).count); }));
  };
  const auto microseconds = [&](const char* name, const char* help, Sum PerModel::*sum) {
    families.push_back(Counter(models_, name, help, [sum](const PerModel& model) {
      return Load((model.*sum).ns) / 1000;
    }));
  };
  count("nv_inference_request_success", "Requests that were answered.", &PerModel::success);
  MetricFamily failures{
      "nv_inference_request_failure", "Requests that failed.", prometheus::MetricType::Counter, {}};
  for (size_t reason = 0; reason < kFailures; ++reason) {
    MetricFamily one = Counter(
        models_, "", "", [reason](const PerModel& model) { return Load(model.failures[reason]); });
    for (ClientMetric& metric : one.metric) {
      metric.label.push_back({"reason", kReasons[reason]});
      failures.metric.push_back(std::move(metric));
    }
  }
  families.push_back(std::move(failures));
  // A request is one inference and one execution, as max_batch_size 0 says.
  count("nv_inference_count", "Inferences performed.", &PerModel::success);
  count("nv_inference_exec_count", "Executions of a model.", &PerModel::success);
  microseconds("nv_inference_request_duration_us", "Time of requests that were answered.",
               &PerModel::success);
  microseconds("nv_inference_queue_duration_us",
               "Of that, until there was room and a backend took the work up.", &PerModel::queue);
  microseconds("nv_inference_compute_input_duration_us",
               "Of that, reading the request and laying out its reply.", &PerModel::input);
  microseconds("nv_inference_compute_infer_duration_us", "Of that, computing.", &PerModel::infer);
  microseconds("nv_inference_compute_output_duration_us", "Of that, completing the reply.",
               &PerModel::output);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace activation::inference
