// Our decoder of batches beside protobuf's parser, and bytes in many pieces beside the same
// in one. What the fuzzer, the replay of its corpus and the tests of decoding ask.
#ifndef ACTIVATION_TESTS_FUZZ_DECODER_CHECK_H_
#define ACTIVATION_TESTS_FUZZ_DECODER_CHECK_H_

#include <string>

#include "absl/strings/string_view.h"
#include "server/wire/pieces.h"
#include "src/base/dtype.h"

namespace activation::wire {

// "" where our reader accepts the bytes as a request of that direction exactly when
// protobuf's parser does, and sees the same fields; else what differs.
std::string DifferenceFromProtobuf(Direction direction, absl::string_view bytes, Pieces pieces);

// "" where the bytes in pieces get the status that they get in one piece or, with a
// stand-in for the kernels, the same reply; else what differs.
std::string DifferenceFromWhole(Direction direction, absl::string_view bytes, Pieces pieces);

}  // namespace activation::wire

#endif  // ACTIVATION_TESTS_FUZZ_DECODER_CHECK_H_
