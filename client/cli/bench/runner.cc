#include "client/cli/bench/runner.h"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace activation::cli {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

constexpr auto kBetweenReports = std::chrono::milliseconds(500);

// What all callers of a run share.
struct Shared {
  const Sender& send;
  const Workload& workload;
  const RunnerOptions& options;
  const Clock::time_point start = Clock::now();

  std::atomic<uint64_t> next_number{0};
  std::atomic<uint64_t> answered{0};
  std::atomic<uint64_t> failed{0};
  std::atomic<uint64_t> wrong{0};

  std::mutex mutex{};
  std::condition_variable one_finished{};
  int active = 0;  // callers that have not finished; guarded by mutex

  nanoseconds Elapsed() const { return Clock::now() - start; }
  bool Stopped() const { return options.stop != nullptr && options.stop->load(); }
};

// One of the calls in flight, over and over. Used by one thread at a time: the
// one that sends, then the one that brings the reply.
class Caller {
 public:
  explicit Caller(Shared& shared) : shared_(shared), reply_(shared.workload.reply_bytes(), '\0') {}

  // Sends calls until one is under way whose reply another thread will bring.
  void Continue() {
    do {
      if (!SendNext()) return Finish();
      // Whoever comes second, sender or reply, goes on; a reply that came within
      // Send thus loops here and does not recurse.
    } while (half_done_.exchange(true, std::memory_order_acq_rel));
  }

  const RunResult& result() const { return result_; }

 private:
  bool SendNext() {
    const nanoseconds now = shared_.Elapsed();
    sent_ = shared_.options.pacer.IntendedSend(now);
    phase_ = shared_.options.pacer.PhaseAt(sent_);
    if (phase_ == Phase::kOver || shared_.Stopped()) return false;
    number_ = shared_.next_number.fetch_add(1, std::memory_order_relaxed);
    half_done_.store(false, std::memory_order_relaxed);
    shared_.send(number_, reply_.data(), [this](const absl::Status& status) {
      Record(status);
      if (half_done_.exchange(true, std::memory_order_acq_rel)) Continue();
    });
    return true;
  }

  void Record(const absl::Status& status) {
    const nanoseconds now = shared_.Elapsed();
    (status.ok() ? shared_.answered : shared_.failed).fetch_add(1, std::memory_order_relaxed);
    if (status.ok() && !shared_.workload.Check(number_, reply_.data())) {
      shared_.wrong.fetch_add(1, std::memory_order_relaxed);
      ++result_.wrong;
    }
    if (phase_ != Phase::kMeasured) return;
    ++result_.codes[status.code()];
    result_.elapsed = now - shared_.options.pacer.warm_up();
    if (status.ok()) {
      result_.latency.Add(static_cast<uint64_t>((now - sent_).count()));
    } else {
      result_.first_error.Update(status);
    }
  }

  void Finish() {
    // Notified under the lock: once it is free the run may end and take the
    // condition variable with it.
    const std::lock_guard<std::mutex> lock(shared_.mutex);
    --shared_.active;
    shared_.one_finished.notify_one();
  }

  Shared& shared_;
  std::string reply_;
  std::atomic<bool> half_done_{false};
  uint64_t number_ = 0;
  nanoseconds sent_{0};
  Phase phase_ = Phase::kWarmUp;
  RunResult result_;
};

void WaitForAll(Shared& shared) {
  std::unique_lock<std::mutex> lock(shared.mutex);
  while (!shared.one_finished.wait_for(lock, kBetweenReports,
                                       [&shared] { return shared.active == 0; })) {
    if (!shared.options.on_progress) continue;
    shared.options.on_progress({.elapsed = shared.Elapsed(),
                                .answered = shared.answered.load(),
                                .failed = shared.failed.load(),
                                .wrong = shared.wrong.load()});
  }
}

}  // namespace

RunResult Run(const client::Client& client, const Workload& workload,
              const RunnerOptions& options) {
  const auto send = [&](uint64_t number, char* reply, std::function<void(absl::Status)> done) {
    workload.Send(client, number, reply, std::move(done));
  };
  return Run(Sender(send), workload, options);
}

RunResult Run(const Sender& send, const Workload& workload, const RunnerOptions& options) {
  Shared shared{send, workload, options};
  shared.active = options.concurrency;
  std::vector<std::unique_ptr<Caller>> callers;
  callers.reserve(static_cast<size_t>(options.concurrency));
  for (int i = 0; i < options.concurrency; ++i) callers.push_back(std::make_unique<Caller>(shared));
  for (const auto& caller : callers) caller->Continue();
  WaitForAll(shared);

  RunResult total;
  for (const auto& caller : callers) {
    const RunResult& part = caller->result();
    total.latency.Merge(part.latency);
    for (const auto& [code, count] : part.codes) total.codes[code] += count;
    total.wrong += part.wrong;
    total.elapsed = std::max(total.elapsed, part.elapsed);
    total.first_error.Update(part.first_error);
  }
  total.stopped = shared.Stopped();
  return total;
}

}  // namespace activation::cli
