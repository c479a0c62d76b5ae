// NAME_fuzzer: libFuzzer on one of the checks (./dev fuzz), which the build names. Stops at
// the first input of which it does not hold.
#include <google/protobuf/stubs/logging.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/fuzz/checks.h"

// Protobuf says a line for each name that is not UTF-8.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string problem =
      activation::fuzz::ACTIVATION_FUZZ_CHECK({reinterpret_cast<const char*>(data), size});
  if (problem.empty()) return 0;
  std::fprintf(stderr, "fuzzer: %s\n", problem.c_str());
  std::abort();
}
