// XNNPACK's elementwise operators; it has no backward ones.
#include "absl/strings/str_cat.h"
#include "tests/benchmarks/compare/peer.h"
#include "tests/peers/xnnpack_operators.h"

namespace activation {
namespace {

class XnnpackPeer : public Peer {
 public:
  // No pool: XNNPACK then works in the calling thread.
  explicit XnnpackPeer(int threads)
      : pool_(threads > 1 ? pthreadpool_create(static_cast<size_t>(threads)) : nullptr,
              pthreadpool_destroy) {}

  // "XNNPACK 20220216": of Debian's version the day of the commit.
  std::string name() const override {
    constexpr absl::string_view kVersion = ACTIVATION_PEER_XNNPACK;
    constexpr absl::string_view kMark = "git";
    const size_t mark = kVersion.find(kMark);
    return absl::StrCat("XNNPACK ", mark == absl::string_view::npos
                                        ? kVersion
                                        : kVersion.substr(mark + kMark.size(), 8));
  }

  Work Prepare(absl::string_view function, Direction direction, Tensors& tensors) override {
    if (direction != Direction::kForward) return nullptr;
    const XnnpackOperator* found = FindXnnpackOperator(function, DType::kF32);
    return found == nullptr ? nullptr : Ready(*found, tensors);
  }

 private:
  Work Ready(const XnnpackOperator& of, Tensors& tensors) {
    xnn_operator_t made = nullptr;
    if (of.create(&made) != xnn_status_success) return nullptr;
    const std::shared_ptr<xnn_operator> self(made, xnn_delete_operator);
    const xnn_status status =
        of.setup(made, tensors.count(), tensors.x(), tensors.out(), pool_.get());
    if (status != xnn_status_success) return nullptr;
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
