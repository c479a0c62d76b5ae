// What a channel proves itself with and whom it trusts, from the files that the options name.
#ifndef ACTIVATION_CLIENT_SRC_CREDENTIALS_H_
#define ACTIVATION_CLIENT_SRC_CREDENTIALS_H_

#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activation/options.h"

namespace activation::client {

// INVALID_ARGUMENT naming the option whose file cannot be used, or a combination that has no
// meaning or would send a token in the clear.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> NewCredentials(
    const ClientOptions& options);

// Whether a gRPC target is on this machine for certain: unix sockets and loopback addresses.
bool IsLocal(const std::string& endpoint);

// What a small file holds (small_file.h), which is not empty; `option` is named where it cannot be
// used.
absl::StatusOr<std::string> ReadOptionFile(const char* option, const std::string& path,
                                           absl::Duration patience);

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_CREDENTIALS_H_
