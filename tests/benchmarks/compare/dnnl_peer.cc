// oneDNN's elementwise primitives, forward and backward, and softmax and its
// logarithm, whose gradients from x are its forward and its backward pass.
#include <alloca.h>

#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "tests/benchmarks/compare/peer.h"
#include "tests/peers/dnnl_operations.h"

namespace activation {
namespace {

enum class RowWise { kSoftmax, kLogSoftmax };

// A primitive on tensors, ready to run.
class Primitive {
 public:
  Primitive(const dnnl::engine& engine, const DnnlOperation& operation, Direction direction,
            Tensors& tensors)
      : stream_(engine) {
    const dnnl::memory::desc shape({static_cast<dnnl::memory::dim>(tensors.count())},
                                   dnnl::memory::data_type::f32, dnnl::memory::format_tag::a);
    primitive_ = MakeDnnlPrimitive(operation, direction, shape, engine);
    if (direction == Direction::kForward) {
      SetForwardArguments(shape, tensors);
    } else {
      arguments_ = {{DNNL_ARG_SRC, {shape, engine, tensors.x()}},
                    {DNNL_ARG_DIFF_DST, {shape, engine, tensors.dy()}},
                    {DNNL_ARG_DIFF_SRC, {shape, engine, tensors.out()}}};
    }
  }

  // Along the rows of the tensors. The gradient is two primitives, as the backward one takes y
  // instead of x.
  Primitive(const dnnl::engine& engine, RowWise function, Direction direction, Tensors& tensors)
      : stream_(engine) {
    const auto length = static_cast<dnnl::memory::dim>(tensors.row_length());
    const auto rows = static_cast<dnnl::memory::dim>(tensors.count()) / length;
    const dnnl::memory::desc shape({rows, length}, dnnl::memory::data_type::f32,
                                   dnnl::memory::format_tag::ab);
    if (function == RowWise::kSoftmax) {
      SetRows<dnnl::softmax_forward, dnnl::softmax_backward>(shape, direction, tensors);
    } else {
      SetRows<dnnl::logsoftmax_forward, dnnl::logsoftmax_backward>(shape, direction, tensors);
    }
  }

  // With the stack moved by so many bytes: a kernel of oneDNN that keeps vectors there
  // takes half as long again where they cross cache lines.
  void Run(size_t stack_shift) {
    void* const space = alloca(stack_shift);
    asm volatile("" : : "r"(space));  // or the compiler would leave it out
    if (before_) before_.execute(stream_, before_arguments_);
    primitive_.execute(stream_, arguments_);
  }

 private:
  template <class Forward, class Backward>
  void SetRows(const dnnl::memory::desc& shape, Direction direction, Tensors& tensors) {
    constexpr int kAxis = 1;
    const dnnl::engine engine = stream_.get_engine();
    const bool is_forward = direction == Direction::kForward;
    const typename Forward::desc forward(
        is_forward ? dnnl::prop_kind::forward_inference : dnnl::prop_kind::forward_training, shape,
        kAxis);
    const typename Forward::primitive_desc hint(forward, engine);
    if (is_forward) {
      primitive_ = Forward(hint);
      SetForwardArguments(shape, tensors);
      return;
    }
    const dnnl::memory y(shape, engine);
    before_ = Forward(hint);
    before_arguments_ = {{DNNL_ARG_SRC, {shape, engine, tensors.x()}}, {DNNL_ARG_DST, y}};
    primitive_ = Backward({{shape, shape, kAxis}, engine, hint});
    arguments_ = {{DNNL_ARG_DST, y},
                  {DNNL_ARG_DIFF_DST, {shape, engine, tensors.dy()}},
                  {DNNL_ARG_DIFF_SRC, {shape, engine, tensors.out()}}};
  }

  void SetForwardArguments(const dnnl::memory::desc& shape, Tensors& tensors) {
    const dnnl::engine engine = stream_.get_engine();
    arguments_ = {{DNNL_ARG_SRC, {shape, engine, tensors.x()}},
                  {DNNL_ARG_DST, {shape, engine, tensors.out()}}};
  }

  dnnl::stream stream_;
  dnnl::primitive before_;  // none in most cases
  std::unordered_map<int, dnnl::memory> before_arguments_;
  dnnl::primitive primitive_;
  std::unordered_map<int, dnnl::memory> arguments_;
};

class DnnlPeer : public Peer {
 public:
  // Every primitive gets code of its own, because where that lies matters too.
  DnnlPeer() { dnnl::set_primitive_cache_capacity(0); }

  std::string name() const override { return absl::StrCat("oneDNN ", DnnlVersion()); }

  Work Prepare(absl::string_view function, Direction direction, Tensors& tensors) override {
    const std::shared_ptr<Primitive> primitive = Make(function, direction, tensors);
    if (primitive == nullptr) return nullptr;
    // Each place of the tensors comes with another place of the stack.
    const size_t stack_shift = 16 * (next_shift_++ % 4);
    return [primitive, stack_shift] { primitive->Run(stack_shift); };
  }

 private:
  std::shared_ptr<Primitive> Make(absl::string_view function, Direction direction,
                                  Tensors& tensors) const {
    if (function == "softmax") {
      return std::make_shared<Primitive>(engine_, RowWise::kSoftmax, direction, tensors);
    }
    if (function == "log_softmax") {
      return std::make_shared<Primitive>(engine_, RowWise::kLogSoftmax, direction, tensors);
    }
    const DnnlOperation* operation = FindDnnlOperation(function);
    if (operation == nullptr) return nullptr;
    return std::make_shared<Primitive>(engine_, *operation, direction, tensors);
  }

  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  size_t next_shift_ = 0;
};

}  // namespace

std::unique_ptr<Peer> MakeDnnlPeer() { return std::make_unique<DnnlPeer>(); }

}  // namespace activation
