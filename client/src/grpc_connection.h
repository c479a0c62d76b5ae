// One gRPC channel to the server, with an HTTP/2 connection of its own.
#ifndef ACTIVATION_CLIENT_SRC_GRPC_CONNECTION_H_
#define ACTIVATION_CLIENT_SRC_GRPC_CONNECTION_H_

#include <memory>
#include <string>

#include "activation/options.h"
#include "activation/v1/activation.grpc.pb.h"
#include "client/src/connection.h"

namespace activation::client {

// Thread-safe. Connects on the first call. Fails at once when the server cannot
// be reached: waiting is the retry loop's business.
class GrpcConnection : public Connection {
 public:
  explicit GrpcConnection(ClientOptions options);

  void Start(std::shared_ptr<Call> call, Done done) override;
  // Over a fresh channel that is closed afterwards.
  absl::Status CheckHealth(const std::string& service, absl::Time deadline) override;
  const ClientOptions& options() const override { return options_; }

 private:
  const ClientOptions options_;
  const std::shared_ptr<v1::ActivationService::Stub> stub_;  // shared with the calls under way
};

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_GRPC_CONNECTION_H_
