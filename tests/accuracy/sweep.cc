#include "tests/accuracy/sweep.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>

#include "src/backends/cpu/evaluate.h"
#include "tests/accuracy/expression.h"
#include "tests/accuracy/ulp.h"

namespace activation::accuracy {
namespace {

constexpr size_t kBlock = 4096;

// Sebastiano Vigna's splitmix64: every bit of the result depends on every bit
// of the argument.
uint64_t Mix(uint64_t z) {
  z += 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

uint64_t BitsAt(DType dtype, const std::vector<std::byte>& data, size_t index) {
  uint64_t bits = 0;
  std::memcpy(&bits, data.data() + index * SizeOf(dtype), SizeOf(dtype));
  return bits;
}

// A block of inputs, their true results and the results under test.
class Block {
 public:
  Block(const SweepOptions& options, const Expression& reference)
      : options_(options),
        reference_(reference),
        format_(FormatOf(options.dtype)),
        x_(kBlock * SizeOf(options.dtype)),
        dy_(x_.size()),
        best_(x_.size()),
        other_(x_.size()) {}

  void Run(uint64_t first, size_t count, SweepResult& result) {
    Fill(first, count);
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        Judge(tier, direction, result);
      }
    }
  }

 private:
  uint64_t Pattern(uint64_t index) const {
    switch (options_.dtype) {
      case DType::kF16:
      case DType::kBF16:
        return index;
      case DType::kF32: {
        const uint64_t stride = std::max<uint64_t>(1, (uint64_t{1} << 32) / options_.samples);
        return index * stride + Mix(index) % stride;
      }
      case DType::kF64: {
        // Half of them anywhere, half where the functions bend.
        const uint64_t random = Mix(index);
        if (index % 2 == 0) return random;
        const double x = std::ldexp(static_cast<double>(static_cast<int64_t>(random)), -63) * 40;
        uint64_t bits;
        std::memcpy(&bits, &x, sizeof(bits));
        return bits;
      }
    }
    return 0;
  }

  void Fill(uint64_t first, size_t count) {
    const size_t size = SizeOf(options_.dtype);
    count_ = 0;
    for (uint64_t index = first; index < first + count; ++index) {
      const uint64_t x = Pattern(index);
      const uint64_t dy = Mix(~index);
      std::memcpy(x_.data() + count_ * size, &x, size);
      std::memcpy(dy_.data() + count_ * size, &dy, size);
      // Special values have a test of their own.
      const double dy_value = Load(options_.dtype, dy_.data(), count_);
      if (!std::isfinite(Load(options_.dtype, x_.data(), count_))) continue;
      if (options_.with_dy && !std::isfinite(dy_value)) continue;
      const Value<long double> truth =
          reference_.At<long double>(Load(options_.dtype, x_.data(), count_), options_.params);
      truth_[0][count_] = truth.v;
      truth_[1][count_] = TimesDy(truth.d[0], dy_value);
      ++count_;
    }
  }

  void Evaluate(const KernelSet& kernels, Tier tier, Direction direction,
                std::vector<std::byte>& out) const {
    Evaluation evaluation;
    evaluation.function = options_.function;
    evaluation.params = options_.params;
    evaluation.tier = tier;
    evaluation.direction = direction;
    evaluation.dtype = options_.dtype;
    evaluation.count = count_;
    evaluation.x = x_.data();
    if (options_.with_dy && direction == Direction::kGradient) evaluation.dy = dy_.data();
    evaluation.out = out.data();
    EvaluateStretch(kernels, evaluation, 0, count_);
  }

  void Judge(Tier tier, Direction direction, SweepResult& result) {
    const auto kernels = AllKernels();
    Evaluate(kernels[0], tier, direction, best_);
    for (size_t k = 1; k < kernels.size(); ++k) {
      Evaluate(kernels[k], tier, direction, other_);
      for (size_t i = 0; i < count_; ++i) {
        if (BitsAt(options_.dtype, best_, i) != BitsAt(options_.dtype, other_, i)) {
          ++result.target_differences;
        }
      }
    }
    Tally& tally = result.tallies[static_cast<size_t>(tier)][static_cast<size_t>(direction)];
    for (size_t i = 0; i < count_; ++i) JudgeOne(direction, i, tally);
  }

