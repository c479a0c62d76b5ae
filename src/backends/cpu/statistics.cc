#include "src/backends/cpu/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "src/backends/cpu/evaluate.h"
#include "src/backends/cpu/staging.h"
#include "src/backends/cpu/statistics_kernel.h"

namespace activation {
namespace {

void AddLanes(const LaneSum& lanes, ExactSum* sum) {
  for (const double high : lanes.high) sum->Add(high);
  for (const double low : lanes.low) sum->Add(low);
}

// Adds value^2 in two words, which are it to the last bit but for subnormal ones.
void AddSquare(double value, ExactSum* sum) {
  const double high = value * value;
  sum->Add(high);
  if (std::isfinite(high)) sum->Add(std::fma(value, value, -high));
}

// What is finite of y and slope: calls visit(y, slope).
template <class Visit>
void ForEachFinite(const WideBlock& wide, Visit visit) {
  for (size_t i = 0; i < wide.n; ++i) {
    const double y = wide.y[i];
    const double slope = wide.slope[i];
    if (std::isfinite(y) && std::isfinite(slope)) visit(y, slope);
  }
}

// sums[n terms] / n.
double MeanOf(const ExactSum::Words& sum, double n) { return sum.high / n; }

// (n sum(y^2) - sum(y)^2) / n^2, in two words, because the two may be nearly equal.
double VarianceOf(const ExactSum::Words& y, const ExactSum::Words& squared, double n) {
  const double squares = n * squared.high;
  if (!std::isfinite(squares)) return std::numeric_limits<double>::infinity();
  const double squares_rest = std::fma(n, squared.high, -squares) + n * squared.low;
  const double mean = y.high * y.high;
  const double mean_rest = std::fma(y.high, y.high, -mean) + 2 * y.high * y.low;
  return std::max(0.0, (squares - mean) + (squares_rest - mean_rest)) / n / n;
}

// The block of an evaluation as one of its own.
Evaluation BlockOf(const Evaluation& evaluation, size_t begin, size_t count) {
  const size_t offset = begin * SizeOf(evaluation.dtype);
  Evaluation block = evaluation;
  block.parameter_gradients = nullptr;
  block.statistics = nullptr;
  block.count = count;
  block.x = static_cast<const std::byte*>(evaluation.x) + offset;
  if (evaluation.dy != nullptr) {
    block.dy = static_cast<const std::byte*>(evaluation.dy) + offset;
  }
  if (evaluation.out != nullptr) block.out = static_cast<std::byte*>(evaluation.out) + offset;
  return block;
}

// f(x) or f'(x) of a block's input into `out`.
void EvaluateAside(const KernelSet& kernels, const Evaluation& block, Direction direction,
                   void* out) {
  Evaluation aside = block;
  aside.direction = direction;
  aside.dy = nullptr;
  aside.out = out;
  EvaluateStretch(kernels, aside, 0, aside.count);
}

}  // namespace

void StatisticsSums::Add(const KernelSet& kernels, const WideBlock& wide) {
  const size_t padding = RoundUp(wide.n) - wide.n;
  BlockStatistics block;
  kernels.sum_block(wide.y, wide.slope, wide.n + padding, &block);
  counts_.elements += wide.n;
  counts_.non_finite += block.non_finite;
  counts_.zeros += block.zeros - padding;
  counts_.dead += block.dead - padding;
  counts_.saturated += block.saturated - padding;
  if (block.y.exact) {
    AddLanes(block.y, &y_);
  } else {
    ForEachFinite(wide, [this](double y, double) { y_.Add(y); });
  }
  if (wide.squares_are_exact && block.y_squared.exact) {
    AddLanes(block.y_squared, &y_squared_);
  } else {
    ForEachFinite(wide, [this](double y, double) { AddSquare(y, &y_squared_); });
  }
  if (wide.squares_are_exact && block.slope_squared.exact) {
    AddLanes(block.slope_squared, &slope_squared_);
  } else {
    ForEachFinite(wide, [this](double, double slope) { AddSquare(slope, &slope_squared_); });
  }
}

void StatisticsSums::Add(const StatisticsSums& other) {
  counts_.elements += other.counts_.elements;
  counts_.non_finite += other.counts_.non_finite;
  counts_.zeros += other.counts_.zeros;
  counts_.dead += other.counts_.dead;
  counts_.saturated += other.counts_.saturated;
  y_.Add(other.y_);
  y_squared_.Add(other.y_squared_);
  slope_squared_.Add(other.slope_squared_);
}

TensorStatistics StatisticsSums::Total() {
  TensorStatistics total = counts_;
  const uint64_t finite = total.elements - total.non_finite;
  if (finite == 0) {
    // One NaN on every host, where 0 / 0 would have a sign of the host's.
    total.mean = total.variance = total.gradient_gain = std::numeric_limits<double>::quiet_NaN();
    return total;
  }
  const auto n = static_cast<double>(finite);
  const ExactSum::Words y = y_.Total();
  total.mean = MeanOf(y, n);
  total.variance = VarianceOf(y, y_squared_.Total(), n);
  total.gradient_gain = MeanOf(slope_squared_.Total(), n);
  return total;
}

void EvaluateWithStatistics(const KernelSet& kernels, const Evaluation& evaluation, size_t begin,
                            size_t count, StatisticsSums* sums) {
  const bool forward = evaluation.direction == Direction::kForward;
  ForEachBlock(begin, count, kBlock, [&](size_t index, size_t size) {
    // Room for the widest type.
    Buffer<double> y_aside;
    Buffer<double> slope_aside;
    const Evaluation block = BlockOf(evaluation, index, size);
    const bool returned = block.out != nullptr;
    // What the call does not return comes first: `out` may be x itself.
    const void* y = block.out;
    const void* slope = block.out;
    if (!forward || !returned) {
      EvaluateAside(kernels, block, Direction::kForward, y_aside.at);
      y = y_aside.at;
    }
    if (forward || !returned || block.dy != nullptr) {
      EvaluateAside(kernels, block, Direction::kGradient, slope_aside.at);
      slope = slope_aside.at;
    }
    if (returned) EvaluateStretch(kernels, block, 0, size);
    Buffer<double> wide_y;
    Buffer<double> wide_slope;
    Widen(kernels, block.dtype, y, 0, size, wide_y);
    Widen(kernels, block.dtype, slope, 0, size, wide_slope);
    sums->Add(kernels, {wide_y.at, wide_slope.at, size, block.dtype != DType::kF64});
  });
}

}  // namespace activation
