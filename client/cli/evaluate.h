// One tensor through the service, in as many calls as the server's limits ask
// for. Elementwise functions need no whole tensor, so a large one is cut; for others
// it goes in one call.
#ifndef ACTIVATION_CLIENT_CLI_EVALUATE_H_
#define ACTIVATION_CLIENT_CLI_EVALUATE_H_

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "activation/client.h"
#include "client/cli/tensor.h"

namespace activation::cli {

// What is to be computed.
struct ResultWanted {
  client::Activation activation;
  bool gradient = false;
  const Tensor* x = nullptr;
  const Tensor* dy = nullptr;      // nullptr: all ones
  const Tensor* weight = nullptr;  // of per-channel functions
  // Where the sums over the tensor go; nullptr: not asked for. The sums of the
  // pieces of a cut tensor are added in their order.
  std::map<std::string, double>* parameter_gradients = nullptr;
  std::vector<double>* weight_gradient = nullptr;
  // Told how many of x's elements are done after each of several calls; may be empty.
  std::function<void(size_t done, size_t all)> on_progress{};
};

// The shape of y. A function that is not known here is taken for an elementwise one,
// and what it cannot take for its own shape: the server says what is wrong.
std::vector<int64_t> ResultShape(const client::Activation& activation,
                                 const std::vector<int64_t>& x);

// Elements of one call, at least 1: what the server's message and admission
// limits hold of elements of `element_bytes` in `tensors` tensors a message.
size_t ElementsPerCall(const client::ServerInfo& info, size_t element_bytes, size_t tensors);

// Computes into `out`, which gets dtype and shape of y, or of x for a gradient. Several calls are
// in flight at once where there are several.
absl::Status Evaluate(const client::Client& client, const ResultWanted& wanted, Tensor& out);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_EVALUATE_H_
