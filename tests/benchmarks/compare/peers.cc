#include <utility>

#include "tests/benchmarks/compare/peer.h"

namespace activation {

std::vector<std::unique_ptr<Peer>> LinkedPeers([[maybe_unused]] int threads) {
  std::vector<std::unique_ptr<Peer>> peers;
  [[maybe_unused]] const auto add = [&](std::unique_ptr<Peer> peer) {
    if (peer != nullptr) peers.push_back(std::move(peer));
  };
#ifdef ACTIVATION_PEER_DNNL
  add(MakeDnnlPeer());
#endif
#ifdef ACTIVATION_PEER_XNNPACK
  add(MakeXnnpackPeer(threads));
#endif
#ifdef ACTIVATION_PEER_SLEEF
  add(MakeSleefPeer(threads, false));
  add(MakeSleefPeer(threads, true));
#endif
#ifdef ACTIVATION_PEER_EIGEN
  add(MakeEigenPeer(threads));
#endif
  return peers;
}

}  // namespace activation
