// The enums of types.h as the contract numbers them. Pure functions.
#ifndef ACTIVATION_CLIENT_SRC_ENUMS_H_
#define ACTIVATION_CLIENT_SRC_ENUMS_H_

#include "activation/types.h"
#include "activation/v1/activation.pb.h"

namespace activation::client {

inline v1::DType ToWire(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return v1::DTYPE_F32;
    case DType::kF64:
      return v1::DTYPE_F64;
    case DType::kF16:
      return v1::DTYPE_F16;
    case DType::kBF16:
      return v1::DTYPE_BF16;
  }
  return v1::DTYPE_UNSPECIFIED;
}

inline v1::Backend ToWire(Backend backend) {
  switch (backend) {
    case Backend::kCpu:
      return v1::BACKEND_CPU;
    case Backend::kCuda:
      return v1::BACKEND_CUDA;
    case Backend::kAuto:
      break;
  }
  return v1::BACKEND_UNSPECIFIED;
}

inline v1::Tier ToWire(Tier tier) { return tier == Tier::kFast ? v1::TIER_FAST : v1::TIER_EXACT; }

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_ENUMS_H_
