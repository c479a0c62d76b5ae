// A call that the caller waits for.
#ifndef ACTIVATION_CLIENT_SRC_BLOCKING_CALL_H_
#define ACTIVATION_CLIENT_SRC_BLOCKING_CALL_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "client/src/connection.h"

namespace activation::client {

// With the deadline of the client's options.
template <class AnExchange>
std::shared_ptr<Call> NewCall(const ClientOptions& options) {
  auto call = std::make_shared<Call>();
  call->exchange.emplace<AnExchange>();
  call->deadline = absl::Now() + absl::FromChrono(options.deadline);
  return call;
}

// Starts `call` and waits for its end. The results are then decoded by the
// thread that waits for them, so that gRPC's threads are free for other calls.
inline absl::Status Wait(Connection& connection, const std::shared_ptr<Call>& call) {
  struct Rendezvous {
    std::mutex mutex;
    std::condition_variable arrived;
    std::optional<absl::Status> status;
  };
  auto rendezvous = std::make_shared<Rendezvous>();
  connection.Start(call, [rendezvous](Outcome outcome) {
    std::lock_guard lock(rendezvous->mutex);
    rendezvous->status = std::move(outcome.status);
    rendezvous->arrived.notify_one();
  });
  std::unique_lock lock(rendezvous->mutex);
  rendezvous->arrived.wait(lock, [&] { return rendezvous->status.has_value(); });
  return *std::move(rendezvous->status);
}

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_BLOCKING_CALL_H_
