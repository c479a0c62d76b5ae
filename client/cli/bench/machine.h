// Facts about where a load test ran, without which its figures say little.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_MACHINE_H_
#define ACTIVATION_CLIENT_CLI_BENCH_MACHINE_H_

#include <cstdint>
#include <string>

namespace activation::cli {

struct Machine {
  std::string processor{};  // as /proc/cpuinfo has it; "unknown" where it has none
  int processors = 0;       // that this process may run on
  int64_t memory_bytes = 0;
  std::string system{};     // "Linux 6.1.0 x86_64"
  double load_average = 0;  // of the minute before
  std::string client{};     // version of activation-client
  std::string grpc{};
  std::string time{};  // when, UTC, RFC 3339
};

// As it is now.
Machine ThisMachine();

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_MACHINE_H_
