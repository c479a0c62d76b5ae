// Parameters of a request or of one of its tensors: names with values of several
// types, as inference.InferParameter has them. Views into the request's bytes.
// In the way of a request: Reader -> Parameters -> RequestFields -> Decode.
#ifndef ACTIVATION_SERVER_INFERENCE_PARAMETERS_H_
#define ACTIVATION_SERVER_INFERENCE_PARAMETERS_H_

#include <cstdint>
#include <forward_list>
#include <string>
#include <utility>
#include <variant>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/wire/reader.h"

namespace activation::inference {

// Nothing where the message has no value.
using ParameterValue =
    std::variant<std::monostate, bool, int64_t, absl::string_view, double, uint64_t>;

// Each name once, with the value that came last. Only names that `keeps` accepts are
// kept, so that no request makes this grow.
class Parameters {
 public:
  using Keeps = bool (*)(absl::string_view name);

  explicit Parameters(Keeps keeps) : keeps_(keeps) {}

  // Reads the next entry of a map<string, InferParameter>; false where it is malformed.
  // Texts that lie in two pieces are added to `joined`.
  bool ReadEntry(wire::Reader* reader, std::forward_list<std::string>* joined);

  // nullptr where there is none.
  const ParameterValue* Find(absl::string_view name) const;

  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  Keeps keeps_;
  absl::InlinedVector<std::pair<absl::string_view, ParameterValue>, 3> entries_;
};

// The value as a number, which a text may spell. INVALID_ARGUMENT about
// `parameters["<name>"]`.
absl::StatusOr<double> NumberOf(absl::string_view name, const ParameterValue& value);

// The value as a whole number that is not negative.
absl::StatusOr<uint64_t> SizeOf(absl::string_view name, const ParameterValue& value);

// The value as a text.
absl::StatusOr<absl::string_view> TextOf(absl::string_view name, const ParameterValue& value);

}  // namespace activation::inference

#endif  // ACTIVATION_SERVER_INFERENCE_PARAMETERS_H_
