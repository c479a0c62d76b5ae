// A real gRPC server in this process that can be told to fail: the far end for
// tests of what the client does when things go wrong on the wire.
#ifndef ACTIVATION_TESTS_CLIENT_TEST_SERVER_H_
#define ACTIVATION_TESTS_CLIENT_TEST_SERVER_H_

#include <grpcpp/server.h>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "absl/synchronization/notification.h"
#include "activation/v1/activation.grpc.pb.h"

namespace activation::client {

// Forward is the identity. Thread-safe.
class TestServer {
 public:
  // What happens to one call instead of an answer.
  struct Fault {
    grpc::Status status;
    std::string pushback_ms;  // the trailer, where not empty
  };

  TestServer();
  ~TestServer();

  const std::string& endpoint() const { return endpoint_; }

  // The next calls of Forward end like this, one after the other.
  void FailNext(int times, const Fault& fault);
  // From now on replies to Forward pass through `change`.
  void ChangeReplies(std::function<void(v1::ForwardResponse&)> change);
  // From now on Forward answers only when it is cancelled.
  void HoldCalls();
  // Notified when a held call was cancelled.
  absl::Notification& cancelled() { return cancelled_; }

  int calls() const;
  // How many connections calls came over.
  size_t peers() const;
  void SetServing(const std::string& service, bool serving);

 private:
  class Service;

  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
  std::string endpoint_;
  absl::Notification cancelled_;
};

}  // namespace activation::client

#endif  // ACTIVATION_TESTS_CLIENT_TEST_SERVER_H_
