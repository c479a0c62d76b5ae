// Puts the parts of a connection together.
#ifndef ACTIVATION_CLIENT_SRC_CONNECT_H_
#define ACTIVATION_CLIENT_SRC_CONNECT_H_

#include <memory>

#include "activation/options.h"
#include "client/src/connection.h"

namespace activation::client {

// RetryConnection, over HedgeConnection where asked for, over ConnectionPool over
// `options.connections` times GrpcConnection. Nothing is sent before the first call.
std::shared_ptr<Connection> Connect(const ClientOptions& options);

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_CONNECT_H_
