// Tries a call again until it succeeds or the policy says that is enough. Waits on a
// timer: no thread stands still between two tries.
#ifndef ACTIVATION_CLIENT_SRC_RETRY_CONNECTION_H_
#define ACTIVATION_CLIENT_SRC_RETRY_CONNECTION_H_

#include <memory>
#include <string>

#include "client/src/connection.h"
#include "client/src/retry_policy.h"
#include "client/src/timer.h"

namespace activation::client {

// Thread-safe. A call that has used several tries ends with the status of the
// last, which then says how many there were. A call in place is tried again only
// where the server has refused it for certain. Health checks are never retried.
class RetryConnection : public Connection {
 public:
  RetryConnection(std::shared_ptr<Connection> next, std::shared_ptr<RetryPolicy> policy,
                  std::shared_ptr<Timer> timer);

  void Start(std::shared_ptr<Call> call, Done done) override;
  absl::Status CheckHealth(const std::string& service, absl::Time deadline) override;
  const ClientOptions& options() const override { return next_->options(); }

 private:
  const std::shared_ptr<Connection> next_;
  const std::shared_ptr<RetryPolicy> policy_;
  const std::shared_ptr<Timer> timer_;
};

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_RETRY_CONNECTION_H_
