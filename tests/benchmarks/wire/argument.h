// A channel argument from the command line: "grpc.http2.max_frame_size=65536".
#ifndef ACTIVATION_TESTS_BENCHMARKS_WIRE_ARGUMENT_H_
#define ACTIVATION_TESTS_BENCHMARKS_WIRE_ARGUMENT_H_

#include <cstdlib>
#include <string>

namespace activation::wire_benchmark {

struct Argument {
  std::string name;
  int value;
};

inline Argument ParseArgument(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos) return {text, 1};
  return {text.substr(0, equals), std::atoi(text.c_str() + equals + 1)};
}

}  // namespace activation::wire_benchmark

#endif  // ACTIVATION_TESTS_BENCHMARKS_WIRE_ARGUMENT_H_
