// Figures of a load test as text, the same in every form of its report. Pure functions.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_FIGURES_H_
#define ACTIVATION_CLIENT_CLI_BENCH_FIGURES_H_

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "client/cli/bench/histogram.h"
#include "client/cli/bench/report.h"

namespace activation::cli {

inline constexpr std::array<double, 5> kPercentiles = {50, 90, 99, 99.9, 99.99};

std::string PercentName(double percent);  // "p99.9"

// "1.04 ms"; where the histogram has too few samples, "needs 1000 samples".
std::string PercentileText(const Histogram& latency, double percent);
// Whether a percentile of the corrected latency is that of a call that was due and never sent.
bool NeverSent(const RunResult& result, double percent);
// Of the corrected latency; "never sent" where it is that of such a call.
std::string PercentileText(const RunResult& result, double percent);
// Nanoseconds in the unit that fits.
std::string TimeText(double ns);

std::string CountText(double value);  // "5.24 million"
std::string BytesText(double value);  // "1.20 GB"

// What was sent: "gelu:f32:1024:forward:exact, unary, own API".
std::string WorkloadText(const Report& report);
// "AVX-512, 8 threads", and the state of one that is not ready.
std::string DeviceText(const client::DeviceInfo& device);
// How: "64 in flight on 2 connections, closed loop, 1 thread".
std::string LoadText(const Report& report, const Load& load);

// Mean time in each stage, in nanoseconds and in the order of a call.
std::vector<std::pair<std::string, double>> StagesOf(const StageSums& stages);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_FIGURES_H_
