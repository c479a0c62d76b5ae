// Which jobs are so short that they are computed where they are, on the thread that read
// them: handing one over costs more. That thread may be the only one that reads, and while it
// computes it reads no other call and answers no health check, so what matters is time, not
// elements: these take from a fraction of a nanosecond to some hundred, as function, dtype and tier
// go.
//
// What an element takes is learnt for each kind from the jobs that were computed here. One that
// was slow may have been interrupted by the system, so a kind is slow when three jobs in a row
// were, on whichever threads: where the whole machine pauses while three are under way, it seems
// slow. From then on it goes to the workers at once; now and then one of its jobs is tried here
// again, in case it was the machine after all. Lock-free; every member is thread-safe.
// In the way of a request: Engine::Submit.
#ifndef ACTIVATION_SRC_ENGINE_SHORT_JOBS_H_
#define ACTIVATION_SRC_ENGINE_SHORT_JOBS_H_

#include <atomic>
#include <cstddef>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "src/backends/backend.h"

namespace activation {

class ShortJobs {
 public:
  // Jobs of this length are computed as soon by workers that wake within it.
  static constexpr absl::Duration kMost = absl::Microseconds(100);

  ShortJobs();

  // Whether there are so few elements that the job is short whatever they are. Take and
  // Computed are not asked about it.
  static bool IsTiny(absl::Span<const Evaluation> evaluations) {
    constexpr size_t kElements = 256;
    return evaluations.size() == 1 && evaluations.front().count <= kElements &&
           evaluations.front().weight_gradient == nullptr;
  }

  // Whether the job is short.
  bool Take(absl::Span<const Evaluation> evaluations);
  // A job that was taken has been computed whole.
  void Computed(absl::Span<const Evaluation> evaluations, absl::Duration time);

 private:
  // Seconds an element; 0 where nothing is known.
  struct Rate {
    std::atomic<double> believed{0};
    std::atomic<double> last{0};
    std::atomic<double> before_last{0};
  };

  double SecondsOf(absl::Span<const Evaluation> evaluations) const;
  static void Learn(double ratio, Rate* rate);

  std::vector<Rate> rates_;  // by kind
};

}  // namespace activation

#endif  // ACTIVATION_SRC_ENGINE_SHORT_JOBS_H_
