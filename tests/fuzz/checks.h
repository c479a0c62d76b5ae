// Every parser of ours with what must hold of it, whatever it is given: what the fuzzers and
// the replay of their corpora ask. Each says "" where it holds of that input, else what is
// wrong. Pure functions, but for files in memory.
#ifndef ACTIVATION_TESTS_FUZZ_CHECKS_H_
#define ACTIVATION_TESTS_FUZZ_CHECKS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace activation::fuzz {

// Requests; of each the first byte says how the rest is cut into pieces. All accept what
// protobuf's parser accepts, see the same fields, and answer the same however it is cut.

// ForwardRequest and GradientRequest, by the lowest bit of the first byte.
std::string CheckDecoder(absl::string_view input);
// StreamRequest, and its envelope alone.
std::string CheckStream(absl::string_view input);
// ModelInferRequest.
std::string CheckInfer(absl::string_view input);

// What the server reads besides.

// Flags, environment and file of the configuration: no address is served to other machines
// that was not meant to be, and the three ways mean the same.
std::string CheckConfig(absl::string_view input);
// The file of tokens: each is good for its groups and no others, and no message has one.
std::string CheckTokens(absl::string_view input);
// HTTP: no answer has a header from the request; queries mean the same once written anew.
std::string CheckHttp(absl::string_view input);
// Addresses, keys of shared memory, models' names and trace ids.
std::string CheckNames(absl::string_view input);

// What the client reads.

// Replies and errors of a server: nothing is written beyond the caller's memory, and nothing
// at all of a reply that does not fit.
std::string CheckReply(absl::string_view input);
// The file of settings and that of the token.
std::string CheckClientConfig(absl::string_view input);
// .npy files: the tensor has the bytes of the file, and written anew it is the same.
std::string CheckNpy(absl::string_view input);
// Numbers, shapes, lengths of time and distributions: the nearest number, the same when
// written anew.
std::string CheckNumbers(absl::string_view input);
// What `bench` takes: a mix of calls, conditions, rates, and the times that a server reports.
std::string CheckBench(absl::string_view input);
// The reports that `compare` reads: any two, and one beside itself is no different.
std::string CheckReport(absl::string_view input);

}  // namespace activation::fuzz

#endif  // ACTIVATION_TESTS_FUZZ_CHECKS_H_
