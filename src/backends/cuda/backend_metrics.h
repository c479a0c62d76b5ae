// What a device's backend counts about itself, for the server's metrics. Lock-free;
// thread-safe; a reader may see one observation half.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_BACKEND_METRICS_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_BACKEND_METRICS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace activation::cuda {

// How many observations were at most each bound, and beyond the last.
template <size_t kBounds>
class Distribution {
 public:
  explicit constexpr Distribution(const std::array<double, kBounds>& bounds) : bounds_(bounds) {}

  void Observe(double value) {
    size_t i = 0;
    while (i < kBounds && value > bounds_[i]) ++i;
    counts_[i].fetch_add(1, std::memory_order_relaxed);
    double sum = sum_.load(std::memory_order_relaxed);
    while (!sum_.compare_exchange_weak(sum, sum + value, std::memory_order_relaxed)) {
    }
  }

  void Reset() {
    for (auto& count : counts_) count.store(0, std::memory_order_relaxed);
    sum_.store(0, std::memory_order_relaxed);
  }

  const std::array<double, kBounds>& bounds() const { return bounds_; }
  // Of bucket `i`, not of those below it; bucket kBounds is what is beyond.
  uint64_t count(size_t i) const { return counts_[i].load(std::memory_order_relaxed); }
  double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  const std::array<double, kBounds> bounds_;
  std::array<std::atomic<uint64_t>, kBounds + 1> counts_{};
  std::atomic<double> sum_{0};
};

// Why a piece was not computed by the device it was meant for.
enum class Fallback : uint8_t {
  kNoMemory,  // the device had no memory for it, or the host for the lists of its batch
  kFailed,    // a call failed that should not have
  kLost,      // the device is lost
};
inline constexpr size_t kFallbackCount = 3;

// Seconds, for what takes from some microseconds to some seconds.
inline constexpr std::array<double, 19> kStageBounds = {
    10e-6, 25e-6, 50e-6,  100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3,
    25e-3, 50e-3, 100e-3, 250e-3, 500e-3, 1,      2.5,  5,      10};

struct BackendMetrics {
  // Pieces in a batch that the device computed.
  Distribution<9> batch_jobs{{1, 2, 4, 16, 64, 256, 1024, 4096, 16384}};
  // From when a piece was queued to when a shuttle took it.
  Distribution<10> wait_seconds{{10e-6, 25e-6, 50e-6, 100e-6, 250e-6, 1e-3, 5e-3, 25e-3, 0.1, 1}};
  // Of a batch of which something had to be: copying it to where the device can copy from
  // by itself, and from where it copies to.
  Distribution<kStageBounds.size()> copy_in_seconds{kStageBounds};
  Distribution<kStageBounds.size()> copy_out_seconds{kStageBounds};
  std::array<std::atomic<uint64_t>, kFallbackCount> fallbacks{};  // pieces

  void Reset() {
    batch_jobs.Reset();
    wait_seconds.Reset();
    copy_in_seconds.Reset();
    copy_out_seconds.Reset();
    for (auto& count : fallbacks) count.store(0, std::memory_order_relaxed);
  }
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_BACKEND_METRICS_H_
