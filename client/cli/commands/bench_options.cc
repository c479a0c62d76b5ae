#include "client/cli/commands/bench_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/bench/machine.h"
#include "client/cli/bench/rate_text.h"
#include "client/cli/bench/report.h"
#include "client/cli/bench/workload_text.h"
#include "client/cli/duration_text.h"
#include "client/cli/tensor_input.h"

namespace activation::cli {
namespace {

// More threads than this share of the processors would take from the server beside.
constexpr int kProcessorsAThread = 2;

std::string CheckedBy(const absl::Status& status) { return std::string(status.message()); }

// As the server asks of its own.
std::string CheckPrefix(const std::string& text) {
  const bool is_prefix = absl::StartsWith(text, "/") && !absl::StrContains(text.substr(1), '/');
  return is_prefix ? "" : "must begin with a slash and have no other";
}

void AddWhat(CLI::App& command, BenchOptions& options) {
  CLI::Option* const function =
      command.add_option("-f,--function", options.activation.function, "The function")
          ->capture_default_str();
  AddHowOptions(command, options.activation);
  command.add_flag("-g,--gradient", options.gradient, "Call Gradient, with a dy");
  AddDTypeOption(command, options.dtype, "What the tensors hold");
  CLI::Option* const shape =
      command.add_option("--shape,--elements", options.shape, "Of each item, as 1024 or 64x128")
          ->capture_default_str();
  CLI::Option* const items = command.add_option("--items", options.items, "Items of each call")
                                 ->check(CLI::Range(int64_t{1}, kMostItems))
                                 ->capture_default_str();
  CLI::Option* const input =
      command
          .add_option("--input", options.input, "An .npy file that is x, with its dtype and shape")
          ->type_name("FILE")
          ->excludes(shape)
          ->excludes(command.get_option("--dtype"));
  command
      .add_option("--mix", options.mix,
                  "Several kinds of calls with their shares, each as\n"
                  "gelu:f32:1024*3 or softmax:bf16:64x128:gradient; what a kind does not say\n"
                  "is as the other options have it")
      ->type_name("CASE,...")
      ->excludes(function)
      ->excludes(command.get_option("--param"))
      ->excludes(input);
  command.add_option("--api", options.api, "own: the service's own; infer: Open Inference")
      ->check(CLI::IsMember({"own", "infer"}))
      ->capture_default_str();
  command.add_flag("--stream", options.stream, "Send items over streams, one a connection")
      ->excludes(items);
  CLI::Option* const shared_memory =
      command.add_flag("--shared-memory", options.shared_memory,
                       "Leave the tensors in memory that the server shares");
  command
      .add_option("--shared-memory-prefix", options.shared_memory_prefix,
                  "What the server's --shared-memory-prefix says")
      ->type_name("NAME")
      ->needs(shared_memory)
      ->check(CheckPrefix, "")
      ->capture_default_str();
  command.add_flag("--to-echo", options.to_echo,
                   "The server sends requests back, as `activation-client echo` does: shows\n"
                   "what the tool itself can do");
}

void AddHowMuch(CLI::App& command, BenchOptions& options) {
  command
      .add_option("--concurrency", options.concurrency,
                  "Calls in flight; with a rate, at most so many")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  CLI::Option* const rate =
      command
          .add_option("--rate", options.rate,
                      "Calls a second, whatever the replies (an open loop); else the next\n"
                      "call follows the reply (a closed loop)")
          ->check(NumberFrom(kLeastRate, kMostRate), "");
  command
      .add_option("--arrivals", options.arrivals,
                  "constant: evenly apart; poisson: as from many clients")
      ->check(CLI::IsMember({"constant", "poisson"}))
      ->capture_default_str();
  CLI::Option* const ramp =
      command.add_option("--ramp", options.ramp, "A rate that grows or falls, as 1000..20000")
          ->type_name("FROM..TO")
          ->excludes(rate)
          ->check([](const std::string& text) { return CheckedBy(ParseRamp(text).status()); }, "");
  CLI::Option* const steps =
      command.add_option("--steps", options.steps, "Rates one after the other, as 1000,2000,4000")
          ->delimiter(',')
          ->check(NumberFrom(kLeastRate, kMostRate), "")
          ->excludes(rate)
          ->excludes(ramp);
  CLI::Option* const sweep =
      command
          .add_option("--sweep", options.sweep,
                      "Calls in flight one after the other, as 1,2,4,8,16,32; the report\n"
                      "fits how throughput scales and says where the knee is")
          ->delimiter(',')
          ->check(CLI::Range(1, 65536))
          ->excludes(rate)
          ->excludes(ramp)
          ->excludes(steps);
  CLI::Option* const slo =
      command
          .add_option("--slo", options.slo,
                      "What --find-rate asks of a rate, as p99<2ms; may be repeated")
          ->type_name("CONDITION")
          ->allow_extra_args(false)
          ->check(CheckThreshold, "");
  CLI::Option* const find_rate =
      command
          .add_flag("--find-rate", options.find_rate,
                    "Search for the highest rate that meets the SLO; begins at --rate, if given.\n"
                    "Exit with 99 where none that was tried does")
          ->needs(slo)
          ->excludes(ramp)
          ->excludes(steps)
          ->excludes(sweep);
  slo->needs(find_rate);
  command.add_option("--threads", options.threads, "That send and receive; 0: as fits the machine")
      ->check(CLI::Range(0, 256))
      ->capture_default_str();
}

void AddHowLong(CLI::App& command, BenchOptions& options) {
  command
      .add_option("--duration", options.duration,
                  "How long to measure; steps, a sweep and a search share it")
      ->type_name("DURATION")
      ->check(CheckPositiveDuration, "")
      ->capture_default_str();
  command
      .add_option("--warm-up", options.warm_up,
                  "How long to send before measuring; shared likewise")
      ->type_name("DURATION")
      ->check(CheckDuration, "")
      ->capture_default_str();
  command
      .add_option("--until-confident", options.until_confident,
                  "Stop, at the latest after --duration, once calls/s and mean latency are\n"
                  "known to within this share at 95 % confidence")
      ->type_name("PERCENT")
      ->check([](const std::string& text) { return CheckedBy(ParsePercent(text).status()); }, "");
}

void AddResults(CLI::App& command, BenchOptions& options) {
  command.add_flag("--baseline", options.baseline,
                   "Also measure a bare echo of the same bytes, and memcpy");
  command
      .add_option(
          "--fail-if", options.fail_if,
          "Exit with 99 where this is so, as p99>2ms, calls<10000 or errors>0.1%, or with\n"
          "--baseline echo<80% or memcpy<5%; may be repeated. Steps and a sweep are judged\n"
          "point by point, the baseline beside the headline. An invalid run, one that was\n"
          "stopped, or one with too few samples or with calls that were due and never sent\n"
          "where these decide, fails, too")
      ->type_name("CONDITION")
      ->allow_extra_args(false)
      ->check(CheckThreshold, "");
  command
      .add_option("-o,--output", options.outputs,
                  "A file for the report, by its name .json, .html, .md, .csv, .hgrm or .txt, or\n"
                  "- for JSON on stdout; may be repeated")
      ->type_name("FILE")
      ->check(CheckReportName, "")
      ->allow_extra_args(false);
}

// Why conditions on the baseline cannot be held against these options.
absl::Status CheckSharesCanBeHad(const BenchOptions& options) {
  const auto refuse = [](const char* option, const Threshold& threshold, const char* why) {
    return absl::InvalidArgumentError(absl::StrCat(option, "='", threshold.text, "': ", why));
  };
  for (const Threshold& threshold : ParsedThresholds(options.slo)) {
    if (threshold.NeedsBaseline()) {
      return refuse("--slo", threshold, "a search has no baseline for each rate");
    }
  }
  for (const Threshold& threshold : ParsedThresholds(options.fail_if)) {
    if (!threshold.NeedsBaseline()) continue;
    if (!options.baseline) return refuse("--fail-if", threshold, "needs --baseline");
    if (options.rate > 0 || !options.ramp.empty() || !options.steps.empty() || options.find_rate) {
      return refuse("--fail-if", threshold,
                    "at a rate the echo answers as much; shares need a closed loop");
    }
  }
  return absl::OkStatus();
}

}  // namespace

void AddBenchOptions(CLI::App& command, BenchOptions& options) {
  AddWhat(command, options);
  AddHowMuch(command, options);
  AddHowLong(command, options);
  AddResults(command, options);
}

absl::StatusOr<std::vector<CaseOptions>> CasesOf(const BenchOptions& options,
                                                 std::optional<Tensor> input) {
  auto shape = ParseShape(options.shape);
  if (!shape.ok()) return shape.status();
  const CaseOptions base{.activation = options.activation.ForClient(),
                         .gradient = options.gradient,
                         .dtype = DTypeNamed(options.dtype),
                         .shape = *std::move(shape),
                         .items = options.items,
                         .x = std::move(input)};
  if (options.mix.empty()) return std::vector<CaseOptions>{base};
  auto cases = ParseMix(options.mix, base);
  if (cases.ok()) return cases;
  return absl::InvalidArgumentError(absl::StrCat("--mix: ", cases.status().message()));
}

Protocol ProtocolOf(const BenchOptions& options) {
  return {.api = options.api == "infer" ? Api::kInfer : Api::kOwn, .stream = options.stream};
}

absl::StatusOr<Experiment> ExperimentOf(const BenchOptions& options, int connections) {
  Experiment experiment;
  Load& load = experiment.load;
  load.concurrency = options.concurrency;
  load.threads = options.threads > 0
                     ? options.threads
                     : std::clamp(ThisMachine().processors / kProcessorsAThread, 1, connections);
  load.phases = {*ParseDuration(options.warm_up), *ParseDuration(options.duration)};
  load.arrivals = options.arrivals == "poisson" ? Arrivals::kPoisson : Arrivals::kConstant;
  if (options.rate > 0) load.rate = RateProfile{options.rate, options.rate};
  if (!options.ramp.empty()) load.rate = *ParseRamp(options.ramp);
  if (!options.until_confident.empty()) {
    load.until_confident = *ParsePercent(options.until_confident);
  }
  experiment.rates = options.steps;
  experiment.concurrencies = options.sweep;
  experiment.slo = ParsedThresholds(options.slo);
  if (!options.sweep.empty()) experiment.pattern = Pattern::kSweep;
  if (!options.steps.empty()) experiment.pattern = Pattern::kSteps;
  if (options.find_rate) experiment.pattern = Pattern::kSearch;
  if (options.arrivals == "poisson" && !load.rate && options.steps.empty() && !options.find_rate) {
    return absl::InvalidArgumentError("--arrivals: needs a rate, as --rate=5000");
  }
  const absl::Status shares = CheckSharesCanBeHad(options);
  if (!shares.ok()) return shares;
  return experiment;
}

}  // namespace activation::cli
