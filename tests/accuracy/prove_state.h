// The finished parts of a long sweep, one JSON object a line, so that a run that
// was stopped goes on where it was. What another run left half written, or other
// options wrote, is passed over. Not thread-safe.
#ifndef ACTIVATION_TESTS_ACCURACY_PROVE_STATE_H_
#define ACTIVATION_TESTS_ACCURACY_PROVE_STATE_H_

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "tests/accuracy/sweep.h"

namespace activation::accuracy {

nlohmann::json ToJson(const Tally& tally);
nlohmann::json ToJson(const SweepResult& result);
// What ToJson wrote; nothing where it did not.
std::optional<SweepResult> ResultFromJson(const nlohmann::json& json);

class ProveState {
 public:
  // Reads what is there; the file need not exist. UNAVAILABLE where it cannot be
  // written.
  absl::Status Open(const std::string& path);

  // Inputs [first, first + count) of a sweep, where they are done.
  std::optional<SweepResult> Find(const SweepOptions& options, uint64_t first,
                                  uint64_t count) const;
  // Writes them down; does nothing where no file is open.
  absl::Status Append(const SweepOptions& options, uint64_t first, uint64_t count,
                      const SweepResult& result);

 private:
  std::string path_;
  std::map<std::string, SweepResult> done_;  // by the options as text
};

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_PROVE_STATE_H_
