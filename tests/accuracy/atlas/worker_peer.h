// A peer that lives in a process of its own: a Python script of workers/, which
// answers requests on a pipe and reads and writes tensors in memory that both
// share. workers/worker.py is the other side.
#ifndef ACTIVATION_TESTS_ACCURACY_ATLAS_WORKER_PEER_H_
#define ACTIVATION_TESTS_ACCURACY_ATLAS_WORKER_PEER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/accuracy/atlas/peer.h"

namespace activation::atlas {

// Starts `command`, which must say hello: one line of JSON with library, version,
// mode, options and functions. UNAVAILABLE where it ends instead, as a script does
// whose library is not installed. The peer ends its process.
absl::StatusOr<std::unique_ptr<Peer>> StartWorker(const std::vector<std::string>& command);

}  // namespace activation::atlas

#endif  // ACTIVATION_TESTS_ACCURACY_ATLAS_WORKER_PEER_H_
