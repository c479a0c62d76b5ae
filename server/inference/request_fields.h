// A ModelInferRequest as it stands on the wire: every field that a model can have a
// use for, read in place. Views into the request's bytes.
// In the way of a request: Reader -> RequestFields -> Decode.
#ifndef ACTIVATION_SERVER_INFERENCE_REQUEST_FIELDS_H_
#define ACTIVATION_SERVER_INFERENCE_REQUEST_FIELDS_H_

#include <cstddef>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "server/inference/parameters.h"
#include "server/wire/item.h"
#include "server/wire/reader.h"
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
  void AddRun(absl::string_view bytes);
  void AddNumber(absl::string_view bytes) { Gather(bytes); }
  absl::string_view bytes() const { return gathered_.empty() ? run_ : gathered_; }
  size_t gathered_bytes() const { return gathered_.size(); }

 private:
  void Gather(absl::string_view bytes);

  absl::string_view run_;
  std::string gathered_;
};

// InferTensorContents.
struct ContentsField {
  NumbersField fp32;
  NumbersField fp64;
  // Whether there is anything of a type that no model takes.
  bool has_others = false;
};

// ModelInferRequest.InferInputTensor.
struct InputField : wire::ShapeField {
  absl::string_view name;
  absl::string_view datatype;
  Parameters parameters{IsTensorParameter};
  absl::optional<ContentsField> contents;
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
  absl::InlinedVector<InputField, kMaxInputs> inputs;
  size_t input_count = 0;
  absl::InlinedVector<OutputField, kMaxOutputs> outputs;
  size_t output_count = 0;
  absl::InlinedVector<absl::string_view, kMaxInputs> raw;
  size_t raw_count = 0;
};

// Reads a whole request; false where it is malformed.
bool ReadRequest(const Limits& limits, wire::Reader* reader, RequestFields* fields);

}  // namespace activation::inference

#endif  // ACTIVATION_SERVER_INFERENCE_REQUEST_FIELDS_H_
