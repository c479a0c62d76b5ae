// One worker's count of what became of its calls. Record is for one thread at a time; the
// totals may be read by any thread meanwhile.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_TALLY_H_
#define ACTIVATION_CLIENT_CLI_BENCH_TALLY_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "client/cli/bench/pacer.h"
#include "client/cli/bench/run_result.h"
#include "client/cli/bench/server_times.h"

namespace activation::cli {

// A call that has ended; times since the start of the run.
struct EndedCall {
  nanoseconds due{0};         // when it ought to have been sent; latency counts from here
  nanoseconds could_send{0};  // when a reply had made a place for it among the calls in flight
  nanoseconds sent{0};
  nanoseconds answered{0};
  absl::Status status{};
  bool right = true;
  double elements = 0;
  double bytes = 0;  // of its tensors, both ways
  std::optional<ServerTimes> server{};
};

class Tally {
 public:
  // `end`: of the run, from when on no call is sent; earlier than that of `phases` where it is
  // stopped.
  Tally(const Phases& phases, bool open_loop, const std::atomic<nanoseconds>* end);

  void Record(const EndedCall& call);
  void CountUnsent(uint64_t calls) { result_.unsent += calls; }

  // As seen while the run goes on, warm-up included.
  struct Totals {
    uint64_t answered = 0;
    uint64_t failed = 0;
    uint64_t wrong = 0;
    uint64_t latency_ns = 0;  // of the answered, summed
  };
  Totals totals() const;

  // To be read once nobody records any more.
  RunResult result() const;

 private:
  // Written by one thread, so that no locked addition is needed.
  static void Add(uint64_t amount, std::atomic<uint64_t>* total) {
    total->store(total->load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  TimeSlice& SliceAt(nanoseconds time);
  void RecordEnd(const EndedCall& call);
  void RecordAnswered(const EndedCall& call);
  void RecordStages(const EndedCall& call);

  const Phases phases_;
  const bool open_loop_;
  const std::atomic<nanoseconds>* const end_;
  RunResult result_;
  nanoseconds last_reply_{0};
  std::atomic<uint64_t> answered_{0};
  std::atomic<uint64_t> failed_{0};
  std::atomic<uint64_t> wrong_{0};
  std::atomic<uint64_t> latency_ns_{0};
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_TALLY_H_
