// A mix of calls as people write it.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_WORKLOAD_TEXT_H_
#define ACTIVATION_CLIENT_CLI_BENCH_WORKLOAD_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/bench/workload_case.h"

namespace activation::cli {

// "gelu*3, softmax:bf16:64x128, silu:gradient:items=8": cases separated by commas, each a
// function, then what differs from `base` in any order: a dtype, a shape as 4096 or
// 64x128, forward or gradient, exact or fast, items=N, a parameter as slope=0.2; last the
// case's share of all calls. INVALID_ARGUMENT names the part that is none of these.
absl::StatusOr<std::vector<CaseOptions>> ParseMix(const std::string& text, const CaseOptions& base);

// One case in the same form, complete: "gelu:f32:1024:forward:exact".
std::string CaseText(const CaseOptions& options);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_WORKLOAD_TEXT_H_
