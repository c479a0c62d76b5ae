// Keeps a region of shared memory registered while its buffer lives.
#ifndef ACTIVATION_CLIENT_SRC_LEASE_RENEWAL_H_
#define ACTIVATION_CLIENT_SRC_LEASE_RENEWAL_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "client/src/connection.h"
#include "client/src/timer.h"

namespace activation::client {

// Asks for a region again and again, which renews its lease, as long as the buffer holds it. Owned
// by a shared_ptr. Thread-compatible.
class LeaseRenewal : public std::enable_shared_from_this<LeaseRenewal> {
 public:
  // Three times in a `lease`, which is the server's word.
  LeaseRenewal(const std::shared_ptr<Connection>& connection, std::string region,
               absl::Duration lease, std::shared_ptr<Timer> timer);

  // To be called once. Holds nothing while it waits, so that buffer and connection may go
  // meanwhile.
  void Wait();

 private:
  void Ask();

  const std::weak_ptr<Connection> connection_;
  const std::string region_;
  const absl::Duration pause_;
  const std::shared_ptr<Timer> timer_;
};

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_LEASE_RENEWAL_H_
