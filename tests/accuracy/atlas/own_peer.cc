// Our own kernels as a peer.
#include "src/backends/cpu/evaluate.h"
#include "tests/accuracy/atlas/peers.h"

namespace activation::atlas {
namespace {

class OwnFunction : public PeerFunction {
 public:
  OwnFunction(const KernelSet& kernels, const Task& task) : kernels_(kernels) {
    evaluation_.function = task.subject->function;
    evaluation_.params = task.subject->params;
    evaluation_.direction = task.direction;
    evaluation_.dtype = task.dtype;
  }

  std::string call() const override { return "EXACT"; }

  absl::Status Evaluate(const void* x, void* out, size_t count) override {
    evaluation_.x = x;
    evaluation_.out = out;
    evaluation_.count = count;
    EvaluateStretch(kernels_, evaluation_, 0, count);
    return absl::OkStatus();
  }

 private:
  const KernelSet& kernels_;
  Evaluation evaluation_;
};

class OwnPeer : public Peer {
 public:
  explicit OwnPeer(const KernelSet& kernels)
      : kernels_(kernels), info_{"activation", "", kernels.target, "EXACT tier"} {}

  const PeerInfo& info() const override { return info_; }

  std::unique_ptr<PeerFunction> Find(const Task& task) override {
    return std::make_unique<OwnFunction>(kernels_, task);
  }

 private:
  const KernelSet& kernels_;
  const PeerInfo info_;
};

}  // namespace

std::unique_ptr<Peer> MakeOwnPeer() {
  if (AllKernels().size() < 2) return nullptr;
  return std::make_unique<OwnPeer>(AllKernels()[1]);
}

}  // namespace activation::atlas
