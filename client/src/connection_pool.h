// Several connections to one server, taken in turn: one HTTP/2 connection has
// one thread's worth of throughput.
#ifndef ACTIVATION_CLIENT_SRC_CONNECTION_POOL_H_
#define ACTIVATION_CLIENT_SRC_CONNECTION_POOL_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "client/src/connection.h"

namespace activation::client {

// Thread-safe. A retried call comes through here again, so it takes the next
// connection.
class ConnectionPool : public Connection {
 public:
  // At least one connection, all with the same options.
  explicit ConnectionPool(std::vector<std::shared_ptr<Connection>> connections);

  void Start(std::shared_ptr<Call> call, Done done) override;
  absl::Status CheckHealth(const std::string& service, absl::Time deadline) override;
  const ClientOptions& options() const override { return connections_.front()->options(); }

 private:
  Connection& Next();

  const std::vector<std::shared_ptr<Connection>> connections_;
  std::atomic<size_t> turn_{0};
};

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_CONNECTION_POOL_H_
