// What the CPU's workers have been given and have not done, in seconds, and whether one
// more job may be put behind it: admission by work. Jobs that run on the calling thread
// (short_jobs.h) wait for nobody and do not count.
//
// How long an element takes is learnt from what was done, for each function, direction
// and kind of rate (cost_model.h). The workers take turns among the jobs they have, so of
// any stretch of time each job gets an equal share; what a job has got of all stretches
// between its beginning and its end is the time it would have taken alone. A job of few
// elements tells little, as most of its time is that of waking the workers, so it counts for
// less. A kind never seen counts as kUnknownElement.
//
// A job is refused where the queue would be longer than the limit, or where it would be
// done only after its deadline: computing it would be for nothing. A queue that is empty
// takes any job, so that an estimate that was too high is corrected by the next one.
// Thread-safe.
// In the way of a request: Engine::Submit.
#ifndef ACTIVATION_SRC_ENGINE_CPU_QUEUE_H_
#define ACTIVATION_SRC_ENGINE_CPU_QUEUE_H_

#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "src/backends/backend.h"

namespace activation {

class CpuQueue {
 public:
  // A place in the queue, from Enter to Leave.
  struct Place {
    // What was believed of some of its elements.
    struct Part {
      size_t kind;
      size_t elements;
      double seconds;  // each takes
      double ratio;    // how many times as slow or as fast it may turn out to be
    };
    double seconds = 0;  // that the job is estimated to take alone
    double share = 0;    // of each job in the queue, up to when it entered
    absl::InlinedVector<Part, 4> parts;
  };

  // Asked while the queue is locked: in the order in which jobs enter and leave.
  using Clock = std::function<absl::Time()>;

  explicit CpuQueue(absl::Duration limit, Clock clock = absl::Now);

  // RESOURCE_EXHAUSTED with a delay where the job should not be computed here and now;
  // DEADLINE_EXCEEDED where nobody waits for it any more.
  absl::StatusOr<Place> Enter(absl::Span<const Evaluation> evaluations, absl::Time deadline);
  // The same for a job that cannot be refused any more.
  Place EnterAnyhow(absl::Span<const Evaluation> evaluations);
  // The job has ended; `computed` says that it was computed whole.
  void Leave(const Place& place, bool computed);

  // How long what is queued will take.
  absl::Duration length() const;

 private:
  // Of all workers together; right for exact f32 on a few processors.
  static constexpr double kUnknownElement = 1e-9;

  // What a job is believed to take. This and those below are to be called with the lock.
  Place Estimate(absl::Span<const Evaluation> evaluations) const;
  void Admit(absl::Time now, Place* place);
  // Gives the jobs in the queue their shares of the time since it was last called.
  void ShareTime(absl::Time now);
  // How long a job would take that finds so much queued: the workers take turns, so a
  // short job has done its share when each of the others has done as much.
  double SecondsUntilDone(double seconds) const;

  const absl::Duration limit_;
  const Clock clock_;
  mutable std::mutex mutex_;
  // What an element of a kind takes, and how much of a job that tells all has told it.
  struct Belief {
    double seconds = kUnknownElement;
    double told = 0;
  };
  // All guarded by mutex_.
  std::vector<Belief> beliefs_;
  double queued_seconds_ = 0;
  size_t queued_jobs_ = 0;
  double share_seconds_ = 0;  // that a job had got that was there from the beginning
  absl::Time shared_until_ = absl::InfinitePast();
};

}  // namespace activation

#endif  // ACTIVATION_SRC_ENGINE_CPU_QUEUE_H_
