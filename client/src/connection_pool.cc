#include "client/src/connection_pool.h"

#include <utility>

namespace activation::client {

ConnectionPool::ConnectionPool(std::vector<std::shared_ptr<Connection>> connections)
    : connections_(std::move(connections)) {}

Connection& ConnectionPool::Next() {
  return *connections_[turn_.fetch_add(1, std::memory_order_relaxed) % connections_.size()];
}

void ConnectionPool::Start(std::shared_ptr<Call> call, Done done) {
  Next().Start(std::move(call), std::move(done));
}

absl::Status ConnectionPool::CheckHealth(const std::string& service, absl::Time deadline) {
  return connections_.front()->CheckHealth(service, deadline);
}

}  // namespace activation::client
