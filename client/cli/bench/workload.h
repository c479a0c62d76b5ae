// What a load test sends: one or several cases, taken in turn by their shares.
// Immutable once made, so thread-safe.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_WORKLOAD_H_
#define ACTIVATION_CLIENT_CLI_BENCH_WORKLOAD_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "client/cli/bench/workload_case.h"

namespace activation::cli {

class Workload {
 public:
  // One call that can be sent: which case with which of its numbers.
  struct Choice {
    size_t which = 0;
    size_t variant = 0;
  };

  static absl::StatusOr<Workload> Make(absl::Span<const CaseOptions> cases,
                                       const CallLimit& limit = {});

  const std::vector<WorkloadCase>& cases() const { return cases_; }
  // Every case with every variant.
  const std::vector<Choice>& choices() const { return choices_; }
  // The index among choices() of call `number`: by the cases' shares, the same in every
  // run, and different from call to call.
  size_t ChoiceOf(uint64_t number) const { return turns_[number % turns_.size()]; }
  // The least step from `least` on by which every choice is met in its share: with another one
  // the same calls would be met again and again, and some never.
  uint64_t StepFrom(uint64_t least) const;

 private:
  Workload() = default;
  void TakeTurns();

  std::vector<WorkloadCase> cases_;
  std::vector<Choice> choices_;
  std::vector<size_t> turns_;
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_WORKLOAD_H_
