#include "client/src/retry_policy.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include "absl/strings/match.h"

namespace activation::client {

bool MayBeRetried(const Outcome& outcome) {
  if (outcome.pushback && *outcome.pushback < absl::ZeroDuration()) return false;
  // This client cancels nothing: a server did that ended before the request had
  // arrived whole.
  if (absl::IsUnavailable(outcome.status) || absl::IsCancelled(outcome.status)) return true;
  // No server of ours says so: gRPC does where a reply ends without a status, as that of a
  // proxy whose server was killed amid the reply.
  if (absl::IsUnknown(outcome.status)) return true;
  // Another proxy resets the stream then. The text is gRPC's, and all that tells it from a
  // server that says INTERNAL.
  if (absl::IsInternal(outcome.status) &&
      absl::StartsWith(outcome.status.message(), "Received RST_STREAM")) {
    return true;
  }
  return absl::IsResourceExhausted(outcome.status) && outcome.pushback.has_value();
}

Uniform UniformRandom() {
  return [] {
    thread_local std::minstd_rand generator{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(generator);
  };
}

RetryBudget::RetryBudget(double share)
    : share_(std::max(0.0, share)),
      // Room for one retry at least, or a small budget would be none.
      capacity_(share_ > 0 ? std::max(1.0, share_ * kWindow) : 0.0),
      tokens_(std::min(capacity_, kInitialTokens)) {}

void RetryBudget::OnFirstTry() {
  std::lock_guard lock(mutex_);
  tokens_ = std::min(capacity_, tokens_ + share_);
}

bool RetryBudget::TakeRetry() {
  std::lock_guard lock(mutex_);
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

RetryPolicy::RetryPolicy(const RetryOptions& options, Uniform uniform)
    : options_(options), uniform_(std::move(uniform)), budget_(options.budget) {}

absl::Duration RetryPolicy::Backoff(int tries) const {
  const absl::Duration bound =
      std::min(absl::FromChrono(options_.initial_backoff) * std::exp2(tries - 1),
               absl::FromChrono(options_.max_backoff));
  return bound * uniform_();
}

std::optional<absl::Duration> RetryPolicy::NextDelay(const FailedTry& failed,
                                                     const Outcome& outcome) {
  if (!MayBeRetried(outcome) || failed.tries >= options_.max_attempts) return std::nullopt;
  const absl::Duration delay =
      outcome.pushback.value_or(absl::ZeroDuration()) + Backoff(failed.tries);
  if (failed.now + delay >= failed.deadline) return std::nullopt;
  // The budget last: a retry that will not happen costs nothing.
  if (!budget_.TakeRetry()) return std::nullopt;
  return delay;
}

}  // namespace activation::client
