// decoder_fuzzer: libFuzzer on the decoder (./dev fuzz). Stops at the first input of
// which our decoder and protobuf's parser do not say the same.
#include <google/protobuf/stubs/logging.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/fuzz/decoder_check.h"

// Protobuf says a line for each name that is not UTF-8.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string difference =
      activation::wire::CheckDecoder({reinterpret_cast<const char*>(data), size});
  if (difference.empty()) return 0;
  std::fprintf(stderr, "decoder_fuzzer: %s\n", difference.c_str());
  std::abort();
}
