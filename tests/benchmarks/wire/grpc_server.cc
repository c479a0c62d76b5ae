#include "tests/benchmarks/wire/grpc_server.h"

#include <grpc/compression.h>
#include <grpc/grpc.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>

#include <chrono>
#include <cstdlib>

#include "server/connection_limits.h"
#include "src/base/limits.h"
#include "tests/benchmarks/wire/argument.h"

namespace activation::wire_benchmark {

// The same as in server/server.cc.
GrpcServer::GrpcServer(const EchoOptions& options) : address_(options.address) {
  builder_.SetMaxReceiveMessageSize(257 << 20);
  builder_.SetMaxSendMessageSize(-1);
  for (const auto algorithm : {GRPC_COMPRESS_DEFLATE, GRPC_COMPRESS_GZIP}) {
    builder_.SetCompressionAlgorithmSupportStatus(algorithm, false);
  }
  const Limits limits;
  builder_.SetResourceQuota(grpc::ResourceQuota().Resize(
      static_cast<size_t>(limits.max_inflight_bytes) + (size_t{64} << 20)));
  Apply(ConnectionLimits(), limits.max_concurrent_streams, &builder_);
  builder_.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  for (const std::string& text : options.arguments) {
    const Argument argument = ParseArgument(text);
    builder_.AddChannelArgument(argument.name, argument.value);
  }
  builder_.AddListeningPort(address_, grpc::InsecureServerCredentials(), &port_);
}

void GrpcServer::Shutdown() {
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
}

std::string GrpcServer::target() const {
  if (server_ == nullptr) return "";
  if (address_.rfind("unix:", 0) == 0) return address_;
  return address_.substr(0, address_.rfind(':') + 1) + std::to_string(port_);
}

}  // namespace activation::wire_benchmark
