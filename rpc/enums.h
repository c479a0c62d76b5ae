// The enums of activation.v1 beside those of the engine (src/) and of the client library
// (activation/types.h). These two know neither each other nor the contract, and name their
// values alike, so that one table holds for both. Pure functions.
#ifndef ACTIVATION_RPC_ENUMS_H_
#define ACTIVATION_RPC_ENUMS_H_

#include <optional>

#include "activation/v1/activation.pb.h"

namespace activation {

template <class Ours, class Wire>
struct EnumPair {
  Ours ours;
  Wire wire;
};

// Of an enum of ours, known by a value that no other kind of enum has: the contract's, and
// which of its values is which.
template <class Ours>
struct WireEnum;

template <class DType>
requires requires { DType::kBF16; }
struct WireEnum<DType> {
  using Type = v1::DType;
  static constexpr EnumPair<DType, Type> kPairs[] = {{DType::kF32, v1::DTYPE_F32},
                                                     {DType::kF64, v1::DTYPE_F64},
                                                     {DType::kF16, v1::DTYPE_F16},
                                                     {DType::kBF16, v1::DTYPE_BF16}};
};

template <class Tier>
requires requires { Tier::kExact; }
struct WireEnum<Tier> {
  using Type = v1::Tier;
  static constexpr EnumPair<Tier, Type> kPairs[] = {{Tier::kExact, v1::TIER_EXACT},
                                                    {Tier::kFast, v1::TIER_FAST}};
};

template <class Backend>
requires requires { Backend::kCuda; }
struct WireEnum<Backend> {
  using Type = v1::Backend;
  static constexpr EnumPair<Backend, Type> kPairs[] = {{Backend::kAuto, v1::BACKEND_UNSPECIFIED},
                                                       {Backend::kCpu, v1::BACKEND_CPU},
                                                       {Backend::kCuda, v1::BACKEND_CUDA}};
};

template <class Kind>
requires requires { Kind::kRowWise; }
struct WireEnum<Kind> {
  using Type = v1::FunctionKind;
  static constexpr EnumPair<Kind, Type> kPairs[] = {
      {Kind::kElementwise, v1::FUNCTION_KIND_ELEMENTWISE},
      {Kind::kPerChannel, v1::FUNCTION_KIND_PER_CHANNEL},
      {Kind::kRowWise, v1::FUNCTION_KIND_ROW_WISE},
      {Kind::kGated, v1::FUNCTION_KIND_GATED}};
};

// UNSPECIFIED where `ours` is none of its enum's values.
template <class Ours>
constexpr typename WireEnum<Ours>::Type ToWire(Ours ours) {
  for (const auto& pair : WireEnum<Ours>::kPairs) {
    if (pair.ours == ours) return pair.wire;
  }
  return {};
}

// Nothing where no value of ours has the number, which may be any: the contract's enums are open.
template <class Ours>
constexpr std::optional<Ours> FromWire(int number) {
  for (const auto& pair : WireEnum<Ours>::kPairs) {
    if (pair.wire == number) return pair.ours;
  }
  return std::nullopt;
}

}  // namespace activation

#endif  // ACTIVATION_RPC_ENUMS_H_
