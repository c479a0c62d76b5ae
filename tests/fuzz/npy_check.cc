#include <optional>
#include <string>

#include "client/cli/npy.h"
#include "tests/fuzz/checks.h"

namespace activation::fuzz {
namespace {

using cli::DType;
using cli::Tensor;

// Where in a column-major file the element lies that is `index`th in row-major order.
size_t ColumnMajorPlace(const std::vector<int64_t>& shape, size_t index) {
  size_t place = 0;
  size_t below = 1;
  for (const int64_t extent : shape) below *= static_cast<size_t>(extent);
  size_t stride = 1;
  for (const int64_t extent : shape) {
    below /= static_cast<size_t>(extent);
    place += index / below % static_cast<size_t>(extent) * stride;
    stride *= static_cast<size_t>(extent);
  }
  return place;
}

std::string Misplaced(const cli::NpyHeader& header, absl::string_view file, const Tensor& tensor) {
  const absl::string_view data = file.substr(header.data_offset);
  if (data.size() != tensor.bytes.size()) return "other bytes than the file's";
  const size_t size = SizeOf(tensor.dtype);
  for (size_t i = 0; i < tensor.bytes.size() / size; ++i) {
    const size_t place = header.fortran_order ? ColumnMajorPlace(header.shape, i) : i;
    if (data.substr(place * size, size) != absl::string_view(tensor.bytes).substr(i * size, size)) {
      return "an element is at another's place";
    }
  }
  return "";
}

bool Same(const Tensor& a, const Tensor& b) {
  return a.dtype == b.dtype && a.shape == b.shape && a.bytes == b.bytes;
}

}  // namespace

std::string CheckNpy(absl::string_view input) {
  if (input.empty()) return "";
  const int choice = static_cast<uint8_t>(input.front()) % 5;
  input.remove_prefix(1);
  std::optional<DType> dtype;
  if (choice > 0) dtype = static_cast<DType>(choice - 1);
  const auto header = cli::ParseNpyHeader(input);
  // What is done without the rest of the file.
  if (header.ok() && !cli::ParseNpyHeader(input.substr(0, header->data_offset)).ok()) {
    return "the header is none without the data";
  }
  const auto tensor = cli::ParseNpy(std::string(input), dtype);
  if (!tensor.ok()) return tensor.status().message().empty() ? "no reason" : "";
  if (!header.ok()) return "a tensor without a header";
  if (dtype.has_value() && tensor->dtype != *dtype) return "another dtype than wanted";
  std::string problem = Misplaced(*header, input, *tensor);
  if (!problem.empty()) return problem;
  const auto again = cli::ParseNpy(cli::NpyFile(*tensor), tensor->dtype);
  return again.ok() && Same(*again, *tensor) ? "" : "not the same once written anew";
}

}  // namespace activation::fuzz
