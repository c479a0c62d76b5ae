#include "tests/accuracy/atlas/peers.h"

#include <utility>

namespace activation::atlas {

std::vector<std::unique_ptr<Peer>> LinkedPeers() {
  std::vector<std::unique_ptr<Peer>> peers;
  [[maybe_unused]] const auto add = [&peers](std::unique_ptr<Peer> peer) {
    if (peer != nullptr) peers.push_back(std::move(peer));
  };
#ifdef ACTIVATION_PEER_DNNL
  add(MakeDnnlPeer());
#endif
#ifdef ACTIVATION_PEER_XNNPACK
  add(MakeXnnpackPeer());
#endif
#ifdef ACTIVATION_PEER_SLEEF
  add(MakeSleefPeer("u10"));
  add(MakeSleefPeer("u35"));
#endif
#ifdef ACTIVATION_PEER_EIGEN
  add(MakeEigenPeer());
  add(MakeAccurateEigenPeer());
#endif
  return peers;
}

}  // namespace activation::atlas
