#include <cfenv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "client/cli/diagnose/normal_text.h"
#include "client/cli/duration_text.h"
#include "client/cli/number_text.h"
#include "client/cli/tensor_input.h"
#include "tests/fuzz/checks.h"

namespace activation::fuzz {
namespace {

using cli::DType;
using cli::ElementValue;
using cli::Tensor;

// A number of 16 bits is the nearest where neither neighbour is as near, or where it is even
// and one is just as near.
bool IsNearest(long double wanted, DType dtype, const char* element) {
  uint16_t bits;
  std::memcpy(&bits, element, sizeof(bits));
  const auto distance = [&](int step) {
    const auto neighbour = static_cast<uint16_t>(bits + step);
    char bytes[sizeof(neighbour)];
    std::memcpy(bytes, &neighbour, sizeof(neighbour));
    return std::abs(static_cast<long double>(ElementValue(dtype, bytes)) - wanted);
  };
  const long double own = distance(0);
  const bool is_zero = (bits & 0x7fff) == 0;
  for (const int step : {-1, 1}) {
    // Below zero the next number has another sign bit, and is as far as that above.
    const long double other = distance(is_zero ? 1 : step);
    if (other < own || (other == own && bits % 2 != 0)) return false;
  }
  return true;
}

// The C library reads 64 bits of the text, rounded as it is told.
long double Rounded(const std::string& text, int direction) {
  std::fesetround(direction);
  const long double value = std::strtold(text.c_str(), nullptr);
  std::fesetround(FE_TONEAREST);
  return value;
}

bool IsRight(const std::string& text, DType dtype, const char* element) {
  const double value = ElementValue(dtype, element);
  if (dtype == DType::kF16 || dtype == DType::kBF16) {
    const long double below = Rounded(text, FE_DOWNWARD), above = Rounded(text, FE_UPWARD);
    if (std::isnan(below)) return std::isnan(value);
    if (std::isinf(below) && below == above) return value == below;
    // Where the text lies between the two, so does the halfway point at most once.
    return std::signbit(value) == std::signbit(below) &&
           (IsNearest(below, dtype, element) || IsNearest(above, dtype, element));
  }
  const double wanted = dtype == DType::kF32
                            ? static_cast<double>(std::strtof(text.c_str(), nullptr))
                            : std::strtod(text.c_str(), nullptr);
  if (std::isnan(wanted)) return std::isnan(value);
  return value == wanted && std::signbit(value) == std::signbit(wanted);
}

std::string CheckElements(absl::string_view text, const Tensor& tensor) {
  const std::vector<std::string> parts = absl::StrSplit(text, ',');
  const size_t size = SizeOf(tensor.dtype);
  if (parts.size() * size != tensor.bytes.size()) return "another number of elements";
  for (size_t i = 0; i < parts.size(); ++i) {
    const char* const element = tensor.bytes.data() + i * size;
    const std::string part(absl::StripAsciiWhitespace(parts[i]));
    const double value = ElementValue(tensor.dtype, element);
    if (!IsRight(part, tensor.dtype, element)) return "not the nearest number";
    const auto again = cli::ParseNumbers(cli::ElementText(tensor.dtype, element), tensor.dtype);
    if (!again.ok()) return "its own text is no number";
    const bool same = std::isnan(value) || again->bytes == tensor.bytes.substr(i * size, size);
    if (!same) return "another number once written anew";
  }
  return "";
}

std::string CheckList(absl::string_view text, DType dtype) {
  const auto tensor = cli::ParseNumbers(text, dtype);
  const bool looks = cli::LooksLikeNumbers(text);
  if (tensor.ok()) return looks ? CheckElements(text, *tensor) : "numbers that do not look so";
  const bool too_large = absl::StrContains(tensor.status().message(), "too large");
  return looks && !too_large ? "refused, but it looks like numbers" : "";
}

std::string CheckShape(const std::string& text, DType dtype) {
  const auto shape = cli::ParseShape(text);
  if (!shape.ok()) return "";
  const auto again = cli::ParseShape(absl::StrJoin(*shape, "x"));
  if (!again.ok() || *again != *shape) return "another shape once written anew";
  const auto elements = cli::ElementsOf(*shape, dtype);
  if (!elements.ok()) return "";
  // Whole numbers that a long double holds, or far too large.
  long double product = 1;
  for (const int64_t extent : *shape) product *= static_cast<long double>(extent);
  return product == static_cast<long double>(*elements) ? "" : "another number of elements";
}

std::string CheckDuration(const std::string& text) {
  const auto duration = cli::ParseDuration(text);
  if (duration.has_value() != cli::CheckDuration(text).empty()) return "two opinions of a duration";
  if (!duration.has_value()) return "";
  if (*duration < std::chrono::nanoseconds(0) || *duration > std::chrono::hours(24)) {
    return "a duration out of bounds";
  }
  const auto again = cli::ParseDuration(absl::FormatDuration(absl::FromChrono(*duration)));
  return again == duration ? "" : "another duration once written anew";
}

std::string CheckDistribution(const std::string& text) {
  const auto normal = cli::ParseNormal(text);
  if (normal.has_value() != cli::CheckNormal(text).empty()) return "two opinions of a distribution";
  const bool sound =
      !normal.has_value() ||
      (std::isfinite(normal->mean) && std::isfinite(normal->deviation) && normal->deviation > 0);
  return sound ? "" : "a distribution that is none";
}

}  // namespace

std::string CheckNumbers(absl::string_view input) {
  if (input.empty()) return "";
  const auto dtype = static_cast<DType>(static_cast<uint8_t>(input.front()) % 4);
  const std::string text(input.substr(1));
  std::string problem = CheckList(text, dtype);
  if (problem.empty()) problem = CheckShape(text, dtype);
  if (problem.empty()) problem = CheckDuration(text);
  return problem.empty() ? CheckDistribution(text) : problem;
}

}  // namespace activation::fuzz
