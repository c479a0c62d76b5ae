// What a load finds out: latencies while it is measured, the first failure, and that
// replies have the size they should have. A tally belongs to one thread, a watch to all.
#ifndef ACTIVATION_TESTS_BENCHMARKS_WIRE_TALLY_H_
#define ACTIVATION_TESTS_BENCHMARKS_WIRE_TALLY_H_

#include <grpcpp/support/status.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "client/cli/bench/histogram.h"
#include "tests/benchmarks/wire/request.h"

namespace activation::wire_benchmark {

using Clock = std::chrono::steady_clock;

// Shared by all threads of a run.
class Watch {
 public:
  // No call begins any more.
  void Stop() { stopped_ = true; }
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

  // Whether latencies count.
  void Measure(bool on) { measuring_ = on; }
  bool measuring() const { return measuring_.load(std::memory_order_relaxed); }

  // Stops, too. The first reason stays.
  void Fail(const std::string& reason);
  void Fail(const grpc::Status& status);
  std::string failure() const;

  // Every `period` calls `sample` is called, in the thread whose call it was, and after
  // `calls` the run stops. For runs of so many calls instead of so many seconds.
  void Limit(int64_t calls, int64_t period, std::function<void(int64_t)> sample);
  void CallDone();

 private:
  std::atomic<bool> stopped_{false};
  std::atomic<bool> measuring_{false};
  std::atomic<int64_t> calls_{0};
  int64_t most_ = 0;
  int64_t period_ = 0;
  std::function<void(int64_t)> sample_;
  mutable std::mutex mutex_;
  std::string failure_;  // guarded by mutex_
};

class Tally {
 public:
  // The requests are sent in turn.
  Tally(const std::vector<Request>& requests, Watch* watch)
      : requests_(requests), replies_(requests.size()), watch_(watch) {}

  Watch& watch() const { return *watch_; }
  const std::vector<Request>& requests() const { return requests_; }

  // Which request goes out next.
  size_t Next() { return next_++ % requests_.size(); }
  // A reply of `bytes` to it came, when the call had been started at `start`. The first
  // reply to a request says how large all must be: at least as its tensors.
  void Replied(size_t request, size_t bytes, Clock::time_point start);

  const cli::Histogram& latencies() const { return latencies_; }
  uint64_t payload() const { return payload_; }

 private:
  const std::vector<Request>& requests_;
  std::vector<size_t> replies_;
  Watch* const watch_;
  size_t next_ = 0;
  cli::Histogram latencies_;  // nanoseconds
  uint64_t payload_ = 0;
};

}  // namespace activation::wire_benchmark

#endif  // ACTIVATION_TESTS_BENCHMARKS_WIRE_TALLY_H_
