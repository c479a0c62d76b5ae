// XNNPACK's elementwise operators. It chooses the microkernel for the machine.
#include <xnnpack.h>

#include <limits>

#include "absl/strings/str_cat.h"
#include "tests/accuracy/atlas/peers.h"

namespace activation::atlas {
namespace {

using Setup = xnn_status (*)(xnn_operator_t, size_t, const void*, void*);

// The setup functions differ in the type of their pointers only.
template <auto kFunction, class T>
xnn_status SetUp(xnn_operator_t self, size_t count, const void* x, void* out) {
  return kFunction(self, count, static_cast<const T*>(x), static_cast<T*>(out), nullptr);
}

struct Operator {
  const char* subject;
  DType dtype;
  const char* call;
  xnn_status (*create)(xnn_operator_t*);
  Setup setup;
};

constexpr float kAbove = std::numeric_limits<float>::infinity();

const Operator kOperators[] = {
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

class XnnpackFunction : public PeerFunction {
 public:
  // Takes the operator.
  XnnpackFunction(const Operator& of, xnn_operator_t self) : operator_(of), self_(self) {}
  ~XnnpackFunction() override { xnn_delete_operator(self_); }

  std::string call() const override { return operator_.call; }

  absl::Status Evaluate(const void* x, void* out, size_t count) override {
    xnn_status status = operator_.setup(self_, count, x, out);
    if (status == xnn_status_success) status = xnn_run_operator(self_, nullptr);
    if (status == xnn_status_success) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat("XNNPACK: status ", status));
  }

 private:
  const Operator& operator_;
  xnn_operator_t self_;
};

class XnnpackPeer : public Peer {
 public:
  const PeerInfo& info() const override { return info_; }

  std::unique_ptr<PeerFunction> Find(const Task& task) override {
    if (task.direction != Direction::kForward) return nullptr;
    for (const Operator& candidate : kOperators) {
      if (task.subject->name != candidate.subject || task.dtype != candidate.dtype) continue;
      xnn_operator_t self = nullptr;
      // Refused where the machine has no arithmetic for the type.
      if (candidate.create(&self) != xnn_status_success) return nullptr;
      return std::make_unique<XnnpackFunction>(candidate, self);
    }
    return nullptr;
  }

 private:
  const PeerInfo info_ = {"XNNPACK", ACTIVATION_ATLAS_XNNPACK, "default",
                          "Debian's libxnnpack-dev; the library chooses the microkernel for the "
                          "machine, there is no mode to choose"};
};

}  // namespace

std::unique_ptr<Peer> MakeXnnpackPeer() {
  if (xnn_initialize(nullptr) != xnn_status_success) return nullptr;
  return std::make_unique<XnnpackPeer>();
}

}  // namespace activation::atlas
