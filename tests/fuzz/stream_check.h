// Our reader of a stream's messages beside protobuf's parser.
#ifndef ACTIVATION_TESTS_FUZZ_STREAM_CHECK_H_
#define ACTIVATION_TESTS_FUZZ_STREAM_CHECK_H_

#include <string>

#include "absl/strings/string_view.h"
#include "server/wire/pieces.h"

namespace activation::wire {

// "" where our reader accepts the bytes as a StreamRequest exactly when protobuf's parser
// does, and sees the same fields, of the envelope alone, too; else what differs.
std::string StreamDifferenceFromProtobuf(absl::string_view bytes, Pieces pieces);

}  // namespace activation::wire

#endif  // ACTIVATION_TESTS_FUZZ_STREAM_CHECK_H_
