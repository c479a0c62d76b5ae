// The process_* metrics every Prometheus exporter gives, read from /proc.
// Thread-safe.
#ifndef ACTIVATION_SERVER_PROCESS_METRICS_H_
#define ACTIVATION_SERVER_PROCESS_METRICS_H_

#include <prometheus/metric_family.h>

#include <vector>

namespace activation {

// Processor seconds, resident and virtual bytes, open and most file
// descriptors, start time. What /proc does not tell is left out.
std::vector<prometheus::MetricFamily> CollectProcessMetrics();

}  // namespace activation

#endif  // ACTIVATION_SERVER_PROCESS_METRICS_H_
