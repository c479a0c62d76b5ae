// What the run is held against: the same load on a bare echo, and memcpy of the same bytes.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_BASELINE_H_
#define ACTIVATION_CLIENT_CLI_BENCH_BASELINE_H_

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/bench/run_result.h"

namespace activation::cli {

struct Baseline {
  RunResult echo;
  double memcpy_bytes_per_second = 0;  // read and written
  // Why the echo's run says nothing about a bare echo. Empty where it is valid.
  std::vector<std::string> faults{};

  bool valid() const { return faults.empty(); }

  // Of calls/s; none where the echo answered no call.
  std::optional<double> ShareOfEcho(const RunResult& run) const;
  // Of bytes/s of tensors, both ways.
  double ShareOfMemcpy(const RunResult& run) const;
};

// Bytes read and written a second by one thread that copies `bytes` again and again, the
// best of several stretches of a `time` in all. 0 where there is nothing to copy.
double MemcpyBytesPerSecond(size_t bytes, std::chrono::nanoseconds time);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_BASELINE_H_
