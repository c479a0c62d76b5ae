// What activation-prove prints.
#ifndef ACTIVATION_TESTS_ACCURACY_PROVE_REPORT_H_
#define ACTIVATION_TESTS_ACCURACY_PROVE_REPORT_H_

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "tests/accuracy/sweep.h"

namespace activation::accuracy {

void PrintTableHead();
// A line for each tier and direction, and one below where the nearest number is promised and a
// result is another.
void PrintTable(const SweepOptions& options, const SweepResult& result);
void PrintJson(const SweepOptions& options, const SweepResult& result);

// What is not as the tiers promise, as "gelu f32 exact forward: 7 misrounds"; and whether
// instruction sets differ.
std::vector<std::string> BrokenPromises(const SweepOptions& options, const SweepResult& result);

// Says on stderr what part is done, what is under way and the time left: in one line
// that changes on a terminal, elsewhere in a line a minute. Thread-safe.
class Progress {
 public:
  explicit Progress(uint64_t inputs);

  // What is done without work does not count for the speed.
  void Skip(uint64_t inputs);
  void Add(const std::string& what, uint64_t inputs);
  void Clear() const;

 private:
  using Clock = std::chrono::steady_clock;

  const bool on_terminal_;
  const Clock::time_point start_ = Clock::now();
  const uint64_t total_;
  std::mutex mutex_;
  uint64_t left_;
  uint64_t done_ = 0;  // by this run
  Clock::time_point shown_ = start_;
};

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_PROVE_REPORT_H_
