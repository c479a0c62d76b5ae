// The atlas' results as a file of JSON lines, one for a peer and a task. What is in
// it is not measured again. Thread-compatible.
#ifndef ACTIVATION_TESTS_ACCURACY_ATLAS_RECORDS_H_
#define ACTIVATION_TESTS_ACCURACY_ATLAS_RECORDS_H_

#include <cstdint>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "tests/accuracy/atlas/inputs.h"
#include "tests/accuracy/atlas/peer.h"
#include "tests/accuracy/atlas/sweep.h"
#include "tests/accuracy/atlas/tally.h"

namespace activation::atlas {

class Records {
 public:
  // Reads what is there. Without a file, records go to standard output.
  absl::Status Open(const std::string& path);

  bool Has(const PeerInfo& peer, const Task& task, const Inputs& inputs) const;
  absl::Status Append(const PeerInfo& peer, const Task& task, const Inputs& inputs,
                      const Contender& contender);

 private:
  std::string path_;
  std::set<std::string> done_;
};

}  // namespace activation::atlas

#endif  // ACTIVATION_TESTS_ACCURACY_ATLAS_RECORDS_H_
