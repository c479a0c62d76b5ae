// From a ModelInferRequest's fields to the engine's terms: every rule about what a
// request may say is checked here, before any work. No tensor is copied. Pure but for
// the regions it asks for.
// In the way of a request: RequestFields -> Decode -> ReplyHeader -> Work.
#ifndef ACTIVATION_SERVER_INFERENCE_DECODE_H_
#define ACTIVATION_SERVER_INFERENCE_DECODE_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/inference/models.h"
#include "server/inference/request_fields.h"
#include "server/inference/tensor_bytes.h"
#include "server/wire/decode.h"
#include "server/wire/slice_resolver.h"
#include "src/base/limits.h"

namespace activation::inference {

// A checked request. It points into the fields and the bytes they came from, which must
// outlive it.
struct Inference {
  Model model;
  // One item. Its output is set where it goes to shared memory.
  wire::Batch batch;
  // Where the output goes, if not into the reply.
  std::optional<RegionSlice> output;
};

// A request of that model, which its fields name. INVALID_ARGUMENT, NOT_FOUND or UNIMPLEMENTED
// naming the first field at fault, as `inputs["x"].shape`.
absl::StatusOr<Inference> Decode(const Model& model, const RequestFields& fields,
                                 const Limits& limits, wire::SliceResolver* regions);

}  // namespace activation::inference

#endif  // ACTIVATION_SERVER_INFERENCE_DECODE_H_
