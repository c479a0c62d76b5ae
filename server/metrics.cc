#include "server/metrics.h"

#include <prometheus/gauge.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>
#include <new>

#include "server/accept.h"
#include "server/config.h"
#include "server/cuda_metrics.h"
#include "server/memory_limit.h"
#include "server/metric_family.h"
#include "server/pollers/in_grpc.h"
#include "server/process_metrics.h"
#include "src/backends/cpu/cpu_backend.h"
#include "src/base/errors.h"
#include "src/functions/catalogue.h"

namespace activation {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Labels;

bool IsStream(Method method) {
  return method == Method::kStream || method == Method::kModelStreamInfer;
}

bool IsUnary(Method method) { return !IsStream(method) && method != Method::kOther; }

const char* TypeOf(Method method) {
  return IsUnary(method) ? "unary" : IsStream(method) ? "bidi_stream" : "other";
}

constexpr const char* kStageNames[kStageCount] = {"decode", "queue", "copy_in", "kernel", "encode"};
constexpr char kStages[] = "activation_stage_seconds";

// A small call takes some tens of microseconds, a large one up to seconds.
const std::vector<double>& SecondsBuckets() {
  static const auto* const buckets =
      new std::vector<double>(cuda::kStageBounds.begin(), cuda::kStageBounds.end());
  return *buckets;
}

constexpr size_t kDirections = 2;
constexpr size_t kTiers = 2;
constexpr size_t kDTypes = std::size(kAllDTypes);
constexpr size_t kBackends = 2;

// A number for each combination of labels of activation_elements_total.
size_t ElementsKey(const Evaluation& e) {
  const size_t backend = e.placement == Placement::kCuda ? 1 : 0;
  const size_t type = (e.function * kDirections + static_cast<size_t>(e.direction)) * kDTypes +
                      static_cast<size_t>(e.dtype);
  return (backend * Catalogue().size() * kDirections * kDTypes + type) * kTiers +
         static_cast<size_t>(e.tier);
}

Labels ElementsLabels(size_t key) {
  const auto text = [](absl::string_view name) { return std::string(name); };
  const size_t keys_of_backend = Catalogue().size() * kDirections * kDTypes * kTiers;
  const char* const backend = Name(key < keys_of_backend ? Placement::kCpu : Placement::kCuda);
  key %= keys_of_backend;
  const auto tier = static_cast<Tier>(key % kTiers);
  const auto dtype = static_cast<DType>(key / kTiers % kDTypes);
  const auto direction = static_cast<Direction>(key / kTiers / kDTypes % kDirections);
  const size_t function = key / kTiers / kDTypes / kDirections;
  return {{"function", Catalogue()[function].name},
          {"direction", text(Name(direction))},
          {"dtype", text(Name(dtype))},
          {"tier", text(Name(tier))},
          {"backend", backend}};
}

Labels MethodLabels(Method method) {
  return {{"grpc_type", TypeOf(method)},
          {"grpc_service", InfoOf(method).service},
          {"grpc_method", InfoOf(method).name}};
}

Labels WithCode(Labels labels, size_t code) {
  // The metric family people know spells codes as gRPC for Go does.
  static constexpr const char* kCodes[] = {
      "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
      "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
      "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
      "DataLoss", "Unauthenticated"};
  labels.emplace("grpc_code", kCodes[code]);
  return labels;
}

}  // namespace

Metrics::Metrics(const Engine& engine, const shared_memory::Registry& regions)
    : engine_(engine),
      regions_(regions),
      elements_of_(Catalogue().size() * kDirections * kDTypes * kTiers * kBackends) {
  RegisterMethods();
  RegisterEngine();
}

