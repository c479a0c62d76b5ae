// The peers that this build found. Each maker stands in a file of its own.
#ifndef ACTIVATION_TESTS_ACCURACY_ATLAS_PEERS_H_
#define ACTIVATION_TESTS_ACCURACY_ATLAS_PEERS_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/accuracy/atlas/peer.h"

namespace activation::atlas {

// oneDNN's threads read OMP_NUM_THREADS when the program is loaded.
std::unique_ptr<Peer> MakeDnnlPeer();
std::unique_ptr<Peer> MakeXnnpackPeer();
std::unique_ptr<Peer> MakeSleefPeer(const std::string& mode);
std::unique_ptr<Peer> MakeEigenPeer();
std::unique_ptr<Peer> MakeAccurateEigenPeer();

// Our own kernels of another instruction set than the reference takes; nullptr
// where this machine has only one. Nothing is to be found wrong with it.
std::unique_ptr<Peer> MakeOwnPeer();

// Every peer of other people that is linked into this program and runs on this
// machine.
std::vector<std::unique_ptr<Peer>> LinkedPeers();

}  // namespace activation::atlas

#endif  // ACTIVATION_TESTS_ACCURACY_ATLAS_PEERS_H_
