// Eigen's array functions, in two modes.
#include "tests/accuracy/atlas/loop_peer.h"
#include "tests/accuracy/atlas/peers.h"
#include "tests/peers/eigen_loops.h"

namespace activation::atlas {
namespace {

constexpr char kOptions[] = "Debian's libeigen3-dev, compiled with -O3 -mavx2 -mfma";

bool MachineRunsIt() {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
}

}  // namespace

std::unique_ptr<Peer> MakeEigenPeer() {
  if (!MachineRunsIt()) return nullptr;
  return std::make_unique<LoopPeer>(PeerInfo{"Eigen", ACTIVATION_PEER_EIGEN, "default", kOptions},
                                    std::vector<Loop>{
                                        {"abs", "x.abs()", eigen_avx2::Abs},
                                        {"square", "x.square()", eigen_avx2::Square},
                                        {"relu", "x.max(0)", eigen_avx2::Relu},
                                        {"sigmoid", "x.logistic()", eigen_avx2::Logistic},
                                        {"tanh", "x.tanh()", eigen_avx2::Tanh},
                                        {"exp", "x.exp()", eigen_avx2::Exp},
                                        {"expm1", "x.expm1()", eigen_avx2::Expm1},
                                        {"log1p", "x.log1p()", eigen_avx2::Log1p},
                                        {"erf", "x.erf() (unsupported module)", eigen_avx2::Erf},
                                    });
}

// Of our functions the option changes tanh; the others are the same code.
std::unique_ptr<Peer> MakeAccurateEigenPeer() {
  if (!MachineRunsIt()) return nullptr;
  return std::make_unique<LoopPeer>(
      PeerInfo{"Eigen", ACTIVATION_PEER_EIGEN, "EIGEN_FAST_MATH=0", kOptions},
      std::vector<Loop>{{"tanh", "x.tanh()", eigen_avx2_accurate::Tanh}});
}

}  // namespace activation::atlas
