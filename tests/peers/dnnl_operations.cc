#include "tests/peers/dnnl_operations.h"

#include "absl/strings/str_cat.h"

namespace activation {
namespace {

const DnnlOperation kOperations[] = {
    {"relu", "eltwise_relu, alpha = 0", dnnl::algorithm::eltwise_relu},
    {"relu6", "eltwise_bounded_relu, alpha = 6", dnnl::algorithm::eltwise_bounded_relu, 6},
    {"leaky_relu", "eltwise_relu, alpha = 0.01f", dnnl::algorithm::eltwise_relu, 0.01F},
    {"clip", "eltwise_clip, -1, 1", dnnl::algorithm::eltwise_clip, -1, 1},
    {"abs", "eltwise_abs", dnnl::algorithm::eltwise_abs},
    {"square", "eltwise_square", dnnl::algorithm::eltwise_square},
    {"hard_swish", "eltwise_hardswish", dnnl::algorithm::eltwise_hardswish},
    {"sigmoid", "eltwise_logistic", dnnl::algorithm::eltwise_logistic},
    {"tanh", "eltwise_tanh", dnnl::algorithm::eltwise_tanh},
    {"exp", "eltwise_exp", dnnl::algorithm::eltwise_exp},
    {"elu", "eltwise_elu, alpha = 1", dnnl::algorithm::eltwise_elu, 1},
    {"silu", "eltwise_swish, alpha = 1", dnnl::algorithm::eltwise_swish, 1},
    {"swish.beta_1.702", "eltwise_swish, alpha = 1.702f", dnnl::algorithm::eltwise_swish, 1.702F},
    {"gelu", "eltwise_gelu_erf", dnnl::algorithm::eltwise_gelu_erf},
    {"gelu_tanh", "eltwise_gelu_tanh", dnnl::algorithm::eltwise_gelu_tanh},
    {"softplus", "eltwise_soft_relu", dnnl::algorithm::eltwise_soft_relu},
    {"log_sigmoid", "eltwise_logsigmoid", dnnl::algorithm::eltwise_logsigmoid},
    {"mish", "eltwise_mish", dnnl::algorithm::eltwise_mish},
};

}  // namespace

const DnnlOperation* FindDnnlOperation(absl::string_view function) {
  for (const DnnlOperation& operation : kOperations) {
    if (function == operation.function) return &operation;
  }
  return nullptr;
}

dnnl::primitive MakeDnnlPrimitive(const DnnlOperation& operation, Direction direction,
                                  const dnnl::memory::desc& shape, const dnnl::engine& engine) {
  const dnnl::eltwise_forward::desc forward(dnnl::prop_kind::forward_training, operation.algorithm,
                                            shape, operation.alpha, operation.beta);
  const dnnl::eltwise_forward::primitive_desc hint(forward, engine);
  if (direction == Direction::kForward) return dnnl::eltwise_forward(hint);
  const dnnl::eltwise_backward::desc backward(operation.algorithm, shape, shape, operation.alpha,
                                              operation.beta);
  return dnnl::eltwise_backward({backward, engine, hint});
}

std::string DnnlVersion() {
  const dnnl_version_t* version = dnnl_version();
  return absl::StrCat(version->major, ".", version->minor, ".", version->patch);
}

}  // namespace activation
