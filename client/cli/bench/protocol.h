// How a call of a workload looks on the wire, in each protocol that the service speaks:
// its method, its request as bytes, and what its reply says. Pure functions.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_PROTOCOL_H_
#define ACTIVATION_CLIENT_CLI_BENCH_PROTOCOL_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/bench/workload.h"

namespace activation::cli {

enum class Api {
  kOwn,    // activation.v1.ActivationService
  kInfer,  // inference.GRPCInferenceService
};

struct Protocol {
  Api api = Api::kOwn;
  bool stream = false;  // calls are items of streams
};

// Where the tensors of a call lie in a region of shared memory: those of all items one
// behind the other.
struct RegionPlaces {
  std::string region;
  uint64_t x = 0;
  uint64_t dy = 0;
  uint64_t weight = 0;
  uint64_t result = 0;
  char* result_memory = nullptr;  // the same place in this process
};

// INVALID_ARGUMENT where the protocol cannot carry the case, naming the option.
absl::Status CheckCarries(const Protocol& protocol, const WorkloadCase& a_case);

// The full name, as "/activation.v1.ActivationService/Forward"; a string that lives for ever.
const char* MethodOf(const Protocol& protocol, const WorkloadCase& a_case);

// Tensors are in the request, or where `places` says.
std::string RequestBytes(const Protocol& protocol, const WorkloadCase& a_case, size_t variant,
                         const RegionPlaces* places = nullptr);

// Whether the reply, sent with OK, has dtype, shape and bits of every expected result. The
// error it carries, where it is one of a stream; DATA_LOSS where it is no reply at all.
absl::StatusOr<bool> IsRight(const Protocol& protocol, const WorkloadCase& a_case, size_t variant,
                             absl::string_view reply, const RegionPlaces* places = nullptr);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_PROTOCOL_H_
