// A peer that is a table of plain loops over floats, forward only.
#ifndef ACTIVATION_TESTS_ACCURACY_ATLAS_LOOP_PEER_H_
#define ACTIVATION_TESTS_ACCURACY_ATLAS_LOOP_PEER_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/accuracy/atlas/peer.h"

namespace activation::atlas {

struct Loop {
  const char* subject;  // a case's name
  const char* call;     // for people
  void (*run)(const float* x, float* out, size_t count);
};

class LoopPeer : public Peer {
 public:
  LoopPeer(PeerInfo info, std::vector<Loop> loops)
      : info_(std::move(info)), loops_(std::move(loops)) {}

  const PeerInfo& info() const override { return info_; }

  std::unique_ptr<PeerFunction> Find(const Task& task) override {
    if (task.direction != Direction::kForward || task.dtype != DType::kF32) return nullptr;
    for (const Loop& loop : loops_) {
      if (task.subject->name == loop.subject) return std::make_unique<Function>(loop);
    }
    return nullptr;
  }

 private:
  class Function : public PeerFunction {
   public:
    explicit Function(const Loop& loop) : loop_(loop) {}
    std::string call() const override { return loop_.call; }
    absl::Status Evaluate(const void* x, void* out, size_t count) override {
      loop_.run(static_cast<const float*>(x), static_cast<float*>(out), count);
      return absl::OkStatus();
    }

   private:
    const Loop loop_;
  };

  const PeerInfo info_;
  const std::vector<Loop> loops_;
};

}  // namespace activation::atlas

#endif  // ACTIVATION_TESTS_ACCURACY_ATLAS_LOOP_PEER_H_
