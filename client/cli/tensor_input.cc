#include "client/cli/tensor_input.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cli/file_io.h"
#include "client/cli/npy.h"
#include "client/cli/number_text.h"

namespace activation::cli {
namespace {

absl::StatusOr<Tensor> RawTensor(std::string bytes, std::optional<DType> dtype) {
  if (!dtype) {
    return absl::InvalidArgumentError("it is no .npy file; if it is raw numbers, say --dtype");
  }
  if (bytes.size() % SizeOf(*dtype) != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "its ", bytes.size(), " bytes are no whole number of ", NameOf(*dtype), " elements"));
  }
  Tensor tensor{.dtype = *dtype, .shape = {}, .bytes = std::move(bytes)};
  tensor.shape = {tensor.elements()};
  return tensor;
}

absl::Status Reshape(const std::vector<int64_t>& shape, Tensor& tensor) {
  const auto elements = ElementsOf(shape, tensor.dtype);
  if (!elements.ok()) return elements.status();
  if (*elements != tensor.elements()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "it has ", tensor.elements(), " elements, --shape ", ShapeText(shape), " has ", *elements));
  }
  tensor.shape = shape;
  return absl::OkStatus();
}

absl::Status About(const std::string& name, const absl::Status& status) {
  return absl::InvalidArgumentError(absl::StrCat(name, ": ", std::string(status.message())));
}

// Numbers with a slip among them, or with spaces between, are taken for a file: says that too.
absl::Status NoInput(const std::string& argument, const absl::Status& status) {
  if (argument.find_first_of(", ") == std::string::npos) return status;
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(status.message()), "; nor is it a list of numbers: ",
                   std::string(ParseNumbers(argument, DType::kF64).status().message())));
}

}  // namespace

absl::StatusOr<InputTensor> ReadTensor(const std::string& argument, const InputOptions& options) {
  Source source = Source::kNumbers;
  std::string name = absl::StrCat("'", argument, "'");
  absl::StatusOr<Tensor> tensor;
  if (LooksLikeNumbers(argument)) {
    tensor = ParseNumbers(argument, options.dtype.value_or(DType::kF32));
  } else if (argument.empty()) {
    return absl::InvalidArgumentError("a tensor is empty: give numbers, a file or - for stdin");
  } else {
    name = InputName(argument);
    auto contents = ReadWhole(argument);
    if (!contents.ok()) return NoInput(argument, contents.status());
    const bool npy = HasNpyMagic(*contents) || absl::EndsWith(argument, ".npy");
    source = npy ? Source::kNpy : Source::kRaw;
    tensor = npy ? ParseNpy(*std::move(contents), options.dtype)
                 : RawTensor(*std::move(contents), options.dtype);
  }
  if (!tensor.ok()) return About(name, tensor.status());
  if (options.shape) {
    const absl::Status reshaped = Reshape(*options.shape, *tensor);
    if (!reshaped.ok()) return About(name, reshaped);
  }
  return InputTensor{*std::move(tensor), source};
}

absl::StatusOr<std::vector<int64_t>> ParseShape(const std::string& text) {
  std::vector<int64_t> shape;
  if (text.empty()) return shape;
  for (absl::string_view part : absl::StrSplit(text, absl::ByAnyChar(",x"))) {
    int64_t extent;
    if (!absl::SimpleAtoi(part, &extent) || extent < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", text, "' is no shape; write it as 2,3 or 2x3"));
    }
    shape.push_back(extent);
  }
  return shape;
}

}  // namespace activation::cli
