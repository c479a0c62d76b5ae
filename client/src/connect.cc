#include "client/src/connect.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "client/src/connection_pool.h"
#include "client/src/grpc_connection.h"
#include "client/src/hedge_connection.h"
#include "client/src/retry_connection.h"
#include "client/src/retry_policy.h"
#include "client/src/timer.h"

namespace activation::client {

std::shared_ptr<Connection> Connect(const ClientOptions& options) {
  std::vector<std::shared_ptr<Connection>> channels;
  for (int i = 0; i < std::max(1, options.connections); ++i) {
    channels.push_back(std::make_shared<GrpcConnection>(options));
  }
  std::shared_ptr<Connection> next = std::make_shared<ConnectionPool>(std::move(channels));
  auto policy = std::make_shared<RetryPolicy>(options.retry, UniformRandom());
  if (options.hedging.delay.count() > 0) {
    next = std::make_shared<HedgeConnection>(std::move(next), policy, AlarmTimer());
  }
  return std::make_shared<RetryConnection>(std::move(next), std::move(policy), AlarmTimer());
}

}  // namespace activation::client
