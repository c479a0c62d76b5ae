#include "server/pollers/pollers.h"

#include <grpc/grpc.h>
#include <grpc/support/time.h>
#include <pthread.h>

#include <algorithm>
#include <exception>
#include <iterator>

#include "absl/cleanup/cleanup.h"

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

int PollersFor(const PollerUse& use, const PollerOptions& options) {
  const int more = std::max(use.pollers, std::min(use.pollers + 1, options.most));
  // Whatever holds them up, calls must not wait for it.
  if (use.held_up == use.pollers) return more;
  if (options.AreSaturated(use.pollers, use.busy)) {
    return use.idle.has_value() && *use.idle > options.idle ? more : use.pollers;
  }
  const int others = use.pollers - 1;
  // One that is held up may be the one that would have to leave, which it could not.
  const bool fits = use.busy < kMargin * options.saturated * others && use.held_up == 0;
  return fits ? others : use.pollers;
}

Pollers::Pollers(PollerOptions options) : options_(options) {
  for (int i = 0; i < std::max(1, options_.fixed); ++i) Add();
  if (options_.fixed == 0) adapting_.emplace(options_.period, [this] { Adapt(); });
}

Pollers::~Pollers() {
  adapting_.reset();
  queue_.Shutdown();
  pollers_.splice(pollers_.end(), leaving_);
  for (Poller& poller : pollers_) poller.thread.join();
}

void Pollers::Add() {
  // The first one stays.
  const bool may_leave = !pollers_.empty() && options_.fixed == 0;
  std::list<Poller> added;
  try {
    Poller& poller = added.emplace_back();
    poller.thread = std::thread([this, &poller, may_leave] { Poll(poller, may_leave); });
    pthread_getcpuclockid(poller.thread.native_handle(), &poller.clock);
  } catch (const std::exception&) {
    if (pollers_.empty()) throw;
    return;
  }
  pollers_.splice(pollers_.end(), added);
  count_.fetch_add(1, std::memory_order_relaxed);
}

void Pollers::RemoveLast() {
  count_.fetch_sub(1, std::memory_order_relaxed);
  pollers_.back().leaves = true;
  leaving_.splice(leaving_.end(), pollers_, std::prev(pollers_.end()));
}

// Not to be waited for by the thread that adapts: one that is at something long when it is told to
// leave may be the reason why others are wanted.
void Pollers::JoinThoseThatLeft() {
  leaving_.remove_if([](Poller& poller) {
    if (!poller.left) return false;
    poller.thread.join();
    return true;
  });
}

void Pollers::Poll(Poller& self, bool may_leave) {
  const absl::Cleanup leaving = [&self] { self.left = true; };
  // One that may leave looks up when nothing arrives. Core's own function: grpc::CompletionQueue's
  // would take tags for others.
  while (!self.leaves.load(std::memory_order_relaxed)) {
    const grpc_event event = grpc_completion_queue_next(
        queue_.cq(),
        may_leave ? gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                 gpr_time_from_millis(kLeaveMilliseconds, GPR_TIMESPAN))
                  : gpr_inf_future(GPR_CLOCK_MONOTONIC),
        nullptr);
    if (event.type == GRPC_QUEUE_SHUTDOWN) return;
    if (event.type == GRPC_QUEUE_TIMEOUT) continue;
    const uint64_t before = self.steps.load(std::memory_order_relaxed);
    self.steps.store(before + 1, std::memory_order_relaxed);
    auto* const functor = static_cast<grpc_completion_queue_functor*>(event.tag);
    functor->functor_run(functor, event.success);
    self.steps.store(before + 2, std::memory_order_relaxed);
  }
}

PollerUse Pollers::Use() {
  PollerUse use;
  use.pollers = count();
  absl::Duration used;
  for (Poller& poller : pollers_) {
    const absl::Duration now = TimeOf(poller.clock);
    used += now - poller.before;
    poller.before = now;
    const uint64_t steps = poller.steps.load(std::memory_order_relaxed);
    if (steps % 2 == 1 && steps == poller.steps_before) ++use.held_up;
    poller.steps_before = steps;
  }
  use.busy = absl::FDivDuration(used, watch_.Lap());
  if (counts_idle_) use.idle = idle_.SinceBegin();
  return use;
}

// What else the machine does is looked at only while it matters.
void Pollers::Adapt() {
  JoinThoseThatLeft();
  const PollerUse use = Use();
  const int next = PollersFor(use, options_);
  if (next > use.pollers) Add();
  if (next < use.pollers) RemoveLast();
  counts_idle_ = false;
  if (next != use.pollers || next >= options_.most) return;
  if (!options_.AreSaturated(use.pollers, use.busy)) return;
  idle_.Begin();
  counts_idle_ = true;
}

}  // namespace activation
