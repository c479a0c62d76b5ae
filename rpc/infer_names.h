// What the Open Inference Protocol calls things: types of elements, parameters of a tensor in
// shared memory, the model of a gradient.
#ifndef ACTIVATION_RPC_INFER_NAMES_H_
#define ACTIVATION_RPC_INFER_NAMES_H_

namespace activation::inference {

// "FP32", "FP64", "FP16", "BF16"; DType is the engine's or the client library's, which name
// their values alike.
template <class DType>
constexpr const char* DatatypeOf(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return "FP32";
    case DType::kF64:
      return "FP64";
    case DType::kF16:
      return "FP16";
    case DType::kBF16:
      break;
  }
  return "BF16";
}

// Parameters of a tensor that lies in shared memory.
inline constexpr char kRegion[] = "shared_memory_region";
inline constexpr char kRegionBytes[] = "shared_memory_byte_size";
inline constexpr char kRegionOffset[] = "shared_memory_offset";

// What follows the function's name in that of its gradient's model.
inline constexpr char kGradientSuffix[] = "_gradient";

}  // namespace activation::inference

#endif  // ACTIVATION_RPC_INFER_NAMES_H_
