// One kind of call in a load test: its tensors in several variants, and the exact
// results, computed here by the engine's own functions. Immutable once made, so
// thread-safe.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_WORKLOAD_CASE_H_
#define ACTIVATION_CLIENT_CLI_BENCH_WORKLOAD_CASE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "activation/types.h"
#include "client/cli/tensor.h"
#include "src/backends/backend.h"
#include "src/base/limits.h"

namespace activation::cli {

// Items of a call, as many as a server takes with its own options.
inline constexpr int64_t kMostItems = Limits{}.max_items;

struct CaseOptions {
  client::Activation activation{.function = "gelu", .parameters = {}};
  bool gradient = false;
  DType dtype = DType::kF32;
  std::vector<int64_t> shape = {1024};  // of each item
  int64_t items = 1;                    // of each call
  double weight = 1;                    // its share of all calls, beside those of other cases
  // x of every item, with its own dtype and shape; numbers about zero where absent.
  std::optional<Tensor> x{};
};

// The most bytes that a call's tensors have, to the server or back, and what that limit is called.
struct CallLimit {
  uint64_t bytes = uint64_t{1} << 30;
  std::string name = "the load test's limit";
};

class WorkloadCase {
 public:
  // NOT_FOUND or INVALID_ARGUMENT where the engine refuses function, parameters or shape, or
  // where a call is above the limit; then no tensor was made.
  static absl::StatusOr<WorkloadCase> Make(const CaseOptions& options, const CallLimit& limit = {});

  const CaseOptions& options() const { return options_; }
  // Calls that differ in their numbers; as many as memory allows, up to eight.
  size_t variants() const { return variants_; }
  size_t items() const { return static_cast<size_t>(options_.items); }
  int64_t elements() const { return elements_; }  // of each item
  const std::vector<int64_t>& result_shape() const { return result_shape_; }

  // Of item `item` of variant `variant`. dy is empty forward; the weight is one for all
  // channels, empty where the function has none; the result is y or dx.
  absl::string_view x(size_t variant, size_t item) const { return Of(x_, variant, item); }
  absl::string_view dy(size_t variant, size_t item) const { return Of(dy_, variant, item); }
  absl::string_view weight() const { return weight_; }
  absl::string_view expected(size_t variant, size_t item) const {
    return Of(expected_, variant, item);
  }

  // Bytes of the tensors of one call.
  size_t request_bytes() const;
  size_t reply_bytes() const { return items() * expected_.each; }

 private:
  // The tensors of all items of all variants, one behind the other.
  struct Tensors {
    size_t each = 0;
    std::string bytes{};
  };

  WorkloadCase(const CaseOptions& options, const Evaluation& evaluation);
  absl::Status ComputeExpected(const Evaluation& evaluation);

  absl::string_view Of(const Tensors& tensors, size_t variant, size_t item) const {
    return absl::string_view(tensors.bytes)
        .substr((variant * items() + item) * tensors.each, tensors.each);
  }

  CaseOptions options_;
  int64_t elements_ = 0;
  std::vector<int64_t> result_shape_;
  size_t variants_ = 1;
  Tensors x_;
  Tensors dy_;
  Tensors expected_;
  std::string weight_;
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_WORKLOAD_CASE_H_
