// A peer that is a table of loops over floats, which has no threads of its own: several
// take a share of the tensors each.
#ifndef ACTIVATION_TESTS_BENCHMARKS_COMPARE_LOOP_PEER_H_
#define ACTIVATION_TESTS_BENCHMARKS_COMPARE_LOOP_PEER_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "src/backends/cpu/worker_pool.h"
#include "tests/benchmarks/compare/peer.h"

namespace activation {

struct Loop {
  const char* function;
  // `count` is a multiple of 64. Forward only.
  void (*run)(const float* x, float* out, size_t count);
};

class LoopPeer : public Peer {
 public:
  LoopPeer(std::string name, std::vector<Loop> loops, int threads)
      : name_(std::move(name)), loops_(std::move(loops)), threads_(threads), pool_(threads) {}

  std::string name() const override { return name_; }
  Work Prepare(absl::string_view function, Direction direction, Tensors& tensors) override;

 private:
  const std::string name_;
  const std::vector<Loop> loops_;
  const int threads_;
  WorkerPool pool_;
};

}  // namespace activation

#endif  // ACTIVATION_TESTS_BENCHMARKS_COMPARE_LOOP_PEER_H_
