// A library to be timed beside ours. Adding one is a file with a Peer and a line in
// peers.cc; PyTorch, which brings copies of some of these libraries, is timed by
// pytorch.py.
#ifndef ACTIVATION_TESTS_BENCHMARKS_COMPARE_PEER_H_
#define ACTIVATION_TESTS_BENCHMARKS_COMPARE_PEER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/benchmarks/tensors.h"
#include "tests/benchmarks/work.h"

namespace activation {

class Peer {
 public:
  virtual ~Peer() = default;

  // "oneDNN 2.6.3", with the mode where there are several.
  virtual std::string name() const = 0;

  // A function of the catalogue with its default parameters on f32 tensors, nullptr where
  // the library has none that means the same. Peer and tensors must outlive the work.
  virtual Work Prepare(absl::string_view function, Direction direction, Tensors& tensors) = 0;
};

// The peers that were found when this was built and run on this machine.
std::vector<std::unique_ptr<Peer>> LinkedPeers(int threads);

// Makers, each in a file of its own. oneDNN has the number of threads from
// OMP_NUM_THREADS, which it reads when the program is loaded. nullptr where the machine
// lacks the instructions.
std::unique_ptr<Peer> MakeDnnlPeer();
std::unique_ptr<Peer> MakeXnnpackPeer(int threads);
std::unique_ptr<Peer> MakeSleefPeer(int threads, bool loosely);
std::unique_ptr<Peer> MakeEigenPeer(int threads);

}  // namespace activation

#endif  // ACTIVATION_TESTS_BENCHMARKS_COMPARE_PEER_H_
