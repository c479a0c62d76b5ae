// activation-compare: f32 kernels beside oneDNN's in one process, on one thread,
// in turns, so that what else the machine does meets all alike. Prints a table
// in Markdown: nanoseconds an element and shares of oneDNN's time.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <dnnl.hpp>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "src/backends/cpu/evaluate.h"
#include "src/functions/catalogue.h"

namespace activation {
namespace {

// In the second-level cache, as activations between two layers are.
constexpr size_t kElements = size_t{16} << 10;
constexpr int kRounds = 60;
constexpr int kRunsARound = 10;

struct Peer {
  const char* function;
  dnnl::algorithm algorithm;
  float alpha;
  float beta;
};

// What both have, with the same meaning.
const Peer kPeers[] = {
    {"relu", dnnl::algorithm::eltwise_relu, 0, 0},
    {"relu6", dnnl::algorithm::eltwise_bounded_relu, 6, 0},
    {"leaky_relu", dnnl::algorithm::eltwise_relu, 0.01F, 0},
    {"clip", dnnl::algorithm::eltwise_clip, -1, 1},
    {"abs", dnnl::algorithm::eltwise_abs, 0, 0},
    {"square", dnnl::algorithm::eltwise_square, 0, 0},
    {"hard_swish", dnnl::algorithm::eltwise_hardswish, 0, 0},
    {"sigmoid", dnnl::algorithm::eltwise_logistic, 0, 0},
    {"tanh", dnnl::algorithm::eltwise_tanh, 0, 0},
    {"exp", dnnl::algorithm::eltwise_exp, 0, 0},
    {"elu", dnnl::algorithm::eltwise_elu, 1, 0},
    {"silu", dnnl::algorithm::eltwise_swish, 1, 0},
    {"gelu", dnnl::algorithm::eltwise_gelu_erf, 0, 0},
    {"gelu_tanh", dnnl::algorithm::eltwise_gelu_tanh, 0, 0},
    {"softplus", dnnl::algorithm::eltwise_soft_relu, 0, 0},
    {"log_sigmoid", dnnl::algorithm::eltwise_logsigmoid, 0, 0},
    {"mish", dnnl::algorithm::eltwise_mish, 0, 0},
};

// One function and direction in oneDNN, ready to run.
class PeerKernel {
 public:
  PeerKernel(const Peer& peer, Direction direction, float* x, float* dy, float* out)
      : engine_(dnnl::engine::kind::cpu, 0),
        stream_(engine_),
        shape_({static_cast<dnnl::memory::dim>(kElements)}, dnnl::memory::data_type::f32,
               dnnl::memory::format_tag::a),
        x_(shape_, engine_, x),
        dy_(shape_, engine_, dy),
        out_(shape_, engine_, out) {
    const dnnl::eltwise_forward::desc forward(dnnl::prop_kind::forward_training, peer.algorithm,
                                              shape_, peer.alpha, peer.beta);
    const dnnl::eltwise_forward::primitive_desc hint(forward, engine_);
    if (direction == Direction::kForward) {
      primitive_ = dnnl::eltwise_forward(hint);
      arguments_ = {{DNNL_ARG_SRC, x_}, {DNNL_ARG_DST, out_}};
    } else {
      const dnnl::eltwise_backward::desc backward(peer.algorithm, shape_, shape_, peer.alpha,
                                                  peer.beta);
      primitive_ = dnnl::eltwise_backward({backward, engine_, hint});
      arguments_ = {{DNNL_ARG_SRC, x_}, {DNNL_ARG_DIFF_DST, dy_}, {DNNL_ARG_DIFF_SRC, out_}};
    }
  }

  void Run() { primitive_.execute(stream_, arguments_); }

 private:
  dnnl::engine engine_;
  dnnl::stream stream_;
  dnnl::memory::desc shape_;
  dnnl::memory x_;
  dnnl::memory dy_;
  dnnl::memory out_;
  dnnl::primitive primitive_;
  std::unordered_map<int, dnnl::memory> arguments_;
};

// The least time of each contender over rounds in which they take turns, in
// nanoseconds an element.
std::vector<double> Race(const std::vector<std::function<void()>>& contenders) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> least(contenders.size(), std::numeric_limits<double>::infinity());
  for (int round = 0; round < kRounds; ++round) {
    for (size_t i = 0; i < contenders.size(); ++i) {
      contenders[i]();
      const Clock::time_point begin = Clock::now();
      for (int run = 0; run < kRunsARound; ++run) contenders[i]();
      const std::chrono::duration<double, std::nano> took = Clock::now() - begin;
      least[i] = std::min(least[i], took.count() / kRunsARound / kElements);
    }
  }
  return least;
}

// Products of shares, for their geometric means.
struct Mean {
  double logs = 0;
  double worst = 0;
  int count = 0;

  void Add(double share) {
    logs += std::log(share);
    worst = std::max(worst, share);
    ++count;
  }
  double Geometric() const { return std::exp(logs / count); }
};

void Compare() {
  std::vector<float> x(kElements);
  std::vector<float> dy(kElements);
  std::vector<float> out(kElements);
  for (size_t i = 0; i < kElements; ++i) {
    x[i] = static_cast<float>((i * 7919) % kElements) * 16 / kElements - 8;
    dy[i] = static_cast<float>(i % 17) / 8 - 1;
  }
  Mean exact;
  Mean fast;
  std::printf("| function | direction | oneDNN ns | FAST ns | share | EXACT ns | share |\n");
  std::printf("|---|---|---|---|---|---|---|\n");
  for (const Peer& peer : kPeers) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      Evaluation evaluation;
      evaluation.function = *FindFunction(peer.function);
      evaluation.params = *ResolveParams(evaluation.function, {});
      evaluation.direction = direction;
      evaluation.dtype = DType::kF32;
      evaluation.count = kElements;
      evaluation.x = x.data();
      evaluation.dy = direction == Direction::kGradient ? dy.data() : nullptr;
      evaluation.out = out.data();
      Evaluation quick = evaluation;
      quick.tier = Tier::kFast;
      PeerKernel kernel(peer, direction, x.data(), dy.data(), out.data());
      const std::vector<double> ns =
          Race({[&] { kernel.Run(); }, [&] { EvaluateStretch(BestKernels(), quick, 0, kElements); },
                [&] { EvaluateStretch(BestKernels(), evaluation, 0, kElements); }});
      fast.Add(ns[1] / ns[0]);
      exact.Add(ns[2] / ns[0]);
      std::printf("| %s | %s | %.3f | %.3f | %.2f | %.3f | %.2f |\n", peer.function,
                  std::string(Name(direction)).c_str(), ns[0], ns[1], ns[1] / ns[0], ns[2],
                  ns[2] / ns[0]);
      std::fflush(stdout);
    }
  }
  const dnnl_version_t* version = dnnl_version();
  std::printf(
      "\nGeometric mean of the shares of the time of oneDNN %d.%d.%d: FAST %.2f (worst %.2f), "
      "EXACT %.2f (worst %.2f).\n",
      version->major, version->minor, version->patch, fast.Geometric(), fast.worst,
      exact.Geometric(), exact.worst);
}

}  // namespace
}  // namespace activation

int main(int, char** argv) {
  // oneDNN's threads read this when the program is loaded, so it is loaded again.
  if (std::getenv("OMP_NUM_THREADS") == nullptr) {
    setenv("OMP_NUM_THREADS", "1", 1);
    execv("/proc/self/exe", argv);
  }
  activation::Compare();
  return 0;
}
