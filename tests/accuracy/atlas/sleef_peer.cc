// SLEEF's elementary functions on vectors of four floats. The library picks the
// instruction set: with FMA where the machine has it.
#include <emmintrin.h>
#include <sleef.h>

#include "absl/strings/str_cat.h"
#include "tests/accuracy/atlas/loop_peer.h"
#include "tests/accuracy/atlas/peers.h"

namespace activation::atlas {
namespace {

template <auto kFunction>
void Run(const float* x, float* out, size_t count) {
  for (size_t i = 0; i < count; i += 4) _mm_storeu_ps(out + i, kFunction(_mm_loadu_ps(x + i)));
}

std::vector<Loop> LoopsOf(const std::string& mode) {
  if (mode == "u35") return {{"tanh", "Sleef_tanhf4_u35", Run<Sleef_tanhf4_u35>}};
  return {{"tanh", "Sleef_tanhf4_u10", Run<Sleef_tanhf4_u10>},
          {"exp", "Sleef_expf4_u10", Run<Sleef_expf4_u10>},
          {"expm1", "Sleef_expm1f4_u10", Run<Sleef_expm1f4_u10>},
          {"log1p", "Sleef_log1pf4_u10", Run<Sleef_log1pf4_u10>},
          {"erf", "Sleef_erff4_u10", Run<Sleef_erff4_u10>}};
}

}  // namespace

std::unique_ptr<Peer> MakeSleefPeer(const std::string& mode) {
  const std::string options = absl::StrCat(
      "Debian's libsleef-dev; vectors of four floats, the library chooses the "
      "instruction set; promised: ",
      mode == "u35" ? "3.5 ULP" : "1.0 ULP");
  return std::make_unique<LoopPeer>(PeerInfo{"SLEEF", ACTIVATION_PEER_SLEEF, mode, options},
                                    LoopsOf(mode));
}

}  // namespace activation::atlas
