#include "server/pollers/pollers.h"

#include <grpc/grpc.h>
#include <grpc/support/time.h>
#include <pthread.h>

#include <algorithm>

namespace activation {
namespace {

// One is too many where the others would be busy for less than this share of what is too much: a
// margin for what is measured twice.
constexpr double kMargin = 0.9;
// How soon a poller that is one too many leaves when nothing arrives.
constexpr int kLeaveMilliseconds = 100;

absl::Duration TimeOf(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return absl::DurationFromTimespec(time);
}

}  // namespace

int PollerOptions::MostPollers() {
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()) / 2, 2, 16);
}

int PollersFor(int pollers, double busy, std::optional<double> idle, const PollerOptions& options) {
  if (options.AreSaturated(pollers, busy)) {
    const bool gains = idle.has_value() && *idle > options.idle;
    return gains ? std::min(pollers + 1, options.most) : pollers;
  }
  return busy < kMargin * options.saturated * (pollers - 1) ? pollers - 1 : pollers;
}

Pollers::Pollers(PollerOptions options) : options_(options) {
  do {
    Add();
  } while (count() < options_.fixed);
  if (options_.fixed == 0) adapting_.emplace(options_.period, [this] { Adapt(); });
}

Pollers::~Pollers() {
  adapting_.reset();
  queue_.Shutdown();
  for (Poller& poller : pollers_) poller.thread.join();
}

void Pollers::Add() {
  const int index = count_.fetch_add(1, std::memory_order_relaxed);
  Poller& poller = pollers_.emplace_back();
  poller.thread = std::thread([this, index] { Poll(index); });
  pthread_getcpuclockid(poller.thread.native_handle(), &poller.clock);
}

void Pollers::RemoveLast() {
  count_.fetch_sub(1, std::memory_order_relaxed);
  pollers_.back().thread.join();
  pollers_.pop_back();
}

void Pollers::Poll(int index) {
  // The first one stays, and one that may leave looks up when nothing arrives. Core's own function:
  // grpc::CompletionQueue's would take tags for others.
  const bool may_leave = index > 0 && options_.fixed == 0;
  while (index < count()) {
    const grpc_event event = grpc_completion_queue_next(
        queue_.cq(),
        may_leave ? gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                 gpr_time_from_millis(kLeaveMilliseconds, GPR_TIMESPAN))
                  : gpr_inf_future(GPR_CLOCK_MONOTONIC),
        nullptr);
    if (event.type == GRPC_QUEUE_SHUTDOWN) return;
    if (event.type == GRPC_QUEUE_TIMEOUT) continue;
    auto* const functor = static_cast<grpc_completion_queue_functor*>(event.tag);
    functor->functor_run(functor, event.success);
  }
}

double Pollers::Busy() {
  absl::Duration used;
  for (Poller& poller : pollers_) {
    const absl::Duration now = TimeOf(poller.clock);
    used += now - poller.before;
    poller.before = now;
  }
  return absl::FDivDuration(used, watch_.Lap());
}

// What else the machine does is looked at only while it matters.
void Pollers::Adapt() {
  const int before = count();
  const double busy = Busy();
  std::optional<double> idle;
  if (were_saturated_) idle = idle_.SinceBegin();
  const int after = PollersFor(before, busy, idle, options_);
  if (after > before) Add();
  if (after < before) RemoveLast();
  were_saturated_ = after < options_.most && options_.AreSaturated(after, busy);
  if (were_saturated_) idle_.Begin();
}

}  // namespace activation
