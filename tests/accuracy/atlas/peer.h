// An implementation to be compared: a library in one mode. Adding one is a file
// with a Peer and a line in peers.cc; one in Python is a script in workers/.
#ifndef ACTIVATION_TESTS_ACCURACY_ATLAS_PEER_H_
#define ACTIVATION_TESTS_ACCURACY_ATLAS_PEER_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "tests/accuracy/atlas/task.h"

namespace activation::atlas {

// A function of a peer, ready to be called. Thread-compatible.
class PeerFunction {
 public:
  virtual ~PeerFunction() = default;

  // For people: how it is called.
  virtual std::string call() const = 0;

  // y = f(x), or f'(x) by way of the peer's own backward pass with dy = 1, for
  // `count` elements of the task's dtype, at most kMaxBlock. `out` is not `x`.
  virtual absl::Status Evaluate(const void* x, void* out, size_t count) = 0;
};

struct PeerInfo {
  std::string library;
  std::string version;
  std::string mode;     // "default", or what else was chosen
  std::string options;  // for people: all that the figures may depend on
};

class Peer {
 public:
  virtual ~Peer() = default;

  virtual const PeerInfo& info() const = 0;

  // nullptr where the peer does not have this function with these parameters. The
  // peer must outlive what it returns.
  virtual std::unique_ptr<PeerFunction> Find(const Task& task) = 0;
};

// The most elements of one call.
inline constexpr size_t kMaxBlock = size_t{1} << 18;

}  // namespace activation::atlas

#endif  // ACTIVATION_TESTS_ACCURACY_ATLAS_PEER_H_
