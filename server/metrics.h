// What the server counts about itself, in Prometheus' terms. Series are looked
// up once, not per call; a call costs some atomic additions and short mutexes (ADR 19). Gauges are
// read from their owners at scrape time. Thread-safe.
#ifndef ACTIVATION_SERVER_METRICS_H_
#define ACTIVATION_SERVER_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <atomic>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "server/methods.h"
#include "server/shared_memory/registry.h"
#include "src/engine/engine.h"

namespace activation {

// decode: bytes to evaluations, admission included. queue: until a backend took the work up.
// copy_in: bringing tensors together that came in slices, of calls of which something was
// copied. kernel: from when the work was taken up to its result. encode: the reply's layout, its
// headers and what was filled in once the work was done. CUDA devices have stages of batches,
// too (cuda_metrics.h).
enum class Stage { kDecode, kQueue, kCopyIn, kKernel, kEncode };
inline constexpr size_t kStageCount = 5;

// Reasons of activation_rejected_total, as RefusalOf() gives them.
inline constexpr const char* kRefusals[] = {"inflight_bytes", "jobs",   "regions",   "work",
                                            "deadline",       "memory", "too_large", "draining"};
inline constexpr size_t kRefusalCount = std::size(kRefusals);

// Elements by series of activation_elements_total.
using ElementCounts = absl::InlinedVector<std::pair<prometheus::Counter*, double>, 2>;

class Metrics {
 public:
  // `engine` and `regions` must outlive this.
  Metrics(const Engine& engine, const shared_memory::Registry& regions);

  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // A call has reached its handler; a unary one with its message.
  void CallStarted(Method method);
  // It has ended so, `elapsed` after it began; of a unary one counts the reply where that is OK.
  void CallHandled(Method method, absl::StatusCode code, absl::Duration elapsed);
  // gRPC has let go of it.
  void CallReleased();

  // The server has begun to drain; there is no way back.
  void DrainStarted() { draining_.store(true, std::memory_order_relaxed); }

  // A message of a stream has arrived; the reply to one, a result or an error, was sent.
  void ItemReceived(Method method);
  void ItemAnswered(Method method, absl::StatusCode code);

  void StageDone(Stage stage, absl::Duration elapsed);
  // Counts a refusal (RefusalOf); nothing for other statuses.
  void Rejected(const absl::Status& status);
  // The same refusal, counted.
  absl::Status Counted(absl::Status refusal);

  // The series a batch counts in, and how much, to be counted once it is done.
  ElementCounts ElementsOf(absl::Span<const Evaluation> evaluations);
  void CountElements(const ElementCounts& counts);

  // A call is ended because its client did not take the reply.
  void ReplyUntaken() { untaken_.fetch_add(1, std::memory_order_relaxed); }

  // Bytes of a request that were copied instead of read where they lay.
  void RequestBytesCopied(size_t bytes);

  // Since the start, over all methods.
  int64_t calls_started() const;
  int64_t calls_ended(absl::StatusCode code) const;
  int64_t replies_untaken() const { return untaken_.load(std::memory_order_relaxed); }
  int64_t inflight_calls() const { return inflight_calls_.load(std::memory_order_relaxed); }

  // Everything in the Prometheus text format.
  std::string Scrape() const;

 private:
  static constexpr size_t kCodeCount = 17;

  struct MethodSeries {
    prometheus::Counter* started;
    prometheus::Counter* received;
    prometheus::Counter* sent;
    std::array<prometheus::Counter*, kCodeCount> handled;
    std::array<prometheus::Counter*, kCodeCount> items;  // of methods that are streams
    // By code; made when a call first ends with that code.
    std::array<std::atomic<prometheus::Histogram*>, kCodeCount> seconds;
  };

  void RegisterMethods();
  void RegisterEngine();
  prometheus::Histogram& SecondsOf(Method method, size_t code);
  prometheus::Counter* ElementSeries(size_t key);

  const Engine& engine_;
  const shared_memory::Registry& regions_;
  prometheus::Registry registry_;
  std::array<MethodSeries, kMethodCount> methods_{};
  std::array<prometheus::Histogram*, kStageCount> stages_{};
  std::array<prometheus::Counter*, kRefusalCount> rejected_{};
  prometheus::Counter* copied_ = nullptr;
  prometheus::Family<prometheus::Histogram>* seconds_ = nullptr;
  prometheus::Family<prometheus::Counter>* elements_ = nullptr;
  // By backend, function, direction, dtype, tier; made when first counted.
  std::vector<std::atomic<prometheus::Counter*>> elements_of_;
  std::atomic<int64_t> inflight_calls_{0};
  std::atomic<int64_t> untaken_{0};
  std::atomic<bool> draining_{false};
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_METRICS_H_
