// grpc.health.v1.Health/Check, the standard health protocol of gRPC.
#ifndef ACTIVATION_CLIENT_SRC_HEALTH_CHECK_H_
#define ACTIVATION_CLIENT_SRC_HEALTH_CHECK_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace activation::client {

// OK when `service` is serving, UNAVAILABLE when it is not, NOT_FOUND when the
// server does not know it, else what the call ended with. Blocks.
absl::Status CheckHealth(const std::shared_ptr<grpc::Channel>& channel, const std::string& service,
                         absl::Time deadline);

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_HEALTH_CHECK_H_
