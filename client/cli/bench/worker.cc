#include "client/cli/bench/worker.h"

#include <sys/prctl.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "client/src/outcome.h"

namespace activation::cli {
namespace {

// Which calls ask the server for its times, about: so few that the others see nothing of it.
constexpr uint64_t kAskEvery = 16;
// A sleeping sender looks so often whether the run is to end.
constexpr auto kLook = std::chrono::milliseconds(50);
// The running mean of how late sleeps end: the weight of one is one in so many, and no
// more than so much is believed.
constexpr int kOversleepWeight = 8;
constexpr auto kMostOversleep = std::chrono::microseconds(200);

}  // namespace

Worker::Worker(const PreparedCalls& calls, std::unique_ptr<Transport> transport,
               const WorkerOptions& options)
    : calls_(calls),
      transport_(std::move(transport)),
      options_(options),
      places_(options.places),
      tally_(options.phases, options.pacer.has_value(), options.end),
      receiving_(options.phases.warm_up),
      ask_every_(calls.workload().StepFrom(kAskEvery)),
      // Workers begin at different calls of the workload.
      number_(options.first_place) {
  for (size_t i = 0; i < places_.size(); ++i) {
    places_[i].wire.place = i;
    free_.push_back(&places_[i]);
  }
}

void Worker::Run() { options_.pacer.has_value() ? RunOpen() : RunClosed(); }

void Worker::RunClosed() {
  size_t left = 0;
  for (Place& place : places_) {
    const nanoseconds now = Elapsed();
    if (Over(now)) break;
    ++left;
    Send(&place, now, now);
  }
  while (left > 0) {
    WireCall* const wire = transport_->Next();
    const nanoseconds now = Elapsed();
    WatchReceiving(now);
    Place& place = places_[wire->place];
    Record(place, now, wire);
    // The check is no part of the next call's latency.
    const nanoseconds next = Elapsed();
    if (Over(next)) {
      --left;
    } else {
      Send(&place, next, next);
    }
  }
  receiving_.End(std::min(Elapsed(), options_.end->load()));
  transport_->Shutdown();
  while (transport_->Next() != nullptr) {
  }
}

void Worker::RunOpen() {
  std::thread sender([this] { SendWhenDue(); });
  while (WireCall* const wire = transport_->Next()) {
    Place& place = places_[wire->place];
    const nanoseconds now = Elapsed();
    WatchReceiving(now);
    Record(place, now, wire);
    const std::lock_guard<std::mutex> lock(mutex_);
    // What has happened since, the check among it, is the client's and makes the next call late.
    place.free_since = now;
    free_.push_back(&place);
    freed_.notify_one();
  }
  receiving_.End(std::min(Elapsed(), options_.end->load()));
  sender.join();
}

void Worker::WatchReceiving(nanoseconds now) {
  const nanoseconds end = options_.end->load();
  now < end ? receiving_.At(now) : receiving_.End(end);
}

void Worker::SendWhenDue() {
  // The kernel's default lets a sleep end 50 us late.
  prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  Pacer pacer(*options_.pacer);
  nanoseconds due = pacer.Next();
  size_t late = 0;
  for (; options_.phases.At(due) != Phase::kOver; due = pacer.Next()) {
    if (!WaitUntil(due)) break;
    // A sender that wakes past the end sends what was due before, and does not blame the
    // server; but no more than fits in flight, or an overload would have no end.
    if (Elapsed() >= options_.phases.end() && late++ == places_.size()) break;
    Place* const place = WaitForPlace();
    if (place == nullptr) break;
    Send(place, due, place->free_since);
  }
  const nanoseconds end = std::min(Elapsed(), options_.end->load());
  for (; due < end; due = pacer.Next()) {
    if (options_.phases.At(due) == Phase::kMeasured) tally_.CountUnsent(1);
  }
  std::unique_lock<std::mutex> lock(mutex_);
  freed_.wait(lock, [this] { return free_.size() == places_.size(); });
  transport_->Shutdown();
}

// A sleep ends late, on a virtual machine by some 60 us: it is aimed so much earlier as
// sleeps were late before, and what is left is spun.
bool Worker::WaitUntil(nanoseconds due) {
  for (nanoseconds now = Elapsed(); now < due; now = Elapsed()) {
    if (Stopped()) return false;
    const nanoseconds wake = std::min<nanoseconds>(due - oversleep_, now + kLook);
    if (wake <= now) {
      std::this_thread::yield();
      continue;
    }
    std::this_thread::sleep_until(options_.start + wake);
    const nanoseconds late = Elapsed() - wake;
    oversleep_ =
        std::min<nanoseconds>(oversleep_ + (late - oversleep_) / kOversleepWeight, kMostOversleep);
  }
  return !Stopped();
}

Worker::Place* Worker::WaitForPlace() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (free_.empty()) {
    freed_.wait_for(lock, kLook);
    if (Over(Elapsed())) return nullptr;
  }
  Place* const place = free_.back();
  free_.pop_back();
  return place;
}

void Worker::Send(Place* place, nanoseconds due, nanoseconds could_send) {
  const uint64_t number = number_++;
  WireCall& wire = place->wire;
  place->choice = calls_.workload().ChoiceOf(number);
  place->due = due;
  place->could_send = could_send;
  wire.method = calls_.Method(place->choice);
  wire.request = &calls_.Prepare(place->choice, options_.first_place + wire.place);
  wire.ask_times = !calls_.protocol().stream && number % ask_every_ == 0;
  place->sent = Elapsed();
  if (!wire.ask_times) return transport_->Send(&wire);
  const nanoseconds before = place->sent;
  transport_->Send(&wire);  // from here on the place may be in another thread's hands
  sending_ += Elapsed() - before;
  ++asked_;
}

void Worker::Record(const Place& place, nanoseconds answered, WireCall* wire) {
  EndedCall call{.due = place.due,
                 .could_send = place.could_send,
                 .sent = place.sent,
                 .answered = answered,
                 .status = client::ToStatus(wire->status),
                 .elements = calls_.Elements(place.choice),
                 .bytes = calls_.TensorBytes(place.choice)};
  if (call.status.ok()) {
    const auto right = calls_.Judge(place.choice, options_.first_place + wire->place, &wire->reply);
    call.status = right.status();
    call.right = right.ok() && *right;
    if (wire->ask_times) call.server = wire->server;
  }
  wire->reply.Clear();
  tally_.Record(call);
}

RunResult Worker::result() const {
  RunResult result = tally_.result();
  // A sender that cannot keep up shows in the lateness; it also spins.
  result.busy = receiving_.share();
  // What handing over took is the client's part of what the tally took for the wire.
  if (asked_ > 0) {
    StageSums& stages = result.stages;
    const double handing_over = std::min(
        stages.wire, static_cast<double>(sending_.count()) *
                         (static_cast<double>(stages.calls) / static_cast<double>(asked_)));
    stages.client += handing_over;
    stages.wire -= handing_over;
  }
  return result;
}

}  // namespace activation::cli
