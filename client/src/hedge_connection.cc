#include "client/src/hedge_connection.h"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

namespace activation::client {
namespace {

template <class Items>
bool AnyToSharedMemory(const Items& items) {
  return std::any_of(items.begin(), items.end(),
                     [](const auto& item) { return item.has_output(); });
}

bool MayBeCopied(const Call& call) {
  if (call.in_place) return false;
  if (const auto* forward = std::get_if<ForwardExchange>(&call.exchange)) {
    return !AnyToSharedMemory(forward->request.items());
  }
  if (const auto* gradient = std::get_if<GradientExchange>(&call.exchange)) {
    return !AnyToSharedMemory(gradient->request.items());
  }
  return false;
}

std::shared_ptr<Call> CopyOf(const std::shared_ptr<Call>& call) {
  auto copy = std::make_shared<Call>();
  std::visit(
      [&copy](auto& exchange) {
        copy->exchange.emplace<std::decay_t<decltype(exchange)>>(&exchange);
      },
      call->exchange);
  copy->deadline = call->deadline;
  copy->cancellation = std::make_shared<Cancellation>();
  copy->original = call;
  return copy;
}

// Both responses are of one arena, so nothing is copied.
void MoveResponse(Call& from, Call& to) {
  std::visit(
      [&from](auto& exchange) {
        using AnExchange = std::decay_t<decltype(exchange)>;
        exchange.response.Swap(&std::get<AnExchange>(from.exchange).response);
      },
      to.exchange);
}

// One call and its copies on their way: held by the callbacks and the timer they wait for.
class Race : public std::enable_shared_from_this<Race> {
 public:
  Race(std::shared_ptr<Connection> next, std::shared_ptr<RetryPolicy> policy,
       std::shared_ptr<Timer> timer, std::shared_ptr<Call> call, Connection::Done done)
      : options_(next->options().hedging),
        next_(std::move(next)),
        policy_(std::move(policy)),
        timer_(std::move(timer)),
        call_(std::move(call)),
        done_(std::move(done)) {}

  // Sends a copy, and sees to the next.
  void Run() {
    std::shared_ptr<Call> copy;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (ended_) return;
      copy = CopyOf(call_);
      copies_.push_back(copy);
      ++running_;
    }
    next_->Start(copy, [self = shared_from_this(), copy](Outcome outcome) {
      self->OnOutcome(copy, std::move(outcome));
    });
    WaitToHedge();
  }

 private:
  void WaitToHedge() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (ended_ || copies_.size() >= static_cast<size_t>(std::max(1, options_.max_copies))) return;
    }
    timer_->After(absl::FromChrono(options_.delay), [self = shared_from_this()] { self->Hedge(); });
  }

  void Hedge() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (ended_) return;
    }
    if (policy_->TakeHedge()) Run();
  }

  void OnOutcome(const std::shared_ptr<Call>& copy, Outcome outcome) {
    std::vector<std::shared_ptr<Call>> copies;
    std::shared_ptr<Call> call;
    Connection::Done done;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      --running_;
      if (ended_ || (running_ > 0 && MayBeRetried(outcome))) return;
      ended_ = true;
      // The timer may hold this object for a while yet, and not what it holds.
      copies = std::exchange(copies_, {});
      call = std::move(call_);
      done = std::move(done_);
    }
    for (const std::shared_ptr<Call>& other : copies) {
      if (other != copy) other->cancellation->Cancel();
    }
    if (outcome.status.ok()) MoveResponse(*copy, *call);
    done(std::move(outcome));
  }

  const HedgingOptions options_;
  const std::shared_ptr<Connection> next_;
  const std::shared_ptr<RetryPolicy> policy_;
  const std::shared_ptr<Timer> timer_;

  std::mutex mutex_;
  // All guarded by mutex_.
  std::shared_ptr<Call> call_;
  Connection::Done done_;
  std::vector<std::shared_ptr<Call>> copies_;  // that were sent
  int running_ = 0;
  bool ended_ = false;
};

}  // namespace

HedgeConnection::HedgeConnection(std::shared_ptr<Connection> next,
                                 std::shared_ptr<RetryPolicy> policy, std::shared_ptr<Timer> timer)
    : next_(std::move(next)), policy_(std::move(policy)), timer_(std::move(timer)) {}

void HedgeConnection::Start(std::shared_ptr<Call> call, Done done) {
  if (!MayBeCopied(*call)) return next_->Start(std::move(call), std::move(done));
  std::make_shared<Race>(next_, policy_, timer_, std::move(call), std::move(done))->Run();
}

absl::Status HedgeConnection::CheckHealth(const std::string& service, absl::Time deadline) {
  return next_->CheckHealth(service, deadline);
}

}  // namespace activation::client
