// Families of metrics whose values are read when they are asked for, in Prometheus' terms.
// Pure functions.
#ifndef ACTIVATION_SERVER_METRIC_FAMILY_H_
#define ACTIVATION_SERVER_METRIC_FAMILY_H_

#include <prometheus/metric_family.h>

#include <utility>
#include <vector>

namespace activation {

using SampleLabels = std::vector<prometheus::ClientMetric::Label>;

inline prometheus::ClientMetric GaugeSample(SampleLabels labels, double value) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  return metric;
}

inline prometheus::ClientMetric CounterSample(SampleLabels labels, double value) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  metric.counter.value = value;
  return metric;
}

// Of one value without labels.
inline prometheus::MetricFamily Gauge(const char* name, const char* help, double value) {
  return {name, help, prometheus::MetricType::Gauge, {GaugeSample({}, value)}};
}
inline prometheus::MetricFamily Counter(const char* name, const char* help, double value) {
  return {name, help, prometheus::MetricType::Counter, {CounterSample({}, value)}};
}

}  // namespace activation

#endif  // ACTIVATION_SERVER_METRIC_FAMILY_H_
