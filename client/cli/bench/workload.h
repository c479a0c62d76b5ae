// What a load test sends, and the exact reply to each call, computed here by
// the engine's own functions. Immutable once made, so thread-safe.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_WORKLOAD_H_
#define ACTIVATION_CLIENT_CLI_BENCH_WORKLOAD_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "activation/client.h"
#include "activation/stream.h"
#include "client/cli/tensor.h"
#include "src/backends/backend.h"

namespace activation::cli {

struct WorkloadOptions {
  client::Activation activation;
  bool gradient = false;
  DType dtype = DType::kF32;
  int64_t elements = 1024;  // of each item
  int64_t items = 1;        // of each call
};

class Workload {
 public:
  // NOT_FOUND or INVALID_ARGUMENT where the engine refuses function or parameters.
  static absl::StatusOr<Workload> Make(const WorkloadOptions& options);

  const WorkloadOptions& options() const { return options_; }

  // Bytes of the tensors of one reply, and of one request.
  size_t reply_bytes() const { return ItemsTimes(out_bytes()); }
  size_t request_bytes() const {
    return ItemsTimes(x_bytes_ + (options_.gradient ? y_bytes_ : 0) + weight_.size());
  }

  // Makes `reply` differ from the expected one in every item, so that a reply
  // that was never written is not taken for right, and sends call `number`.
  // Calls differ in their numbers as far as memory allows.
  void Send(const client::Client& client, uint64_t number, char* reply,
            std::function<void(absl::Status)> done) const;

  // The same over a stream, where a call is one item: `items` is 1.
  void Send(client::Stream& stream, uint64_t number, char* reply,
            std::function<void(absl::Status)> done) const;

  // Whether `reply` is bit for bit the reply to call `number`.
  bool Check(uint64_t number, const char* reply) const;

 private:
  Workload(const WorkloadOptions& options, const Evaluation& evaluation);
  absl::Status ComputeExpected(const Evaluation& evaluation);

  size_t out_bytes() const { return options_.gradient ? x_bytes_ : y_bytes_; }
  size_t ItemsTimes(size_t bytes) const { return static_cast<size_t>(options_.items) * bytes; }
  // The first item of call `number` among those of all variants.
  size_t FirstItem(uint64_t number) const { return ItemsTimes(number % variants_); }
  client::ConstTensor Input(size_t item) const;
  client::ForwardItem Forward(size_t item, char* out) const;
  client::GradientItem Gradient(size_t item, char* out) const;

  WorkloadOptions options_;
  // Of one item.
  size_t x_bytes_ = 0;
  size_t y_bytes_ = 0;
  size_t variants_ = 1;
  // All variants one behind the other, and the one weight for all channels where the
  // function has weights.
  std::string x_;
  std::string dy_;
  std::string expected_;
  std::string weight_;
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_WORKLOAD_H_
