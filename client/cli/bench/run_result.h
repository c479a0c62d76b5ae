// What a load test found out about the calls it sent while it measured. Plain values that
// can be merged: each worker has one of its own.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_RUN_RESULT_H_
#define ACTIVATION_CLIENT_CLI_BENCH_RUN_RESULT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/bench/histogram.h"

namespace activation::cli {

// One short part of the measured time: calls that ended in it, and how long those took that
// were due in it.
struct TimeSlice {
  uint64_t answered = 0;
  uint64_t failed = 0;
  Histogram latency{};
};

// Where the time of the calls went whose server told; nanoseconds, summed.
struct StageSums {
  uint64_t calls = 0;
  double held = 0;    // for a place among the calls in flight, so by calls before it
  double client = 0;  // from when it could be sent until gRPC had it
  double wire = 0;    // both ways, with gRPC on both sides
  double queue = 0;
  double copy = 0;
  double kernel = 0;

  void Add(const StageSums& other);
  double total() const { return held + client + wire + queue + copy + kernel; }
};

struct RunResult {
  // Nanoseconds, of calls that were answered: from when each was due, and from when it was
  // sent. In a closed loop both are the same, and the second is left empty.
  Histogram latency;
  Histogram uncorrected;
  // Of calls that failed: from when each was sent.
  Histogram failures;
  // In an open loop: how much later than it could each was sent. What it waited for a
  // place among the calls in flight does not count.
  Histogram lateness;
  std::map<absl::StatusCode, uint64_t> codes;
  uint64_t wrong = 0;      // answered with other bits than expected, at any time of the run
  uint64_t held_back = 0;  // had to wait for a place among the calls in flight
  uint64_t unsent = 0;     // were due, and still waited when the run ended
  // What was answered within the measured time, whenever it was due: rates are of this. A reply
  // after its end says nothing of how fast the server was in it; those in flight at its begin
  // stand for those in flight at its end.
  uint64_t in_time = 0;
  double elements = 0;  // of these calls
  double bytes = 0;     // of their tensors, both ways
  StageSums stages;
  std::vector<TimeSlice> slices;
  std::chrono::nanoseconds slice_length{0};
  // The measured time, in which calls were due: all of it, or until the run was stopped.
  std::chrono::nanoseconds elapsed{0};
  std::chrono::nanoseconds tail{0};  // from its end to the last reply
  double busy = 0;                   // share of it that the busiest thread had work
  absl::Status first_error;          // for people: one of the errors in `codes`
  absl::Status outlasting_error;     // of a call that was due in the warm-up and failed after it
  bool stopped = false;              // before its time, by the user
  bool confident = false;            // before its time, as it knew enough

  void Merge(const RunResult& other);

  uint64_t answered() const { return latency.count(); }
  uint64_t failed() const;
  uint64_t due() const { return answered() + failed() + unsent; }
  // The measured time was over before a call was due in it, and no server hung: nothing was
  // measured.
  bool none_due() const { return due() == 0 && !stopped && outlasting_error.ok(); }
  // Of the corrected latency. Calls that were never sent are slower than all others;
  // nothing where it is that of one of them, or there are too few samples.
  std::optional<uint64_t> Percentile(double percent) const {
    return latency.Percentile(percent, unsent);
  }
  double seconds() const { return std::chrono::duration<double>(elapsed).count(); }
  // A second; 0 where nothing was measured.
  double PerSecond(double count) const { return seconds() > 0 ? count / seconds() : 0; }
  double calls_per_second() const { return PerSecond(static_cast<double>(in_time)); }
  // Of the slices those that were measured whole: a run that was stopped ends within one.
  size_t whole_slices() const;
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_RUN_RESULT_H_
