#include "client/cli/bench/tally.h"

#include <algorithm>

namespace activation::cli {
namespace {

// Slices of the measured time: enough to see a stall, few enough that each has samples.
constexpr int kSlices = 50;

uint64_t Nanoseconds(nanoseconds time) {
  return static_cast<uint64_t>(std::max<int64_t>(0, time.count()));
}

}  // namespace

Tally::Tally(const Phases& phases, bool open_loop, const std::atomic<nanoseconds>* end)
    : phases_(phases), open_loop_(open_loop), end_(end) {
  result_.slices.resize(kSlices);
  result_.slice_length = std::max(nanoseconds(1), phases.duration / kSlices);
}

void Tally::Record(const EndedCall& call) {
  const bool ok = call.status.ok();
  Add(1, ok ? &answered_ : &failed_);
  if (ok) Add(Nanoseconds(call.answered - call.due), &latency_ns_);
  if (ok && !call.right) {
    ++result_.wrong;
    Add(1, &wrong_);
  }
  RecordEnd(call);
  if (phases_.At(call.due) != Phase::kMeasured) {
    // Of a server that hangs from the warm-up on it is all that there will be.
    if (call.answered >= phases_.warm_up) result_.outlasting_error.Update(call.status);
    return;
  }
  ++result_.codes[call.status.code()];
  if (ok) return RecordAnswered(call);
  result_.failures.Add(Nanoseconds(call.answered - call.sent));
  result_.first_error.Update(call.status);
}

TimeSlice& Tally::SliceAt(nanoseconds time) {
  const auto index = static_cast<size_t>((time - phases_.warm_up) / result_.slice_length);
  return result_.slices[std::min(index, result_.slices.size() - 1)];
}

void Tally::RecordEnd(const EndedCall& call) {
  last_reply_ = std::max(last_reply_, call.answered);
  if (call.answered < phases_.warm_up || call.answered >= end_->load()) return;
  if (!call.status.ok()) {
    ++SliceAt(call.answered).failed;
    return;
  }
  ++SliceAt(call.answered).answered;
  ++result_.in_time;
  result_.elements += call.elements;
  result_.bytes += call.bytes;
}

void Tally::RecordAnswered(const EndedCall& call) {
  const uint64_t latency = Nanoseconds(call.answered - call.due);
  result_.latency.Add(latency);
  SliceAt(call.due).latency.Add(latency);
  if (open_loop_) {
    result_.uncorrected.Add(Nanoseconds(call.answered - call.sent));
    result_.lateness.Add(Nanoseconds(call.sent - std::max(call.due, call.could_send)));
    if (call.could_send > call.due) ++result_.held_back;
  }
  if (call.server.has_value()) RecordStages(call);
}

void Tally::RecordStages(const EndedCall& call) {
  const auto ns = [](nanoseconds time) { return static_cast<double>(time.count()); };
  StageSums& stages = result_.stages;
  ++stages.calls;
  const nanoseconds could_send = std::max(call.due, call.could_send);
  stages.held += ns(could_send - call.due);
  stages.client += ns(call.sent - could_send);
  stages.queue += ns(call.server->queue);
  stages.copy += ns(call.server->copy);
  stages.kernel += ns(call.server->kernel);
  stages.wire += std::max(0.0, ns(call.answered - call.sent) - ns(call.server->total()));
}

RunResult Tally::result() const {
  RunResult result = result_;
  const nanoseconds end = end_->load();
  result.elapsed = std::max(nanoseconds(0), end - phases_.warm_up);
  result.tail = std::max(nanoseconds(0), last_reply_ - end);
  return result;
}

Tally::Totals Tally::totals() const {
  return {.answered = answered_.load(std::memory_order_relaxed),
          .failed = failed_.load(std::memory_order_relaxed),
          .wrong = wrong_.load(std::memory_order_relaxed),
          .latency_ns = latency_ns_.load(std::memory_order_relaxed)};
}

}  // namespace activation::cli
