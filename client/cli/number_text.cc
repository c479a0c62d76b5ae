#include "client/cli/number_text.h"

#include <cfenv>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cli/half.h"

namespace activation::cli {
namespace {

template <class T>
T Load(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

template <class T>
void Append(T value, std::string& bytes) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

enum class Parsed { kOk, kNoNumber, kTooLarge };

template <class T>
Parsed Parse(absl::string_view text, T* value) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *value);
  if (error == std::errc::invalid_argument || stop != end) return Parsed::kNoNumber;
  if (error == std::errc()) return Parsed::kOk;
  // Out of range either way: strtod tells too small, which is zero or nearly so,
  // from too large.
  const double wide = std::strtod(std::string(text).c_str(), nullptr);
  *value = static_cast<T>(wide);
  return std::isinf(*value) ? Parsed::kTooLarge : Parsed::kOk;
}

// A double that rounds to 16 bits as the text itself does: one that lies between two doubles
// becomes the odd of them, which is neither a number of 16 bits nor halfway between two.
double RoundedToOdd(absl::string_view text, double nearest) {
  const std::string copy(text);
  const auto rounded = [&copy](int direction) {
    std::fesetround(direction);
    const double value = std::strtod(copy.c_str(), nullptr);
    std::fesetround(FE_TONEAREST);
    return value;
  };
  const double below = rounded(FE_DOWNWARD), above = rounded(FE_UPWARD);
  if (!(below < above)) return nearest;
  uint64_t bits;
  std::memcpy(&bits, &below, sizeof(bits));
  return bits % 2 == 1 ? below : above;
}

Parsed ParseElement(absl::string_view text, DType dtype, std::string& bytes) {
  if (dtype == DType::kF32) {
    float value = 0;
    const Parsed parsed = Parse(text, &value);
    Append(value, bytes);
    return parsed;
  }
  double value = 0;
  const Parsed parsed = Parse(text, &value);
  if (dtype == DType::kF64) {
    Append(value, bytes);
    return parsed;
  }
  if (parsed == Parsed::kOk) value = RoundedToOdd(text, value);
  const uint16_t bits = dtype == DType::kF16 ? HalfFromDouble(value) : BFloat16FromDouble(value);
  Append(bits, bytes);
  const bool overflow =
      std::isfinite(value) && std::isinf(ElementValue(dtype, bytes.data() + bytes.size() - 2));
  return parsed == Parsed::kOk && overflow ? Parsed::kTooLarge : parsed;
}

template <class T>
std::string Shortest(T value) {
  char buffer[64];
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), value);
  return std::string(buffer, result.ptr);
}

// The fewest digits that round to the same 16 bits.
std::string ShortestOf16(DType dtype, uint16_t bits) {
  const double value = dtype == DType::kF16 ? DoubleFromHalf(bits) : DoubleFromBFloat16(bits);
  for (int digits = 1; digits < 9; ++digits) {
    char buffer[64];
    std::snprintf(buffer, sizeof(buffer), "%.*g", digits, value);
    const double back = std::strtod(buffer, nullptr);
    const uint16_t again = dtype == DType::kF16 ? HalfFromDouble(back) : BFloat16FromDouble(back);
    if (again == bits) return Shortest(back);
  }
  return Shortest(value);
}

}  // namespace

bool LooksLikeNumbers(absl::string_view text) {
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    double value;
    if (Parse(absl::StripAsciiWhitespace(part), &value) == Parsed::kNoNumber) return false;
  }
  return true;
}

absl::StatusOr<Tensor> ParseNumbers(absl::string_view text, DType dtype) {
  Tensor tensor{.dtype = dtype, .shape = {}, .bytes = {}};
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    part = absl::StripAsciiWhitespace(part);
    switch (ParseElement(part, dtype, tensor.bytes)) {
      case Parsed::kOk:
        break;
      case Parsed::kNoNumber:
        return absl::InvalidArgumentError(absl::StrCat("'", part, "' is not a number"));
      case Parsed::kTooLarge:
        return absl::InvalidArgumentError(
            absl::StrCat("'", part, "' is too large for ", NameOf(dtype)));
    }
  }
  tensor.shape = {tensor.elements()};
  return tensor;
}

double ElementValue(DType dtype, const char* element) {
  switch (dtype) {
    case DType::kF32:
      return static_cast<double>(Load<float>(element));
    case DType::kF64:
      return Load<double>(element);
    case DType::kF16:
      return DoubleFromHalf(Load<uint16_t>(element));
    case DType::kBF16:
      return DoubleFromBFloat16(Load<uint16_t>(element));
  }
  return 0;
}

std::string NumberText(double value) { return std::isnan(value) ? "nan" : Shortest(value); }

std::string NumberText(DType dtype, double value) {
  if (!std::isfinite(value) || dtype == DType::kF64) return NumberText(value);
  if (dtype == DType::kF32) return Shortest(static_cast<float>(value));
  return ShortestOf16(dtype,
                      dtype == DType::kF16 ? HalfFromDouble(value) : BFloat16FromDouble(value));
}

std::string ElementText(DType dtype, const char* element) {
  return NumberText(dtype, ElementValue(dtype, element));
}

std::string ElementJson(DType dtype, const char* element) {
  const double value = ElementValue(dtype, element);
  if (std::isnan(value)) return "\"NaN\"";
  if (std::isinf(value)) return value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  return ElementText(dtype, element);
}

}  // namespace activation::cli