void Metrics::RegisterMethods() {
  auto& started = BuildCounter()
                      .Name("grpc_server_started_total")
                      .Help("Calls that reached their handler.")
                      .Register(registry_);
  auto& received = BuildCounter()
                       .Name("grpc_server_msg_received_total")
                       .Help("Messages received.")
                       .Register(registry_);
  auto& sent =
      BuildCounter().Name("grpc_server_msg_sent_total").Help("Messages sent.").Register(registry_);
  auto& handled = BuildCounter()
                      .Name("grpc_server_handled_total")
                      .Help("Calls completed, whatever their status.")
                      .Register(registry_);
  auto& items = BuildCounter()
                    .Name("activation_stream_items_total")
                    .Help("Items of streams answered, by the code of each.")
                    .Register(registry_);
  seconds_ = &BuildHistogram()
                  .Name("grpc_server_handling_seconds")
                  .Help("Time from a call's arrival to its status.")
                  .Register(registry_);
  for (size_t i = 0; i < kMethodCount; ++i) {
    const auto method = static_cast<Method>(i);
    const Labels labels = MethodLabels(method);
    MethodSeries& series = methods_[i];
    series.started = &started.Add(labels);
    series.received = &received.Add(labels);
    series.sent = &sent.Add(labels);
    for (size_t code = 0; code < kCodeCount; ++code) {
      series.handled[code] = &handled.Add(WithCode(labels, code));
      if (!IsStream(method)) continue;
      series.items[code] = &items.Add(WithCode({{"grpc_method", InfoOf(method).name}}, code));
    }
  }
}

void Metrics::RegisterEngine() {
  auto& stage = BuildHistogram()
                    .Name(kStages)
                    .Help("Time of a call by stage; with a device, of a batch there.")
                    .Register(registry_);
  for (size_t i = 0; i < kStageCount; ++i) {
    stages_[i] = &stage.Add({{"stage", kStageNames[i]}}, SecondsBuckets());
  }
  auto& rejected = BuildCounter()
                       .Name("activation_rejected_total")
                       .Help("Calls refused admission.")
                       .Register(registry_);
  for (size_t i = 0; i < kRefusalCount; ++i) {
    rejected_[i] = &rejected.Add({{"reason", kRefusals[i]}});
  }
  copied_ = &BuildCounter()
                 .Name("activation_request_copied_bytes_total")
                 .Help("Bytes of requests copied instead of read where they were received.")
                 .Register(registry_)
                 .Add({});
  elements_ = &BuildCounter()
                   .Name("activation_elements_total")
                   .Help("Elements evaluated.")
                   .Register(registry_);
  BuildGauge()
      .Name("activation_build_info")
      .Help("Always 1; what this server is stands in the labels.")
      .Register(registry_)
      .Add({{"version", Version()},
            {"isa", InstructionSet()},
            {"cuda", engine_.cuda().empty() ? "false" : "true"}})
      .Set(1);
}

void Metrics::CallStarted(Method method) {
  inflight_calls_.fetch_add(1, std::memory_order_relaxed);
  const MethodSeries& series = methods_[static_cast<size_t>(method)];
  series.started->Increment();
  if (IsUnary(method)) series.received->Increment();
}

void Metrics::CallHandled(Method method, absl::StatusCode code, absl::Duration elapsed) {
  const size_t index = std::min(static_cast<size_t>(code), kCodeCount - 1);
  const MethodSeries& series = methods_[static_cast<size_t>(method)];
  series.handled[index]->Increment();
  if (code == absl::StatusCode::kOk && IsUnary(method)) series.sent->Increment();
  try {
    SecondsOf(method, index).Observe(absl::ToDoubleSeconds(elapsed));
  } catch (const std::bad_alloc&) {
    // The first call of a code has its series made. Without memory it is in the counter alone.
  }
}

int64_t Metrics::calls_started() const {
  double sum = 0;
  for (const MethodSeries& series : methods_) sum += series.started->Value();
  return static_cast<int64_t>(sum);
}

int64_t Metrics::calls_ended(absl::StatusCode code) const {
  double sum = 0;
  for (const MethodSeries& series : methods_) {
    sum += series.handled[static_cast<size_t>(code)]->Value();
  }
  return static_cast<int64_t>(sum);
}

void Metrics::ItemReceived(Method method) {
  methods_[static_cast<size_t>(method)].received->Increment();
}

void Metrics::ItemAnswered(Method method, absl::StatusCode code) {
  const MethodSeries& series = methods_[static_cast<size_t>(method)];
  series.sent->Increment();
  series.items[std::min(static_cast<size_t>(code), kCodeCount - 1)]->Increment();
}

void Metrics::CallReleased() { inflight_calls_.fetch_sub(1, std::memory_order_relaxed); }

prometheus::Histogram& Metrics::SecondsOf(Method method, size_t code) {
  std::atomic<prometheus::Histogram*>& series = methods_[static_cast<size_t>(method)].seconds[code];
  prometheus::Histogram* found = series.load(std::memory_order_acquire);
  if (found == nullptr) {
    // Adding the same labels twice gives the same series.
    const Labels labels = WithCode(MethodLabels(method), code);
    found = &seconds_->Add(labels, SecondsBuckets());
    series.store(found, std::memory_order_release);
  }
  return *found;
}

