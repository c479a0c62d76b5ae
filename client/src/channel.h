// How channels to the server are set up.
#ifndef ACTIVATION_CLIENT_SRC_CHANNEL_H_
#define ACTIVATION_CLIENT_SRC_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>

#include "activation/options.h"

namespace activation::client {

// A channel that shares its connection with no other. Where the options name a file that
// cannot be used, one of which every call ends with INVALID_ARGUMENT, saying so.
std::shared_ptr<grpc::Channel> NewChannel(const ClientOptions& options);

// The same, which also watches the health of each server behind the target and sends calls
// to those alone that are serving: one that is about to stop gets no more.
std::shared_ptr<grpc::Channel> NewChannelToHealthy(const ClientOptions& options);

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_CHANNEL_H_
