// SLEEF's elementary functions of 1 ULP (u10), and of tanh that of 3.5 ULP (u35), which
// is the only one it has among ours.
#include "absl/strings/str_cat.h"
#include "tests/benchmarks/compare/loop_peer.h"
#include "tests/peers/sleef_loops.h"

namespace activation {
namespace {

#define ACTIVATION_SLEEF_TABLE(isa)                                                         \
  {                                                                                         \
    {"tanh", isa::Tanh}, {"exp", isa::Exp}, {"expm1", isa::Expm1}, {"log1p", isa::Log1p}, { \
      "erf", isa::Erf                                                                       \
    }                                                                                       \
  }

std::vector<Loop> Loops() {
  if (__builtin_cpu_supports("avx512f")) return ACTIVATION_SLEEF_TABLE(sleef_avx512);
  return ACTIVATION_SLEEF_TABLE(sleef_avx2);
}

#undef ACTIVATION_SLEEF_TABLE

std::vector<Loop> LooseLoops() {
  if (__builtin_cpu_supports("avx512f")) return {{"tanh", sleef_avx512::TanhLoosely}};
  return {{"tanh", sleef_avx2::TanhLoosely}};
}

}  // namespace

std::unique_ptr<Peer> MakeSleefPeer(int threads, bool loosely) {
  if (!__builtin_cpu_supports("avx2")) return nullptr;
  const std::string name = absl::StrCat("SLEEF ", ACTIVATION_PEER_SLEEF);
  return loosely ? std::make_unique<LoopPeer>(name + " u35", LooseLoops(), threads)
                 : std::make_unique<LoopPeer>(name + " u10", Loops(), threads);
}

}  // namespace activation