void Metrics::StageDone(Stage stage, absl::Duration elapsed) {
  stages_[static_cast<size_t>(stage)]->Observe(absl::ToDoubleSeconds(elapsed));
}

void Metrics::Rejected(const absl::Status& status) {
  if (status.ok()) return;
  const std::string refusal = RefusalOf(status);
  for (size_t i = 0; i < kRefusalCount; ++i) {
    if (refusal == kRefusals[i]) rejected_[i]->Increment();
  }
}

absl::Status Metrics::Counted(absl::Status refusal) {
  Rejected(refusal);
  return refusal;
}

void Metrics::RequestBytesCopied(size_t bytes) {
  if (bytes > 0) copied_->Increment(static_cast<double>(bytes));
}

ElementCounts Metrics::ElementsOf(absl::Span<const Evaluation> evaluations) {
  ElementCounts counts;
  // Items of a batch are mostly alike: neighbours are added up first.
  for (size_t i = 0; i < evaluations.size();) {
    const size_t key = ElementsKey(evaluations[i]);
    double count = 0;
    for (; i < evaluations.size() && ElementsKey(evaluations[i]) == key; ++i) {
      count += static_cast<double>(evaluations[i].count);
    }
    counts.emplace_back(ElementSeries(key), count);
  }
  return counts;
}

void Metrics::CountElements(const ElementCounts& counts) {
  for (const auto& [series, count] : counts) series->Increment(count);
}

prometheus::Counter* Metrics::ElementSeries(size_t key) {
  prometheus::Counter* found = elements_of_[key].load(std::memory_order_acquire);
  if (found == nullptr) {
    found = &elements_->Add(ElementsLabels(key));
    elements_of_[key].store(found, std::memory_order_release);
  }
  return found;
}

std::string Metrics::Scrape() const {
  std::vector<prometheus::MetricFamily> families = registry_.Collect();
  for (prometheus::MetricFamily& family : families) {
    if (family.name == kStages) AddCudaStages(engine_.cuda(), &family);
  }
  families.push_back(Gauge("activation_inflight_bytes", "Bytes of requests and replies admitted.",
                           static_cast<double>(engine_.inflight_bytes())));
  families.push_back(Gauge("activation_inflight_limit_bytes",
                           "Most bytes of requests and replies that are admitted together.",
                           static_cast<double>(engine_.limits().max_inflight_bytes)));
  families.push_back(Gauge("activation_memory_limit_bytes",
                           "Most memory that the process's container may hold; 0: no limit.",
                           static_cast<double>(MemoryLimit().value_or(0))));
  families.push_back(Gauge("activation_inflight_jobs", "Calls and items of streams admitted.",
                           static_cast<double>(engine_.inflight_jobs())));
  families.push_back(Gauge("activation_queue_seconds",
                           "What is queued for the CPU's workers is estimated to take so long.",
                           absl::ToDoubleSeconds(engine_.queued())));
  families.push_back(Gauge("activation_draining", "1 from SIGTERM on, 0 before.",
                           draining_.load(std::memory_order_relaxed) ? 1 : 0));
  families.push_back(Gauge("activation_inflight_calls", "Calls that hold a handler.",
                           static_cast<double>(inflight_calls())));
  families.push_back(Gauge("activation_pollers",
                           "Threads that read requests and write replies; 0: those of gRPC itself.",
                           OwnPollers()));
  families.push_back(Counter("activation_untaken_replies_total",
                             "Calls ended because their clients did not take the reply.",
                             static_cast<double>(replies_untaken())));
  families.push_back(Counter("activation_connections_shed_total",
                             "Connections closed at once for want of file descriptors.",
                             static_cast<double>(ConnectionsShed())));
  families.push_back(Gauge("activation_shared_memory_regions", "Shared-memory regions mapped.",
                           static_cast<double>(regions_.regions())));
  families.push_back(Gauge("activation_shared_memory_bytes", "Bytes of these regions.",
                           static_cast<double>(regions_.bytes())));
  for (prometheus::MetricFamily& family : CollectCudaMetrics(engine_.cuda())) {
    families.push_back(std::move(family));
  }
  for (prometheus::MetricFamily& family : CollectProcessMetrics()) {
    families.push_back(std::move(family));
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace activation
