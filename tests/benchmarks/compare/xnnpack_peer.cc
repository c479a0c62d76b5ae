// XNNPACK's elementwise operators; it has no backward ones.
#include <pthreadpool.h>
#include <xnnpack.h>

#include <limits>

#include "absl/strings/str_cat.h"
#include "tests/benchmarks/compare/peer.h"

namespace activation {
namespace {

struct Operator {
  const char* function;
  xnn_status (*create)(xnn_operator_t*);
  xnn_status (*setup)(xnn_operator_t, size_t, const float*, float*, pthreadpool_t);
};

constexpr float kAbove = std::numeric_limits<float>::infinity();

const Operator kOperators[] = {
    {"relu",
     [](xnn_operator_t* self) { return xnn_create_clamp_nc_f32(1, 1, 1, 0, kAbove, 0, self); },
     xnn_setup_clamp_nc_f32},
    {"relu6", [](xnn_operator_t* self) { return xnn_create_clamp_nc_f32(1, 1, 1, 0, 6, 0, self); },
     xnn_setup_clamp_nc_f32},
    {"clip", [](xnn_operator_t* self) { return xnn_create_clamp_nc_f32(1, 1, 1, -1, 1, 0, self); },
     xnn_setup_clamp_nc_f32},
    {"leaky_relu",
     [](xnn_operator_t* self) { return xnn_create_leaky_relu_nc_f32(1, 1, 1, 0.01F, 0, self); },
     xnn_setup_leaky_relu_nc_f32},
    {"elu", [](xnn_operator_t* self) { return xnn_create_elu_nc_f32(1, 1, 1, 1, 0, self); },
     xnn_setup_elu_nc_f32},
    {"hard_swish",
     [](xnn_operator_t* self) { return xnn_create_hardswish_nc_f32(1, 1, 1, 0, self); },
     xnn_setup_hardswish_nc_f32},
    {"sigmoid", [](xnn_operator_t* self) { return xnn_create_sigmoid_nc_f32(1, 1, 1, 0, self); },
     xnn_setup_sigmoid_nc_f32},
    {"abs", [](xnn_operator_t* self) { return xnn_create_abs_nc_f32(1, 1, 1, 0, self); },
     xnn_setup_abs_nc_f32},
    {"square", [](xnn_operator_t* self) { return xnn_create_square_nc_f32(1, 1, 1, 0, self); },
     xnn_setup_square_nc_f32},
};

class XnnpackPeer : public Peer {
 public:
  // No pool: XNNPACK then works in the calling thread.
  explicit XnnpackPeer(int threads)
      : pool_(threads > 1 ? pthreadpool_create(static_cast<size_t>(threads)) : nullptr,
              pthreadpool_destroy) {}

  std::string name() const override { return absl::StrCat("XNNPACK ", ACTIVATION_COMPARE_XNNPACK); }

  Work Prepare(absl::string_view function, Direction direction, Tensors& tensors) override {
    if (direction != Direction::kForward) return nullptr;
    for (const Operator& candidate : kOperators) {
      if (function == candidate.function) return Ready(candidate, tensors);
    }
    return nullptr;
  }

 private:
  Work Ready(const Operator& of, Tensors& tensors) {
    xnn_operator_t made = nullptr;
    if (of.create(&made) != xnn_status_success) return nullptr;
    const std::shared_ptr<xnn_operator> self(made, xnn_delete_operator);
    const auto* x = reinterpret_cast<const float*>(tensors.x());
    auto* out = reinterpret_cast<float*>(tensors.out());
    if (of.setup(made, tensors.count(), x, out, pool_.get()) != xnn_status_success) return nullptr;
    return [self, pool = pool_.get()] { xnn_run_operator(self.get(), pool); };
  }

  const std::unique_ptr<pthreadpool, void (*)(pthreadpool_t)> pool_;
};

}  // namespace

std::unique_ptr<Peer> MakeXnnpackPeer(int threads) {
  if (xnn_initialize(nullptr) != xnn_status_success) return nullptr;
  return std::make_unique<XnnpackPeer>(threads);
}

}  // namespace activation
