// oneDNN's elementwise primitives, forward and backward.
#include <alloca.h>

#include <dnnl.hpp>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "tests/benchmarks/compare/peer.h"

namespace activation {
namespace {

struct Operation {
  const char* function;
  dnnl::algorithm algorithm;
  float alpha = 0;
  float beta = 0;
};

const Operation kOperations[] = {
    {"relu", dnnl::algorithm::eltwise_relu},
    {"relu6", dnnl::algorithm::eltwise_bounded_relu, 6},
    {"leaky_relu", dnnl::algorithm::eltwise_relu, 0.01F},
    {"clip", dnnl::algorithm::eltwise_clip, -1, 1},
    {"abs", dnnl::algorithm::eltwise_abs},
    {"square", dnnl::algorithm::eltwise_square},
    {"hard_swish", dnnl::algorithm::eltwise_hardswish},
    {"sigmoid", dnnl::algorithm::eltwise_logistic},
    {"tanh", dnnl::algorithm::eltwise_tanh},
    {"exp", dnnl::algorithm::eltwise_exp},
    {"elu", dnnl::algorithm::eltwise_elu, 1},
    {"silu", dnnl::algorithm::eltwise_swish, 1},
    {"gelu", dnnl::algorithm::eltwise_gelu_erf},
    {"gelu_tanh", dnnl::algorithm::eltwise_gelu_tanh},
    {"softplus", dnnl::algorithm::eltwise_soft_relu},
    {"log_sigmoid", dnnl::algorithm::eltwise_logsigmoid},
    {"mish", dnnl::algorithm::eltwise_mish},
};

// A primitive on tensors, ready to run.
class Primitive {
 public:
  Primitive(const dnnl::engine& engine, const Operation& operation, Direction direction,
            Tensors& tensors)
      : stream_(engine) {
    const dnnl::memory::desc shape({static_cast<dnnl::memory::dim>(tensors.count())},
                                   dnnl::memory::data_type::f32, dnnl::memory::format_tag::a);
    const dnnl::memory x(shape, engine, tensors.x());
    const dnnl::memory out(shape, engine, tensors.out());
    const dnnl::eltwise_forward::desc forward(dnnl::prop_kind::forward_training,
                                              operation.algorithm, shape, operation.alpha,
                                              operation.beta);
    const dnnl::eltwise_forward::primitive_desc hint(forward, engine);
    if (direction == Direction::kForward) {
      primitive_ = dnnl::eltwise_forward(hint);
      arguments_ = {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, out}};
    } else {
      const dnnl::memory dy(shape, engine, tensors.dy());
      const dnnl::eltwise_backward::desc backward(operation.algorithm, shape, shape,
                                                  operation.alpha, operation.beta);
      primitive_ = dnnl::eltwise_backward({backward, engine, hint});
      arguments_ = {{DNNL_ARG_SRC, x}, {DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_DIFF_SRC, out}};
    }
  }

  // With the stack moved by so many bytes: a kernel of oneDNN that keeps vectors there
  // takes half as long again where they cross cache lines.
  void Run(size_t stack_shift) {
    void* const space = alloca(stack_shift);
    asm volatile("" : : "r"(space));  // or the compiler would leave it out
    primitive_.execute(stream_, arguments_);
  }

 private:
  dnnl::stream stream_;
  dnnl::primitive primitive_;
  std::unordered_map<int, dnnl::memory> arguments_;
};

class DnnlPeer : public Peer {
 public:
  // Every primitive gets code of its own, because where that lies matters too.
  DnnlPeer() { dnnl::set_primitive_cache_capacity(0); }

  std::string name() const override {
    const dnnl_version_t* version = dnnl_version();
    return absl::StrCat("oneDNN ", version->major, ".", version->minor, ".", version->patch);
  }

  Work Prepare(absl::string_view function, Direction direction, Tensors& tensors) override {
    for (const Operation& operation : kOperations) {
      if (function != operation.function) continue;
      const auto primitive = std::make_shared<Primitive>(engine_, operation, direction, tensors);
      // Each place of the tensors comes with another place of the stack.
      const size_t stack_shift = 16 * (next_shift_++ % 4);
      return [primitive, stack_shift] { primitive->Run(stack_shift); };
    }
    return nullptr;
  }

 private:
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  size_t next_shift_ = 0;
};

}  // namespace

std::unique_ptr<Peer> MakeDnnlPeer() { return std::make_unique<DnnlPeer>(); }

}  // namespace activation
