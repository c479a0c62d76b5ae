// Which functions of a server are elementwise, so that their tensors may be cut anywhere.
#ifndef ACTIVATION_CLIENT_SRC_ELEMENTWISE_H_
#define ACTIVATION_CLIENT_SRC_ELEMENTWISE_H_

#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "activation/v1/activation.grpc.pb.h"

namespace activation::client {

// Thread-safe.
class Elementwise {
 public:
  // An answer is waited for for `patience`, and where it did not come in that, it is asked for
  // again only as long after.
  explicit Elementwise(std::shared_ptr<v1::ActivationService::Stub> stub,
                       std::chrono::milliseconds patience = std::chrono::seconds(10))
      : stub_(std::move(stub)), patience_(patience) {}

  // Asks the server for its catalogue, once, or again where it could not be had for a reason that
  // may pass; blocks for that, also in a callback of gRPC, whose threads the blocking API does not
  // need. False where it could not be had.
  bool Contains(const std::string& function);

 private:
  const std::shared_ptr<v1::ActivationService::Stub> stub_;
  const std::chrono::milliseconds patience_;
  std::mutex mutex_;
  bool known_ = false;  // guarded by mutex_
  // Guarded by mutex_.
  std::chrono::steady_clock::time_point ask_again_ = std::chrono::steady_clock::time_point::min();
  std::set<std::string> names_;  // guarded by mutex_
};

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_ELEMENTWISE_H_
