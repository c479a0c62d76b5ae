// XNNPACK's elementwise operators.
#include "absl/strings/str_cat.h"
#include "tests/accuracy/atlas/peers.h"
#include "tests/peers/xnnpack_operators.h"

namespace activation::atlas {
namespace {

class XnnpackFunction : public PeerFunction {
 public:
  // Takes the operator.
  XnnpackFunction(const XnnpackOperator& of, xnn_operator_t self) : operator_(of), self_(self) {}
  ~XnnpackFunction() override { xnn_delete_operator(self_); }

  std::string call() const override { return operator_.call; }

  absl::Status Evaluate(const void* x, void* out, size_t count) override {
    xnn_status status = operator_.setup(self_, count, x, out, nullptr);
    if (status == xnn_status_success) status = xnn_run_operator(self_, nullptr);
    if (status == xnn_status_success) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat("XNNPACK: status ", status));
  }

 private:
  const XnnpackOperator& operator_;
  xnn_operator_t self_;
};

class XnnpackPeer : public Peer {
 public:
  const PeerInfo& info() const override { return info_; }

  std::unique_ptr<PeerFunction> Find(const Task& task) override {
    if (task.direction != Direction::kForward) return nullptr;
    const XnnpackOperator* found = FindXnnpackOperator(task.subject->name, task.dtype);
    xnn_operator_t self = nullptr;
    if (found == nullptr || found->create(&self) != xnn_status_success) return nullptr;
    return std::make_unique<XnnpackFunction>(*found, self);
  }

 private:
  const PeerInfo info_ = {"XNNPACK", ACTIVATION_PEER_XNNPACK, "default",
                          "Debian's libxnnpack-dev; the library chooses the microkernel for the "
                          "machine, there is no mode to choose"};
};

}  // namespace

std::unique_ptr<Peer> MakeXnnpackPeer() {
  if (xnn_initialize(nullptr) != xnn_status_success) return nullptr;
  return std::make_unique<XnnpackPeer>();
}

}  // namespace activation::atlas
