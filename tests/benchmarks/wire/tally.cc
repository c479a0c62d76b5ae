#include "tests/benchmarks/wire/tally.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace activation::wire_benchmark {

void Watch::Fail(const std::string& reason) {
  Stop();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (failure_.empty()) failure_ = reason;
}

void Watch::Fail(const grpc::Status& status) {
  Fail(absl::StrCat("status ", status.error_code(), " ", status.error_message()));
}

std::string Watch::failure() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return failure_;
}

void Watch::Limit(int64_t calls, int64_t period, std::function<void(int64_t)> sample) {
  most_ = calls;
  period_ = period;
  sample_ = std::move(sample);
}

void Watch::CallDone() {
  if (most_ == 0) return;
  const int64_t calls = calls_.fetch_add(1) + 1;
  if (calls % period_ == 0) {
    const std::lock_guard<std::mutex> lock(mutex_);
    sample_(calls);
  }
  if (calls == most_) Stop();
}

void Tally::Replied(size_t request, size_t bytes, Clock::time_point start) {
  const auto latency = Clock::now() - start;
  size_t& expected = replies_[request];
  if (expected == 0) expected = bytes;
  if (bytes != expected || bytes < requests_[request].payload) {
    watch_->Fail(absl::StrCat("a reply has ", bytes, " bytes, another ", expected,
                              ", to tensors of ", requests_[request].payload));
  }
  watch_->CallDone();
  if (!watch_->measuring()) return;
  latencies_.Add(
      static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(latency).count()));
  payload_ += requests_[request].payload;
}

}  // namespace activation::wire_benchmark
