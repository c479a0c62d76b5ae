// oneDNN's elementwise primitives.
#include <dnnl.hpp>
#include <unordered_map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/accuracy/atlas/peers.h"

namespace activation::atlas {
namespace {

struct Operation {
  const char* subject;
  const char* call;
  dnnl::algorithm algorithm;
  float alpha = 0;
  float beta = 0;
};

const Operation kOperations[] = {
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

dnnl::memory::data_type TypeOf(DType dtype) {
  return dtype == DType::kF32    ? dnnl::memory::data_type::f32
         : dtype == DType::kBF16 ? dnnl::memory::data_type::bf16
                                 : dnnl::memory::data_type::f16;
}

// A primitive belongs to one number of elements, and is made when that changes.
class DnnlFunction : public PeerFunction {
 public:
  DnnlFunction(const dnnl::engine& engine, const Operation& operation, const Task& task)
      : engine_(engine), stream_(engine), operation_(operation), task_(task) {
    // 1.0 in each type.
    const uint32_t one = task.dtype == DType::kF32 ? 0x3f800000 : 0x3f803f80;
    ones_.assign(kMaxBlock * SizeOf(task.dtype) / sizeof(one), one);
  }

  std::string call() const override {
    return absl::StrCat(operation_.call,
                        task_.direction == Direction::kForward ? "" : ", backward");
  }

  absl::Status Evaluate(const void* x, void* out, size_t count) override try {
    if (count != count_) Make(count);
    x_.set_data_handle(const_cast<void*>(x));  // NOLINT: its interface has no const
    out_.set_data_handle(out);
    primitive_.execute(stream_, arguments_);
    stream_.wait();
    return absl::OkStatus();
  } catch (const dnnl::error& error) {
    return absl::UnavailableError(absl::StrCat("oneDNN: ", error.what()));
  }

  // Throws dnnl::error where oneDNN has no such primitive on this machine.
  void Make(size_t count) {
    const dnnl::memory::desc shape({static_cast<dnnl::memory::dim>(count)}, TypeOf(task_.dtype),
                                   dnnl::memory::format_tag::a);
    x_ = dnnl::memory(shape, engine_, nullptr);
    out_ = dnnl::memory(shape, engine_, nullptr);
    dy_ = dnnl::memory(shape, engine_, ones_.data());
    const dnnl::eltwise_forward::desc forward(dnnl::prop_kind::forward_training,
                                              operation_.algorithm, shape, operation_.alpha,
                                              operation_.beta);
    const dnnl::eltwise_forward::primitive_desc hint(forward, engine_);
    if (task_.direction == Direction::kForward) {
      primitive_ = dnnl::eltwise_forward(hint);
      arguments_ = {{DNNL_ARG_SRC, x_}, {DNNL_ARG_DST, out_}};
    } else {
      const dnnl::eltwise_backward::desc backward(operation_.algorithm, shape, shape,
                                                  operation_.alpha, operation_.beta);
      primitive_ = dnnl::eltwise_backward({backward, engine_, hint});
      arguments_ = {{DNNL_ARG_SRC, x_}, {DNNL_ARG_DIFF_DST, dy_}, {DNNL_ARG_DIFF_SRC, out_}};
    }
    count_ = count;
  }

 private:
  dnnl::engine engine_;
  dnnl::stream stream_;
  const Operation operation_;
  const Task task_;
  std::vector<uint32_t> ones_;
  size_t count_ = 0;
  dnnl::memory x_;
  dnnl::memory dy_;
  dnnl::memory out_;
  dnnl::primitive primitive_;
  std::unordered_map<int, dnnl::memory> arguments_;
};

class DnnlPeer : public Peer {
 public:
  DnnlPeer() : engine_(dnnl::engine::kind::cpu, 0) {
    const dnnl_version_t* version = dnnl_version();
    info_ = {"oneDNN", absl::StrCat(version->major, ".", version->minor, ".", version->patch),
             "default",
             "Debian's libdnnl-dev; no mode trades accuracy for speed in f32 elementwise "
             "primitives of this release"};
  }

  const PeerInfo& info() const override { return info_; }

  std::unique_ptr<PeerFunction> Find(const Task& task) override {
    for (const Operation& operation : kOperations) {
      if (task.subject->name != operation.subject) continue;
      auto function = std::make_unique<DnnlFunction>(engine_, operation, task);
      try {
        function->Make(1024);
      } catch (const dnnl::error&) {
        return nullptr;
      }
      return function;
    }
    return nullptr;
  }

 private:
  dnnl::engine engine_;
  PeerInfo info_;
};

}  // namespace

std::unique_ptr<Peer> MakeDnnlPeer() { return std::make_unique<DnnlPeer>(); }

}  // namespace activation::atlas
