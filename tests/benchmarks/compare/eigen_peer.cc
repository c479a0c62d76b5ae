// Eigen's array expressions.
#include "absl/strings/str_cat.h"
#include "tests/benchmarks/compare/loop_peer.h"
#include "tests/peers/eigen_loops.h"

namespace activation {
namespace {

#define ACTIVATION_EIGEN_TABLE(isa)                                                              \
  {                                                                                              \
    {"abs", isa::Abs}, {"square", isa::Square}, {"relu", isa::Relu}, {"clip", isa::Clip},        \
        {"sigmoid", isa::Logistic}, {"silu", isa::Silu}, {"tanh", isa::Tanh}, {"exp", isa::Exp}, \
        {"expm1", isa::Expm1}, {"log1p", isa::Log1p}, {                                          \
      "erf", isa::Erf                                                                            \
    }                                                                                            \
  }

std::vector<Loop> Loops() {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) {
    return ACTIVATION_EIGEN_TABLE(eigen_avx512);
  }
  return ACTIVATION_EIGEN_TABLE(eigen_avx2);
}

#undef ACTIVATION_EIGEN_TABLE

}  // namespace

std::unique_ptr<Peer> MakeEigenPeer(int threads) {
  if (!__builtin_cpu_supports("avx2")) return nullptr;
  return std::make_unique<LoopPeer>(absl::StrCat("Eigen ", ACTIVATION_PEER_EIGEN), Loops(),
                                    threads);
}

}  // namespace activation
