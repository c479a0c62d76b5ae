// The threads that wait for what arrives on connections, read it and run the calls' code that
// it is for: as few as keep up with it.
//
// Where several wait, the one that found something first wakes another to wait in its place before
// it runs what it found (docs/adr/0021-pollers-of-our-own.md). So there is one, and one more
// whenever all are busy while processors are idle, or all are held up.
//
// In the way of a request: gRPC -> Pollers -> UnaryCall.
#ifndef ACTIVATION_SERVER_POLLERS_POLLERS_H_
#define ACTIVATION_SERVER_POLLERS_POLLERS_H_

#include <grpcpp/completion_queue.h>
#include <time.h>

#include <atomic>
#include <cstdint>
#include <list>
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
  // About as many as gRPC itself has: half as many as processors, from 2 to 16.
  int most = MostPollers();
  // They are too few when they are busy for more than this share of their time,
  double saturated = 0.85;
  // and more than so much of the processors is idle meanwhile.
  double idle = 0.5;
  // How often that is looked at; there is one more each time that it was so for two periods.
  absl::Duration period = absl::Milliseconds(100);

  static int MostPollers();

  bool AreSaturated(int pollers, double busy) const { return busy > saturated * pollers; }
};

// What they did in a period.
struct PollerUse {
  int pollers = 1;
  int held_up = 0;  // ran one thing for the whole period, or waited in it
  double busy = 0;  // processors that they used
  // Processors that nothing used meanwhile, where that is known.
  std::optional<double> idle = std::nullopt;
};

// How many there are to be next.
//
// What made them n+1 does not make them n again: more pollers never take less time for the same.
int PollersFor(const PollerUse& use, const PollerOptions& options);

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
    // What it has taken up, and has done with: two steps each. Odd: it is at something.
    std::atomic<uint64_t> steps{0};
    uint64_t steps_before = 0;
    std::atomic<bool> leaves{false};  // is to end,
    std::atomic<bool> left{false};    // and has nothing more to do
    std::thread thread;
    absl::Duration before;                      // its processor time, when last looked at
    clockid_t clock = CLOCK_THREAD_CPUTIME_ID;  // of that time
  };

  // Nothing where the system has no thread, or no memory for one, and there is one already.
  void Add();
  // The last one leaves, perhaps once it has done what it is at.
  void RemoveLast();
  void JoinThoseThatLeft();
  void Poll(Poller& self, bool may_leave);
  // Without memory to look at more it may be left at any place.
  void Adapt();
  // Since the last time.
  PollerUse Use();

  const PollerOptions options_;
  grpc::CompletionQueue queue_;
  std::atomic<int> count_{0};
  // Of the thread that adapts, and after it of the destructor.
  std::list<Poller> pollers_;
  std::list<Poller> leaving_;
  Stopwatch watch_;
  bool counts_idle_ = false;  // since the last time
  IdleProcessors idle_;
  std::optional<Periodic> adapting_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_POLLERS_POLLERS_H_
