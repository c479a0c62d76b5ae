// What the reply to one call must be.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_EXPECTED_REPLY_H_
#define ACTIVATION_CLIENT_CLI_BENCH_EXPECTED_REPLY_H_

#include <algorithm>
#include <cstddef>

#include "absl/strings/string_view.h"
#include "client/cli/bench/protocol.h"
#include "client/cli/bench/workload_case.h"

namespace activation::cli {

struct ExpectedReply {
  const WorkloadCase& a_case;
  size_t variant = 0;
  const RegionPlaces* places = nullptr;  // nullptr: results are in the reply

  template <class Extents>
  bool HasShape(const Extents& shape) const {
    const auto& expected = a_case.result_shape();
    return std::equal(shape.begin(), shape.end(), expected.begin(), expected.end());
  }

  absl::string_view Result(size_t item) const { return a_case.expected(variant, item); }

  // Whether shared memory holds the result of an item.
  bool HoldsResult(size_t item) const {
    const absl::string_view result = Result(item);
    return absl::string_view(places->result_memory + item * result.size(), result.size()) == result;
  }
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_EXPECTED_REPLY_H_
