// Our reader of ModelInferRequests beside protobuf's parser.
#ifndef ACTIVATION_TESTS_FUZZ_INFER_CHECK_H_
#define ACTIVATION_TESTS_FUZZ_INFER_CHECK_H_

#include <string>

#include "absl/strings/string_view.h"
#include "server/wire/pieces.h"

namespace activation::inference {

// "" where our reader accepts the bytes as a ModelInferRequest exactly when protobuf's parser
// does, and sees the same of the fields that it keeps; else what differs.
std::string DifferenceFromProtobuf(absl::string_view bytes, wire::Pieces pieces);

}  // namespace activation::inference

#endif  // ACTIVATION_TESTS_FUZZ_INFER_CHECK_H_
