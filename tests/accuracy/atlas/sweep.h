// One task over all inputs, for all peers that have it: the reference is computed
// once a block and every peer is measured by it.
#ifndef ACTIVATION_TESTS_ACCURACY_ATLAS_SWEEP_H_
#define ACTIVATION_TESTS_ACCURACY_ATLAS_SWEEP_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tests/accuracy/atlas/inputs.h"
#include "tests/accuracy/atlas/peer.h"
#include "tests/accuracy/atlas/tally.h"

namespace activation::atlas {

struct Contender {
  std::unique_ptr<PeerFunction> function;
  // What the sweep finds.
  Findings findings;
  // Not OK where the peer failed on the way; its findings then mean nothing.
  absl::Status status;
};

void Sweep(const Task& task, const Inputs& inputs, absl::Span<Contender> contenders);

}  // namespace activation::atlas

#endif  // ACTIVATION_TESTS_ACCURACY_ATLAS_SWEEP_H_
