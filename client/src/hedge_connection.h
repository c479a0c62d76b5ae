// Sends a call once more where it is not answered in time, and takes the first answer
// (HedgingOptions). J. Dean and L. A. Barroso, "The Tail at Scale", CACM 56(2), 2013.
#ifndef ACTIVATION_CLIENT_SRC_HEDGE_CONNECTION_H_
#define ACTIVATION_CLIENT_SRC_HEDGE_CONNECTION_H_

#include <memory>
#include <string>

#include "client/src/connection.h"
#include "client/src/retry_policy.h"
#include "client/src/timer.h"

namespace activation::client {

// Thread-safe. Copies are made of Forward and Gradient alone, and of those only where no
// result goes into shared memory. An error that a retry may mend ends the call only when
// no copy is under way any more; any other ends it at once. Waits on a timer, no thread
// stands still. The policy's budget is asked for each further copy.
class HedgeConnection : public Connection {
 public:
  HedgeConnection(std::shared_ptr<Connection> next, std::shared_ptr<RetryPolicy> policy,
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

#endif  // ACTIVATION_CLIENT_SRC_HEDGE_CONNECTION_H_
