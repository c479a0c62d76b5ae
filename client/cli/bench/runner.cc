#include "client/cli/bench/runner.h"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "client/cli/bench/confidence.h"
#include "client/cli/bench/transport.h"
#include "client/cli/bench/worker.h"
#include "client/src/outcome.h"

namespace activation::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kBetweenLooks = std::chrono::milliseconds(100);

class Runner {
 public:
  Runner(const client::ClientOptions& client, const PreparedCalls& calls, const Load& load,
         const RunHooks& hooks)
      : load_(load),
        hooks_(hooks),
        deadline_(client.deadline),
        end_(load.phases.end()),
        start_(Clock::now()) {
    if (load.until_confident) confidence_.emplace(*load.until_confident);
    size_t place = 0;
    for (int i = 0; i < load.workers(); ++i) {
      client::ClientOptions own = client;
      own.connections = ConnectionsOf(load, client.connections, i);
      auto transport = calls.protocol().stream ? NewStreamTransport(own, calls.Method(0))
                                               : NewUnaryTransport(own);
      const WorkerOptions options = OptionsOf(i, place);
      place += options.places;
      workers_.push_back(std::make_unique<Worker>(calls, std::move(transport), options));
    }
  }

  RunResult Run() {
    running_ = workers_.size();
    std::vector<std::thread> threads;
    for (const auto& worker : workers_) {
      threads.emplace_back([this, &worker] {
        worker->Run();
        const std::lock_guard<std::mutex> lock(mutex_);
        --running_;
        ended_.notify_one();
      });
    }
    Watch();
    for (std::thread& thread : threads) thread.join();
    RunResult total;
    for (const auto& worker : workers_) total.Merge(worker->result());
    total.stopped = UserStopped();
    total.confident = confident_ && !total.stopped;
    return total;
  }

 private:
  WorkerOptions OptionsOf(int worker, size_t first_place) const {
    WorkerOptions options{
        .first_place = first_place,
        .places = static_cast<size_t>(ShareOf(load_.concurrency, load_.workers(), worker)),
        .phases = load_.phases,
        .end = &end_,
        .start = start_};
    if (load_.rate.has_value()) {
      options.pacer = Pacer::Options{.rate = *load_.rate,
                                     .phases = load_.phases,
                                     .arrivals = load_.arrivals,
                                     .share = worker,
                                     .shares = load_.workers()};
    }
    return options;
  }

  bool UserStopped() const { return hooks_.stop != nullptr && hooks_.stop->load(); }

  void Watch() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!ended_.wait_for(lock, kBetweenLooks, [this] { return running_ == 0; })) Look();
  }

  void Look() {
    const nanoseconds now = Clock::now() - start_;
    Tally::Totals totals;
    for (const auto& worker : workers_) {
      const Tally::Totals part = worker->totals();
      totals.answered += part.answered;
      totals.failed += part.failed;
      totals.wrong += part.wrong;
      totals.latency_ns += part.latency_ns;
    }
    const double seconds = std::chrono::duration<double>(now - last_look_).count();
    const uint64_t answered = totals.answered - last_.answered;
    if (confidence_ && last_look_ >= load_.phases.warm_up &&
        confidence_->Enough(answered, totals.latency_ns - last_.latency_ns, seconds)) {
      confident_ = true;
    }
    if (confident_ || UserStopped()) {
      end_ = std::min<nanoseconds>(end_.load(), Clock::now() - start_);
    }
    // From then on no call is sent, and each has its deadline, except on streams.
    if (now - end_.load() > deadline_) {
      for (const auto& worker : workers_) worker->Cancel();
    }
    if (hooks_.on_progress) {
      hooks_.on_progress({.elapsed = now,
                          .phases = load_.phases,
                          .answered = totals.answered,
                          .failed = totals.failed,
                          .wrong = totals.wrong,
                          .calls_per_second = static_cast<double>(answered) / seconds});
    }
    last_ = totals;
    last_look_ = now;
  }

  const Load load_;
  const RunHooks hooks_;
  const nanoseconds deadline_;    // of a call
  std::atomic<nanoseconds> end_;  // of the run, since its start
  const Clock::time_point start_;
  std::vector<std::unique_ptr<Worker>> workers_;

  std::mutex mutex_;
  std::condition_variable ended_;
  size_t running_ = 0;  // guarded by mutex_

  // Of the thread that watches.
  std::optional<Confidence> confidence_;
  bool confident_ = false;
  Tally::Totals last_;
  nanoseconds last_look_{0};
};

}  // namespace

absl::Status TryOnce(const client::ClientOptions& client, const PreparedCalls& calls) {
  const std::unique_ptr<Transport> transport = calls.protocol().stream
                                                   ? NewStreamTransport(client, calls.Method(0))
                                                   : NewUnaryTransport(client);
  WireCall call;
  call.method = calls.Method(0);
  call.request = &calls.Prepare(0, 0);
  transport->Send(&call);
  transport->Next();
  transport->Shutdown();
  while (transport->Next() != nullptr) {
  }
  if (!call.status.ok()) return client::ToStatus(call.status);
  // Whether it is right is for the run to count.
  return calls.Judge(0, 0, &call.reply).status();
}

RunResult RunLoad(const client::ClientOptions& client, const PreparedCalls& calls, const Load& load,
                  const RunHooks& hooks) {
  return Runner(client, calls, load, hooks).Run();
}

}  // namespace activation::cli
