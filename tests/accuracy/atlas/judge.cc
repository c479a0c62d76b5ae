#include "tests/accuracy/atlas/judge.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "tests/accuracy/atlas/ulp_error.h"

namespace activation::atlas {
namespace {

using accuracy::Load;

// Suspects measured at a time, and the most of a block that cannot be the worst
// of all.
constexpr size_t kGroup = 256;
constexpr size_t kEnough = 4096;

template <DType kDType>
using BitsOf = std::conditional_t<kDType == DType::kF32, uint32_t, uint16_t>;

// The bits of the smallest normal number.
template <DType kDType>
constexpr BitsOf<kDType> kLeastNormal = kDType == DType::kF32   ? 0x800000
                                        : kDType == DType::kF16 ? 0x400
                                                                : 0x80;

// Whether a bit pattern is a normal number, and whether it is a power of two.
template <DType kDType>
bool HasUsualBits(BitsOf<kDType> bits) {
  constexpr BitsOf<kDType> kLeast = kLeastNormal<kDType>;
  constexpr BitsOf<kDType> kSize = std::numeric_limits<BitsOf<kDType>>::max() >> 1;
  constexpr BitsOf<kDType> kAbove = kSize + 1 - kLeast;
  return static_cast<BitsOf<kDType>>((bits & kSize) - kLeast) < kAbove - kLeast;
}

template <DType kDType>
bool IsPowerOfTwoBits(BitsOf<kDType> bits) {
  return (bits & (kLeastNormal<kDType> - 1)) == 0;
}

// The place of a bit pattern in the order of the numbers.
template <class Bits>
int64_t PlaceOf(Bits bits) {
  constexpr Bits kSign = Bits{1} << (8 * sizeof(Bits) - 1);
  const int64_t size = bits & static_cast<Bits>(~kSign);
  return (bits & kSign) != 0 ? -size : size;
}

}  // namespace

Judge::Judge(const Task& task, TrueValues truth)
    : task_(task),
      free_(FreeInputsOf(task)),
      none_is_free_(free_.None()),
      truth_(std::move(truth)) {}

template <DType kDType>
void Judge::Count(const JudgedBlock& block, size_t index, Tally& tally) {
  const double result = Load(kDType, block.results, index);
  const double expected = Load(kDType, block.expected, index);
  const double x = Load(kDType, block.x, index);
  if (std::isnan(result) && std::isnan(expected)) return;
  if (!none_is_free_ && free_.Contain(x)) return;
  if (result == expected) {
    ++tally.zero_signs;
    return;
  }
  // What rounds to the smallest normal number may lie below it.
  const bool is_normal = IsNormal<kDType>(x) && IsNormal<kDType>(expected) &&
                         std::fabs(expected) != SmallestNormal<kDType>();
  ++tally.wrong;
  tally.normal_wrong += is_normal;
  const int64_t places = PlaceOf(static_cast<const BitsOf<kDType>*>(block.results)[index]) -
                         PlaceOf(static_cast<const BitsOf<kDType>*>(block.expected)[index]);
  tally.far += places < -1 || places > 1;
  tally.nan_made += std::isnan(result);
  tally.nan_lost += std::isnan(expected);
  if (std::isnan(result) || std::isnan(expected)) return;
  const bool has_zero = result == 0 || expected == 0;
  tally.wrong_zeros += has_zero;
  tally.normal_zeros += has_zero && is_normal;
  tally.wrong_signs += !has_zero && std::signbit(result) != std::signbit(expected);
  tally.inf_made += std::isinf(result) && !std::isinf(expected);
  tally.inf_lost += std::isinf(expected) && !std::isinf(result);
  // The truth is within half a unit of what was expected. Just below a power of
  // two its own unit is half as large.
  const double about = UlpError<kDType>(result, expected);
  suspects_.push_back({index, about - 0.5, (about + 0.5) * (IsPowerOfTwo(expected) ? 2 : 1)});
  if (is_normal) normal_suspects_.push_back(suspects_.back());
}

template <DType kDType>
Worst Judge::FindWorst(const JudgedBlock& block, const std::vector<Suspect>& suspects,
                       double known) const {
  Worst worst;
  double beat = 0;
  for (const Suspect& suspect : suspects) beat = std::max(beat, suspect.least);
  size_t candidates = 0;
  for (const Suspect& suspect : suspects) candidates += suspect.most >= beat;
  const size_t stride = 1 + candidates / kEnough;
  std::array<double, kGroup> x;
  std::array<double, kGroup> truth;
  std::array<size_t, kGroup> index;
  size_t next = 0;
  size_t candidate = 0;
  while (next < suspects.size()) {
    size_t taken = 0;
    for (; next < suspects.size() && taken < kGroup; ++next) {
      const Suspect& suspect = suspects[next];
      if (suspect.most < std::max(beat, worst.ulp)) continue;
      if (candidate++ % stride != 0 && suspect.most <= std::max(known, worst.ulp)) continue;
      index[taken] = suspect.index;
      x[taken++] = Load(kDType, block.x, suspect.index);
    }
    truth_(x.data(), truth.data(), taken);
    for (size_t i = 0; i < taken; ++i) {
      const double result = Load(kDType, block.results, index[i]);
      const double ulp = UlpError<kDType>(result, truth[i]);
      if (ulp > worst.ulp) worst = {ulp, x[i], result, truth[i]};
    }
  }
  return worst;
}

// Most of what is wrong are normal neighbours of normal numbers. Without a branch
// they cost little, however many there are.
template <DType kDType>
Tally Judge::CountAll(const JudgedBlock& block) {
  using Bits = BitsOf<kDType>;
  const auto* x = static_cast<const Bits*>(block.x);
  const auto* results = static_cast<const Bits*>(block.results);
  const auto* expected = static_cast<const Bits*>(block.expected);
  Tally tally;
  size_t neighbours = 0;
  neighbours_.resize(block.count);
  for (size_t i = 0; i < block.count; ++i) {
    const Bits result = results[i];
    const Bits wanted = expected[i];
    const bool differs = result != wanted;
    const bool is_next = static_cast<Bits>(result - wanted + 1) <= 2;
    const bool is_neighbour = differs & is_next & none_is_free_ & HasUsualBits<kDType>(x[i]) &
                              HasUsualBits<kDType>(result) & HasUsualBits<kDType>(wanted) &
                              !IsPowerOfTwoBits<kDType>(wanted);
    neighbours_[neighbours] = static_cast<uint32_t>(i);
    neighbours += is_neighbour;
    if (differs && !is_neighbour) Count<kDType>(block, i, tally);
  }
  neighbours_.resize(neighbours);
  tally.wrong += neighbours;
  tally.normal_wrong += neighbours;
  return tally;
}

void Judge::SuspectNeighbours() {
  constexpr Suspect kNeighbour = {0, 0.5, 1.5};
  const bool greater_known = std::min(tally_.worst.ulp, tally_.normal_worst.ulp) > kNeighbour.most;
  const size_t stride = greater_known ? 1 + neighbours_.size() / kEnough : 1;
  for (size_t i = 0; i < neighbours_.size(); i += stride) {
    suspects_.push_back({neighbours_[i], kNeighbour.least, kNeighbour.most});
    normal_suspects_.push_back(suspects_.back());
  }
}

template <DType kDType>
Tally Judge::Measure(const JudgedBlock& block) {
  Tally tally = CountAll<kDType>(block);
  SuspectNeighbours();
  const bool all_normal = normal_suspects_.size() == suspects_.size();
  const double known = all_normal ? tally_.normal_worst.ulp : tally_.worst.ulp;
  tally.worst = FindWorst<kDType>(block, suspects_, known);
  tally.normal_worst = all_normal
                           ? tally.worst
                           : FindWorst<kDType>(block, normal_suspects_, tally_.normal_worst.ulp);
  return tally;
}

Tally Judge::Add(const JudgedBlock& block) {
  // Most blocks are equal: most inputs are so small or so great that the result is easy.
  if (std::memcmp(block.results, block.expected, block.count * SizeOf(task_.dtype)) == 0) return {};
  suspects_.clear();
  normal_suspects_.clear();
  const Tally tally = task_.dtype == DType::kF32   ? Measure<DType::kF32>(block)
                      : task_.dtype == DType::kF16 ? Measure<DType::kF16>(block)
                                                   : Measure<DType::kBF16>(block);
  tally_.Add(tally);
  return tally;
}

}  // namespace activation::atlas
