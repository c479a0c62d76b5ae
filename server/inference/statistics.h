// What ModelStatistics and the metrics nv_inference_* tell: how many requests each model
// had and how long their steps took. A request costs some atomic additions. Thread-safe.
#ifndef ACTIVATION_SERVER_INFERENCE_STATISTICS_H_
#define ACTIVATION_SERVER_INFERENCE_STATISTICS_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "inference/grpc_service.pb.h"
#include "server/inference/models.h"
#include "server/work.h"

namespace activation::inference {

class Statistics {
 public:
  Statistics() : models_(Models().size()) {}

  // A request of the model was answered, `elapsed` after it came.
  void Answered(const Model& model, const StepTimes& times, absl::Duration elapsed);
  // It failed, so long after it came.
  void Failed(const Model& model, const absl::Status& status, absl::Duration elapsed);

  void Describe(const Model& model, ::inference::ModelStatistics* statistics) const;

  // Of models that had a request, in the Prometheus text format, by Triton's names.
  std::string Scrape() const;

 private:
  // As Triton's label `reason` has them.
  enum class Failure { kRejected, kCanceled, kBackend, kOther };
  static constexpr size_t kFailures = 4;

  struct Sum {
    void Add(absl::Duration duration) {
      count.fetch_add(1, std::memory_order_relaxed);
      ns.fetch_add(static_cast<uint64_t>(absl::ToInt64Nanoseconds(duration)),
                   std::memory_order_relaxed);
    }

    std::atomic<uint64_t> count{0};
    std::atomic<uint64_t> ns{0};
  };

  // A line of the cache of its own: models are counted by different threads.
  struct alignas(64) PerModel {
    Sum success;
    Sum fail;
    std::array<std::atomic<uint64_t>, kFailures> failures{};
    Sum queue;
    Sum input;
    Sum infer;
    Sum output;
    std::atomic<int64_t> last_ms{0};
  };

  static Failure FailureOf(const absl::Status& status);
  static void Store(const Sum& sum, ::inference::StatisticDuration* duration);
  PerModel& Of(const Model& model) { return models_[IndexOf(model)]; }

  std::vector<PerModel> models_;
};

}  // namespace activation::inference

#endif  // ACTIVATION_SERVER_INFERENCE_STATISTICS_H_
