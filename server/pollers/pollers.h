// The threads that wait for what arrives on connections, read it and run the calls' code that
// it is for: as few as keep up with it.
//
// Where several wait, the one that found something wakes another to wait in its place before it
// runs what it found, and that costs a call more than all our work on it
// (docs/performance_wire.md, docs/adr/0021-pollers-of-our-own.md). So there is one, and one more
// whenever all are busy while processors are idle.
#ifndef ACTIVATION_SERVER_POLLERS_POLLERS_H_
#define ACTIVATION_SERVER_POLLERS_POLLERS_H_

#include <grpcpp/completion_queue.h>
#include <time.h>

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/time/time.h"
#include "server/periodic.h"
#include "server/pollers/idle_processors.h"
#include "server/stopwatch.h"

namespace activation {

struct PollerOptions {
  // How many there are for good; 0: from one to `most`, as many as are needed.
  int fixed = 0;
  // As many as gRPC itself has: half as many as processors, from 2 to 16.
  int most = MostPollers();
  // They are too few when they are busy for more than this share of their time,
  double saturated = 0.85;
  // and more than so much of the processors is idle meanwhile.
  double idle = 0.5;
  // How often that is looked at; there is one more when it was so for two periods.
  absl::Duration period = absl::Milliseconds(250);

  static int MostPollers();

  bool AreSaturated(int pollers, double busy) const { return busy > saturated * pollers; }
};

// How many there are to be where `pollers` used `busy` processors lately. `idle` are those that
// nothing used meanwhile, where that is known.
//
// What made them n+1 does not make them n again: more pollers never take less time for the same.
int PollersFor(int pollers, double busy, std::optional<double> idle, const PollerOptions& options);

// Thread-safe.
class Pollers {
 public:
  explicit Pollers(PollerOptions options);
  // Ends when all that was begun on the queue is done.
  ~Pollers();

  Pollers(const Pollers&) = delete;
  Pollers& operator=(const Pollers&) = delete;

  // Each event's tag is a grpc_completion_queue_functor, which a poller runs.
  grpc::CompletionQueue* queue() { return &queue_; }
  int count() const { return count_.load(std::memory_order_relaxed); }

 private:
  struct Poller {
    std::thread thread;
    clockid_t clock;        // of the processor time it has used
    absl::Duration before;  // that, when last looked at
  };

  void Add();
  void RemoveLast();
  void Poll(int index);
  void Adapt();
  // Processors used by all of them since the last time.
  double Busy();

  const PollerOptions options_;
  grpc::CompletionQueue queue_;
  std::atomic<int> count_{0};
  // Of the thread that adapts, and after it of the destructor.
  std::deque<Poller> pollers_;
  Stopwatch watch_;
  bool were_saturated_ = false;
  IdleProcessors idle_;
  std::optional<Periodic> adapting_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_POLLERS_POLLERS_H_
