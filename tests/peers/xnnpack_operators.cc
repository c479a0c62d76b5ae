#include "tests/peers/xnnpack_operators.h"

#include <limits>

namespace activation {
namespace {

// The setup functions differ in the type of their pointers only.
template <auto kFunction, class T>
xnn_status SetUp(xnn_operator_t self, size_t count, const void* x, void* out, pthreadpool_t pool) {
  return kFunction(self, count, static_cast<const T*>(x), static_cast<T*>(out), pool);
}

constexpr float kAbove = std::numeric_limits<float>::infinity();

const XnnpackOperator kOperators[] = {
    {"relu", DType::kF32, "xnn_create_clamp_nc_f32, 0, inf",
     [](xnn_operator_t* self) { return xnn_create_clamp_nc_f32(1, 1, 1, 0, kAbove, 0, self); },
     SetUp<xnn_setup_clamp_nc_f32, float>},
    {"relu6", DType::kF32, "xnn_create_clamp_nc_f32, 0, 6",
     [](xnn_operator_t* self) { return xnn_create_clamp_nc_f32(1, 1, 1, 0, 6, 0, self); },
     SetUp<xnn_setup_clamp_nc_f32, float>},
    {"clip", DType::kF32, "xnn_create_clamp_nc_f32, -1, 1",
     [](xnn_operator_t* self) { return xnn_create_clamp_nc_f32(1, 1, 1, -1, 1, 0, self); },
     SetUp<xnn_setup_clamp_nc_f32, float>},
    {"leaky_relu", DType::kF32, "xnn_create_leaky_relu_nc_f32, 0.01f",
     [](xnn_operator_t* self) { return xnn_create_leaky_relu_nc_f32(1, 1, 1, 0.01F, 0, self); },
     SetUp<xnn_setup_leaky_relu_nc_f32, float>},
    {"elu", DType::kF32, "xnn_create_elu_nc_f32, alpha = 1",
     [](xnn_operator_t* self) { return xnn_create_elu_nc_f32(1, 1, 1, 1, 0, self); },
     SetUp<xnn_setup_elu_nc_f32, float>},
    {"hard_swish", DType::kF32, "xnn_create_hardswish_nc_f32",
     [](xnn_operator_t* self) { return xnn_create_hardswish_nc_f32(1, 1, 1, 0, self); },
     SetUp<xnn_setup_hardswish_nc_f32, float>},
    {"sigmoid", DType::kF32, "xnn_create_sigmoid_nc_f32",
     [](xnn_operator_t* self) { return xnn_create_sigmoid_nc_f32(1, 1, 1, 0, self); },
     SetUp<xnn_setup_sigmoid_nc_f32, float>},
    {"abs", DType::kF32, "xnn_create_abs_nc_f32",
     [](xnn_operator_t* self) { return xnn_create_abs_nc_f32(1, 1, 1, 0, self); },
     SetUp<xnn_setup_abs_nc_f32, float>},
    {"square", DType::kF32, "xnn_create_square_nc_f32",
     [](xnn_operator_t* self) { return xnn_create_square_nc_f32(1, 1, 1, 0, self); },
     SetUp<xnn_setup_square_nc_f32, float>},
    {"relu6", DType::kF16, "xnn_create_clamp_nc_f16, 0, 6",
     [](xnn_operator_t* self) { return xnn_create_clamp_nc_f16(1, 1, 1, 0, 6, 0, self); },
     SetUp<xnn_setup_clamp_nc_f16, void>},
    {"clip", DType::kF16, "xnn_create_clamp_nc_f16, -1, 1",
     [](xnn_operator_t* self) { return xnn_create_clamp_nc_f16(1, 1, 1, -1, 1, 0, self); },
     SetUp<xnn_setup_clamp_nc_f16, void>},
    {"leaky_relu", DType::kF16, "xnn_create_leaky_relu_nc_f16, 0.01f",
     [](xnn_operator_t* self) { return xnn_create_leaky_relu_nc_f16(1, 1, 1, 0.01F, 0, self); },
     SetUp<xnn_setup_leaky_relu_nc_f16, void>},
    {"hard_swish", DType::kF16, "xnn_create_hardswish_nc_f16",
     [](xnn_operator_t* self) { return xnn_create_hardswish_nc_f16(1, 1, 1, 0, self); },
     SetUp<xnn_setup_hardswish_nc_f16, void>},
};

}  // namespace

const XnnpackOperator* FindXnnpackOperator(absl::string_view function, DType dtype) {
  for (const XnnpackOperator& candidate : kOperators) {
    if (function == candidate.function && dtype == candidate.dtype) return &candidate;
  }
  return nullptr;
}

}  // namespace activation
