// A gRPC server of one service with the arguments that activation-server gives its own.
#ifndef ACTIVATION_TESTS_BENCHMARKS_WIRE_GRPC_SERVER_H_
#define ACTIVATION_TESTS_BENCHMARKS_WIRE_GRPC_SERVER_H_

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>

#include "tests/benchmarks/wire/echo.h"

namespace activation::wire_benchmark {

class GrpcServer {
 public:
  explicit GrpcServer(const EchoOptions& options);
  ~GrpcServer() { Shutdown(); }

  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  // For services and queues, before Start().
  grpc::ServerBuilder& builder() { return builder_; }
  void Start() { server_ = builder_.BuildAndStart(); }
  void Shutdown();

  // Empty where the server did not start.
  std::string target() const;

 private:
  const std::string address_;
  grpc::ServerBuilder builder_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace activation::wire_benchmark

#endif  // ACTIVATION_TESTS_BENCHMARKS_WIRE_GRPC_SERVER_H_
