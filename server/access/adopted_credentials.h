// Makes a grpc::ServerCredentials of what gRPC's C interface gives. The C++ interface of
// 1.51 has neither certificates that are asked for at each handshake nor a check of calls
// without TLS.
#ifndef ACTIVATION_SERVER_ACCESS_ADOPTED_CREDENTIALS_H_
#define ACTIVATION_SERVER_ACCESS_ADOPTED_CREDENTIALS_H_

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>
#include <type_traits>

namespace activation::access::internal {

// gRPC before 1.54: credentials add their port themselves.
template <class Base, bool kAddsPort = std::is_abstract_v<Base>>
class AdoptedCredentials final : public Base {
 public:
  explicit AdoptedCredentials(grpc_server_credentials* credentials) : credentials_(credentials) {}
  ~AdoptedCredentials() override { grpc_server_credentials_release(credentials_); }

  // Nobody here sets one; see Access::AskAboutCalls.
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  grpc_server_credentials* const credentials_;
};

// Later: they hold the C credentials.
template <class Base>
class AdoptedCredentials<Base, false> final : public Base {
 public:
  explicit AdoptedCredentials(grpc_server_credentials* credentials) : Base(credentials) {}
};

}  // namespace activation::access::internal

namespace activation::access {

// Takes `credentials` over.
inline std::shared_ptr<grpc::ServerCredentials> Adopt(grpc_server_credentials* credentials) {
  return std::make_shared<internal::AdoptedCredentials<grpc::ServerCredentials>>(credentials);
}

}  // namespace activation::access

#endif  // ACTIVATION_SERVER_ACCESS_ADOPTED_CREDENTIALS_H_
