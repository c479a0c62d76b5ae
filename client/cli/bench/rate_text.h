// Rates and shares as people write them.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_RATE_TEXT_H_
#define ACTIVATION_CLIENT_CLI_BENCH_RATE_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/cli/bench/pacer.h"

namespace activation::cli {

// Calls a second: one in a quarter of an hour, and more than any machine makes.
inline constexpr double kLeastRate = 1e-3;
inline constexpr double kMostRate = 1e8;

// "1000..20000" of --ramp: calls a second, both from kLeastRate to kMostRate.
absl::StatusOr<RateProfile> ParseRamp(const std::string& text);

// "2%" of --until-confident: above 0 and below 100 %, as a share.
absl::StatusOr<double> ParsePercent(const std::string& text);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_RATE_TEXT_H_
