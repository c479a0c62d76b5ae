#include "client/src/retry_connection.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/src/in_place.h"

namespace activation::client {
namespace {

absl::Status WithTries(const absl::Status& status, int tries) {
  if (status.ok() || tries == 1) return status;
  absl::Status told(status.code(), absl::StrCat(status.message(), " (tried ", tries, " times)"));
  status.ForEachPayload([&told](absl::string_view type, const absl::Cord& payload) {
    told.SetPayload(type, payload);
  });
  return told;
}

// One call on its way: holds all it needs, and is held by the callback or the
// timer it waits for.
class Tries : public std::enable_shared_from_this<Tries> {
 public:
  Tries(std::shared_ptr<Connection> next, std::shared_ptr<RetryPolicy> policy,
        std::shared_ptr<Timer> timer)
      : next_(std::move(next)), policy_(std::move(policy)), timer_(std::move(timer)) {}

  void Begin(std::shared_ptr<Call> call, Connection::Done done) {
    call_ = std::move(call);
    done_ = std::move(done);
    policy_->OnFirstTry();
    Try();
  }

 private:
  void Try() {
    ++tries_;
    next_->Start(call_, [self = shared_from_this()](Outcome outcome) {
      self->OnOutcome(std::move(outcome));
    });
  }

  void OnOutcome(Outcome outcome) {
    if (outcome.status.ok()) return done_(std::move(outcome));
    if (call_->in_place && !WasRefused(outcome)) {
      // Computed once more it would be f(f(x)).
      outcome.status = WithTries(MayHaveChanged(outcome.status), tries_);
      return done_(std::move(outcome));
    }
    const FailedTry failed{.tries = tries_, .now = timer_->Now(), .deadline = call_->deadline};
    const std::optional<absl::Duration> delay = policy_->NextDelay(failed, outcome);
    if (delay) return timer_->After(*delay, [self = shared_from_this()] { self->Try(); });
    outcome.status = WithTries(outcome.status, tries_);
    done_(std::move(outcome));
  }

  const std::shared_ptr<Connection> next_;
  const std::shared_ptr<RetryPolicy> policy_;
  const std::shared_ptr<Timer> timer_;
  std::shared_ptr<Call> call_;
  Connection::Done done_;
  int tries_ = 0;
};

}  // namespace

RetryConnection::RetryConnection(std::shared_ptr<Connection> next,
                                 std::shared_ptr<RetryPolicy> policy, std::shared_ptr<Timer> timer)
    : next_(std::move(next)), policy_(std::move(policy)), timer_(std::move(timer)) {}

void RetryConnection::Start(std::shared_ptr<Call> call, Done done) {
  std::make_shared<Tries>(next_, policy_, timer_)->Begin(std::move(call), std::move(done));
}

absl::Status RetryConnection::CheckHealth(const std::string& service, absl::Time deadline) {
  return next_->CheckHealth(service, deadline);
}

}  // namespace activation::client