  void JudgeOne(Direction direction, size_t i, Tally& tally) const {
    const long double truth = truth_[static_cast<size_t>(direction)][i];
    const double y = Load(options_.dtype, best_.data(), i);
    const uint64_t x_bits = BitsAt(options_.dtype, x_, i);
    ++tally.checked;
    tally.hash += Mix(Mix(x_bits) ^ BitsAt(options_.dtype, best_, i));
    // Outside its domain a function is not a number.
    if (std::isnan(truth) && std::isnan(y)) return;
    const long double error = Error(direction, i, y, truth);
    // A NaN where there is a value is as wrong as can be.
    if (!(error <= tally.max_ulp)) {
      tally.max_ulp = std::isnan(error) ? INFINITY : error;
      tally.worst_x = Load(options_.dtype, x_.data(), i);
    }
    // Within 2^-20 of half a unit either way it takes more than 64 bits to say
    // what is nearest.
    constexpr long double kDoubt = 0x1p-20L;
    const bool near = std::fabs(error - 0.5L) < kDoubt;
    if (near ? !IsNearest(format_, y, Exact(direction, i)) : !(error < 0.5L)) ++tally.misrounds;
  }

  long double Error(Direction direction, size_t i, double y, long double truth) const {
    // A long double has only 11 bits more than a double; for an overflow they do.
    if (options_.dtype != DType::kF64 || std::isinf(y)) return UlpError(format_, y, truth);
    const BigFloat error = Exact(direction, i) - BigFloat(y);
    return std::fabs(std::ldexp(mpfr_get_ld(error.get(), MPFR_RNDN), -GapExponent(format_, truth)));
  }

  BigFloat Exact(Direction direction, size_t i) const {
    const Value<BigFloat> truth =
        reference_.At<BigFloat>(Load(options_.dtype, x_.data(), i), options_.params);
    if (direction == Direction::kForward) return truth.v;
    return TimesDy(truth.d[0], Load(options_.dtype, dy_.data(), i));
  }

  // A derivative beyond every number is still a number: times 0 it is 0.
  template <class R>
  R TimesDy(const R& derivative, double dy) const {
    if (!options_.with_dy) return derivative;
    return dy == 0 ? R(0.0L) : derivative * R(static_cast<long double>(dy));
  }

  const SweepOptions& options_;
  const Expression& reference_;
  const Format format_;
  size_t count_ = 0;
  std::vector<std::byte> x_;
  std::vector<std::byte> dy_;
  std::vector<std::byte> best_;
  std::vector<std::byte> other_;
  std::array<std::array<long double, kBlock>, 2> truth_;  // by Direction
};

void Merge(const SweepResult& part, SweepResult& whole) {
  whole.target_differences += part.target_differences;
  for (size_t tier = 0; tier < 2; ++tier) {
    for (size_t direction = 0; direction < 2; ++direction) {
      const Tally& from = part.tallies[tier][direction];
      Tally& to = whole.tallies[tier][direction];
      to.checked += from.checked;
      to.misrounds += from.misrounds;
      to.hash += from.hash;
      if (from.max_ulp > to.max_ulp) {
        to.max_ulp = from.max_ulp;
        to.worst_x = from.worst_x;
      }
    }
  }
}

}  // namespace

SweepResult Sweep(const SweepOptions& options) {
  const Expression reference(options.reference != nullptr ? *options.reference
                                                          : Catalogue()[options.function]);
  const uint64_t samples = SizeOf(options.dtype) == 2 ? 65536 : options.samples;
  SweepResult result;
  for (const KernelSet& kernels : AllKernels()) result.targets.push_back(kernels.target);
  std::atomic<uint64_t> next{0};
  std::mutex mutex;
  const auto work = [&] {
    const auto block = std::make_unique<Block>(options, reference);
    SweepResult part;
    for (uint64_t first = next.fetch_add(kBlock); first < samples; first = next.fetch_add(kBlock)) {
      block->Run(first, std::min<uint64_t>(kBlock, samples - first), part);
      if (options.progress) {
        options.progress(static_cast<double>(first) / static_cast<double>(samples));
      }
    }
    mpfr_free_cache();
    const std::lock_guard<std::mutex> lock(mutex);
    Merge(part, result);
  };
  std::vector<std::thread> threads;
  threads.reserve(static_cast<size_t>(options.threads));
  for (int i = 0; i < options.threads; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  return result;
}

}  // namespace activation::accuracy
