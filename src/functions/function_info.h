// What is known about a function besides its code: the record that the
// catalogue, the wire, the docs and the tests read.
#ifndef ACTIVATION_SRC_FUNCTIONS_FUNCTION_INFO_H_
#define ACTIVATION_SRC_FUNCTIONS_FUNCTION_INFO_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace activation {

// How a function reads its tensor. Each kind has a loop of its own.
enum class Kind : uint8_t {
  kElementwise,  // y_i = f(x_i)
  kPerChannel,   // with a weight for each channel, axis 1
  kRowWise,      // of all elements along an axis together
  kGated,        // y = a g(b) of the halves a and b along an axis
};

// "elementwise", "per_channel", "row_wise", "gated".
constexpr const char* Name(Kind kind) {
  switch (kind) {
    case Kind::kElementwise:
      return "elementwise";
    case Kind::kPerChannel:
      return "per_channel";
    case Kind::kRowWise:
      return "row_wise";
    case Kind::kGated:
      break;
  }
  return "gated";
}

// Most parameters any function has.
inline constexpr size_t kMaxParams = 2;

// The values of a function's parameters, in the order of FunctionInfo::params,
// taken exactly as given.
struct Params {
  std::array<double, kMaxParams> values{};
};

// Whether each value keeps 48 bits as a sum of two floats.
constexpr bool HoldInTwoFloats(const Params& params) {
  for (const double value : params.values) {
    if (value != 0 && value < 0x1p-60 && value > -0x1p-60) return false;
  }
  return true;
}

struct ParamInfo {
  const char* name = nullptr;  // nullptr ends the list
  double default_value = 0;
  double minimum = 0;
  double maximum = 0;
  bool differentiable = false;  // whether Gradient can return its gradient
  const char* description = "";
  bool integral = false;  // whether only whole numbers make sense
  // Where no double is the number that the default stands for: that number, for people, and the
  // function's formula with it. nullptr where the default is taken exactly, as any other value.
  const char* default_real = nullptr;
  const char* default_formula = nullptr;
};

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

// f and f' at -inf, -0, +0 and +inf, with the default parameters: limits, with
// the sign that a zero is approached from. Every dtype rounds them. Of elementwise
// functions only.
struct SpecialValues {
  std::array<double, 4> forward{};
  std::array<double, 4> gradient{};
};

struct FunctionInfo {
  const char* name;
  // f(x) as an expression in x and the parameters. Of an elementwise function it
  // is also the reference that the accuracy tests evaluate in arbitrary precision,
  // and differentiate, so it must be the definition and not an approximation of it. Operators as
  // in C and `^`; functions exp, log, sqrt, tanh, erf, erfc, sigmoid, abs, min,
  // max; choice as `x > 0 ? a : b`.
  const char* formula;
  const char* description;
  const char* range;
  bool monotone;
  bool smooth;
  SpecialValues special;
  const char* reference;
  std::array<ParamInfo, kMaxParams> params{};
  // Whether the first parameter must not be above the second.
  bool ordered_params = false;
  // The same function, written so that neither it nor its derivative cancels in
  // 64 bits, for quick references; nullptr where the formula does not.
  const char* stable_formula = nullptr;
  Kind kind = Kind::kElementwise;
  // For people, a clause each: which networks use it, and what is good and bad about
  // it there. No function goes without.
  const char* used_in = "";
  const char* strengths = "";
  const char* weaknesses = "";
  // Where it saturates, of kinds without special values; see Saturation().
  const char* saturation = "no";
};

// How many of info.params are there.
constexpr size_t ParamCount(const FunctionInfo& info) {
  size_t count = 0;
  while (count < kMaxParams && info.params[count].name != nullptr) ++count;
  return count;
}

}  // namespace activation

#endif  // ACTIVATION_SRC_FUNCTIONS_FUNCTION_INFO_H_
