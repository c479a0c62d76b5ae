#include "tests/accuracy/sweep.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/accuracy/sweep_block.h"

namespace activation::accuracy {

bool SweepOptions::SharesKernel(Direction a_direction) const {
  if (!share_kernels || dtype != DType::kF32 || tier.has_value()) return false;
  return BestKernels().functions[function].fast.For(a_direction) == nullptr;
}

SweepResult SweepPart(const SweepOptions& options, uint64_t first, uint64_t count) {
  const Expression formula(options.reference != nullptr ? *options.reference
                                                        : Catalogue()[options.function]);
  // Before the threads, because it turns Highway's dispatch from target to target.
  SweepResult result = EmptyResult(options);
  const uint64_t end = first + count;
  std::atomic<uint64_t> next{first};
  std::mutex mutex;
  const auto work = [&] {
    const auto block = std::make_unique<SweepBlock>(options, formula);
    SweepResult part = EmptyResult(options);
    for (uint64_t at = next.fetch_add(kSweepBlock); at < end; at = next.fetch_add(kSweepBlock)) {
      const uint64_t size = std::min<uint64_t>(kSweepBlock, end - at);
      block->Run(at, size, part);
      if (options.progress) options.progress(size);
    }
    mpfr_free_cache();
    const std::lock_guard<std::mutex> lock(mutex);
    result.Add(part);
  };
  std::vector<std::thread> threads;
  threads.reserve(static_cast<size_t>(options.threads));
  for (int i = 0; i < options.threads; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
    if (!options.SharesKernel(direction)) continue;
    Tally& fast = result.At(Tier::kFast, direction);
    fast = result.At(Tier::kExact, direction);
    fast.slow_lane = 0;
  }
  return result;
}

SweepResult Sweep(const SweepOptions& options) {
  return SweepPart(options, 0, InputCount(options));
}

double PromisedUlp(DType dtype, Tier tier, Direction direction) {
  if (dtype == DType::kF64) return 1;
  if (PromisesNearest(dtype, tier)) return 0.5001;
  return direction == Direction::kForward ? 2 : 4;
}

bool PromisesNearest(DType dtype, Tier tier) {
  return dtype != DType::kF64 && (tier == Tier::kExact || dtype != DType::kF32);
}

bool KeepsPromise(DType dtype, Tier tier, Direction direction, const Tally& tally) {
  if (!(tally.max_ulp <= PromisedUlp(dtype, tier, direction))) return false;
  return !PromisesNearest(dtype, tier) || tally.misrounds == 0;
}

}  // namespace activation::accuracy
