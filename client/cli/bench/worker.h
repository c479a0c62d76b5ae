// One thread's share of a load: keeps calls in flight, checks and times each. In an open
// loop a second thread sends, so that replies never delay a send.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_WORKER_H_
#define ACTIVATION_CLIENT_CLI_BENCH_WORKER_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "client/cli/bench/busy_meter.h"
#include "client/cli/bench/pacer.h"
#include "client/cli/bench/prepared_calls.h"
#include "client/cli/bench/tally.h"
#include "client/cli/bench/transport.h"

namespace activation::cli {

struct WorkerOptions {
  size_t first_place = 0;  // of those of all workers
  size_t places = 1;       // calls in flight, at most
  Phases phases{};
  std::optional<Pacer::Options> pacer{};  // none: a closed loop
  // When the run ends, since its start: from then on no call is sent, those in flight are waited
  // for. That of `phases`, or earlier where it is stopped.
  const std::atomic<nanoseconds>* end = nullptr;
  std::chrono::steady_clock::time_point start{};
};

class Worker {
 public:
  Worker(const PreparedCalls& calls, std::unique_ptr<Transport> transport,
         const WorkerOptions& options);

  // Returns when no call is left.
  void Run();

  // Ends what is in flight and has no deadline. From any thread.
  void Cancel() { transport_->Cancel(); }

  Tally::Totals totals() const { return tally_.totals(); }
  // After Run.
  RunResult result() const;

 private:
  struct Place {
    WireCall wire;
    size_t choice = 0;
    nanoseconds due{0};
    nanoseconds could_send{0};
    nanoseconds sent{0};
    nanoseconds free_since{0};
  };

  void RunClosed();
  void RunOpen();
  void SendWhenDue();
  // A place that is free, once there is one; nullptr when the run is to end.
  Place* WaitForPlace();
  // Whether the run goes on.
  bool WaitUntil(nanoseconds due);
  void Send(Place* place, nanoseconds due, nanoseconds could_send);
  void Record(const Place& place, nanoseconds answered, WireCall* wire);

  nanoseconds Elapsed() const { return std::chrono::steady_clock::now() - options_.start; }
  bool Over(nanoseconds elapsed) const { return elapsed >= options_.end->load(); }
  bool Stopped() const { return options_.end->load() < options_.phases.end(); }
  // To be told by the thread that receives of each reply.
  void WatchReceiving(nanoseconds now);

  const PreparedCalls& calls_;
  const std::unique_ptr<Transport> transport_;
  const WorkerOptions options_;
  std::vector<Place> places_;
  Tally tally_;
  BusyMeter receiving_;
  const uint64_t ask_every_;
  // Of the sending thread.
  uint64_t number_ = 0;
  uint64_t asked_ = 0;
  nanoseconds sending_{0};
  nanoseconds oversleep_{0};

  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<Place*> free_;  // guarded by mutex_, of an open loop
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_WORKER_H_
