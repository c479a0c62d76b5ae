// The options of `activation-client bench`, and what they mean.
#ifndef ACTIVATION_CLIENT_CLI_COMMANDS_BENCH_OPTIONS_H_
#define ACTIVATION_CLIENT_CLI_COMMANDS_BENCH_OPTIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "activation/shared_buffer.h"
#include "client/cli/bench/experiment.h"
#include "client/cli/bench/protocol.h"
#include "client/cli/bench/workload.h"
#include "client/cli/options.h"

namespace CLI {
class App;
}

namespace activation::cli {

struct BenchOptions {
  // What is sent.
  ActivationOptions activation{.function = "gelu", .parameters = {}};
  bool gradient = false;
  std::string dtype = "f32";
  std::string shape = "1024";
  int64_t items = 1;
  std::string input;  // a tensor instead of dtype and shape
  std::string mix;    // several cases instead of all of the above
  // How it travels.
  std::string api = "own";
  bool stream = false;
  bool shared_memory = false;
  std::string shared_memory_prefix = client::SharedBufferOptions{}.prefix;
  bool to_echo = false;
  // How much, and when.
  int concurrency = 64;
  int threads = 0;  // 0: as many as fit the machine
  double rate = 0;  // 0: a closed loop
  std::string arrivals = "constant";
  std::string ramp;
  std::vector<double> steps;
  std::vector<int> sweep;
  bool find_rate = false;
  std::vector<std::string> slo;
  std::string duration = "10s";
  std::string warm_up = "2s";
  std::string until_confident;
  // What it is held against, and what comes of it.
  bool baseline = false;
  std::vector<std::string> fail_if;
  std::vector<std::string> outputs;
};

void AddBenchOptions(CLI::App& command, BenchOptions& options);

// What the options say to send, with the tensor of --input, if there is one.
absl::StatusOr<std::vector<CaseOptions>> CasesOf(const BenchOptions& options,
                                                 std::optional<Tensor> input);
Protocol ProtocolOf(const BenchOptions& options);

// What the options say to run, on so many connections.
absl::StatusOr<Experiment> ExperimentOf(const BenchOptions& options, int connections);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_COMMANDS_BENCH_OPTIONS_H_
