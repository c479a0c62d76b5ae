// What happens to every call of a channel, whoever makes it: gRPC's interceptors. A channel
// that needs none has none.
#ifndef ACTIVATION_CLIENT_SRC_CALL_HOOKS_H_
#define ACTIVATION_CLIENT_SRC_CALL_HOOKS_H_

#include <grpcpp/support/client_interceptor.h>

#include <memory>

#include "absl/status/status.h"
#include "client/src/token_file.h"

namespace activation::client {

using CallHook = std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>;

// Sends the token along.
CallHook SendToken(std::shared_ptr<TokenFile> token);

// Has every call end with `status`.
CallHook EndWith(absl::Status status);

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_CALL_HOOKS_H_
