// A ModelInferRequest as it stands on the wire: every field that a model can have a
// use for, read in place. Views into the request's bytes.
// In the way of a request: Reader -> RequestFields -> Decode.
#ifndef ACTIVATION_SERVER_INFERENCE_REQUEST_FIELDS_H_
#define ACTIVATION_SERVER_INFERENCE_REQUEST_FIELDS_H_

#include <cstddef>
#include <forward_list>
#include <optional>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/inference/parameters.h"
#include "server/wire/item.h"
#include "server/wire/pieces.h"
#include "src/base/limits.h"

namespace activation::inference {

// No model takes more inputs, or gives more outputs. What a request has beyond one more
// than that is counted and dropped: one of those is wrong.
inline constexpr size_t kMaxInputs = 3;
inline constexpr size_t kMaxOutputs = 1;

// Whether a parameter of a request, or of one of its tensors, means anything here.
bool IsRequestParameter(absl::string_view name);
bool IsTensorParameter(absl::string_view name);

// A repeated float or double. One packed run, the usual form, stays where it is; what
// comes in another form is gathered.
class NumbersField {
 public:
  void AddRun(wire::Pieces pieces, const wire::Payload& run);
  void AddNumber(wire::Pieces pieces, absl::string_view bytes);

  bool empty() const { return run_.size == 0 && gathered_.empty(); }
  wire::Payload bytes() const;
  size_t gathered_bytes() const { return gathered_.size(); }

 private:
  // Adds room for so many bytes, after those of the run; returns where they go.
  char* Gather(wire::Pieces pieces, size_t bytes);

  wire::Payload run_;
  std::string gathered_;
};

// InferTensorContents.
struct ContentsField {
  NumbersField fp32;
  NumbersField fp64;
  // Whether there is anything of a type that no model takes.
  bool has_others = false;

  size_t gathered_bytes() const { return fp32.gathered_bytes() + fp64.gathered_bytes(); }
};

// ModelInferRequest.InferInputTensor.
struct InputField : wire::ShapeField {
  absl::string_view name;
  absl::string_view datatype;
  Parameters parameters{IsTensorParameter};
  std::optional<ContentsField> contents;
};

// ModelInferRequest.InferRequestedOutputTensor.
struct OutputField {
  absl::string_view name;
  Parameters parameters{IsTensorParameter};
};

struct RequestFields {
  absl::string_view model_name;
  absl::string_view model_version;
  absl::string_view id;
  Parameters parameters{IsRequestParameter};
  // Of the request and its tensors, those that are passed over too.
  size_t parameter_count = 0;
  absl::InlinedVector<InputField, kMaxInputs> inputs;
  size_t input_count = 0;
  absl::InlinedVector<OutputField, kMaxOutputs> outputs;
  size_t output_count = 0;
  absl::InlinedVector<wire::Payload, kMaxInputs> raw;
  size_t raw_count = 0;
  // The request, and texts of it that lay in two pieces.
  wire::Pieces pieces;
  std::forward_list<std::string> joined;
};

// Reads a whole request. INVALID_ARGUMENT where it is malformed or, before the rest is read, has
// more parameters than the limit; what has been read by then is in `fields`.
absl::Status ReadRequest(wire::Pieces pieces, const Limits& limits, RequestFields* fields);

// The id alone of a request of which nothing else is to be read; empty where it is no text, or
// longer than it may be.
std::string ReadId(wire::Pieces pieces);

}  // namespace activation::inference

#endif  // ACTIVATION_SERVER_INFERENCE_REQUEST_FIELDS_H_
