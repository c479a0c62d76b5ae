// The part of a ModelInferResponse before the elements: all of it but the bytes of
// the output, which come last.
// In the way of a request: Decode -> ReplyHeader -> Work.
#ifndef ACTIVATION_SERVER_INFERENCE_REPLY_HEADER_H_
#define ACTIVATION_SERVER_INFERENCE_REPLY_HEADER_H_

#include <string>

#include "server/inference/decode.h"

namespace activation::inference {

// kStream is a ModelStreamInferResponse with a ModelInferResponse in it.
enum class ReplyForm { kUnary, kStream };

std::string ReplyHeader(const RequestFields& fields, const Inference& inference, ReplyForm form);

}  // namespace activation::inference

#endif  // ACTIVATION_SERVER_INFERENCE_REPLY_HEADER_H_
