#include "tests/accuracy/sweep_block.h"

#include <algorithm>
#include <cstring>

#include "src/backends/cpu/evaluate.h"
#include "tests/accuracy/bit_hash.h"

namespace activation::accuracy {
namespace {

constexpr char kScalar[] = "SCALAR";

}  // namespace

SweepResult EmptyResult(const SweepOptions& options) {
  SweepResult result;
  for (const KernelSet& kernels : AllKernels()) result.targets.push_back({kernels.target});
  for (size_t tier = 0; tier < 2; ++tier) {
    for (size_t direction = 0; direction < 2; ++direction) {
      Tally& tally = result.tallies[tier][direction];
      if (options.profile) tally.profile.assign(kProfileRanges, 0);
      if (options.before == nullptr) continue;
      tally.max_ulp_before = options.before->tallies[tier][direction].max_ulp;
      tally.worst_x_before = options.before->tallies[tier][direction].worst_x;
    }
  }
  return result;
}

SweepBlock::SweepBlock(const SweepOptions& options, const Expression& formula)
    : options_(options),
      inputs_(options),
      judge_(MakeJudge(options, formula)),
      other_(kSweepBlock * SizeOf(options.dtype)),
      doubt_(kSweepBlock),
      bits_(kSweepBlock) {
  for (const Tier tier : {Tier::kExact, Tier::kFast}) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      if (!options.Wants(tier, direction)) continue;
      if (tier == Tier::kFast && options.SharesKernel(direction)) continue;
      cases_.push_back({tier, direction, std::vector<std::byte>(other_.size())});
    }
  }
}

void SweepBlock::Run(uint64_t first, size_t count, SweepResult& result) {
  inputs_.Fill(first, count);
  const bool scalar_too = first / kSweepBlock % options_.scalar_stride == 0;
  for (Case& each : cases_) {
    Tally& tally = result.At(each.tier, each.direction);
    if (options_.dtype == DType::kF32 && each.tier == Tier::kExact) {
      tally.slow_lane += EvaluateTested(each);
    } else {
      Evaluate(AllKernels().front(), each, each.results);
    }
    CompareTargets(each, scalar_too, result);
    CopyBits(options_.dtype, each.results.data(), inputs_.count(), bits_.data());
    tally.hash += HashBits(inputs_.mixed(), bits_.data(), inputs_.count());
  }
  JudgeResults(result);
}

void SweepBlock::Evaluate(const KernelSet& kernels, const Case& of,
                          std::vector<std::byte>& out) const {
  Evaluation evaluation;
  evaluation.function = options_.function;
  evaluation.params = options_.params;
  evaluation.tier = of.tier;
  evaluation.direction = of.direction;
  evaluation.dtype = options_.dtype;
  evaluation.count = inputs_.count();
  evaluation.x = inputs_.x();
  if (of.direction == Direction::kGradient) evaluation.dy = inputs_.dy();
  evaluation.out = out.data();
  EvaluateStretch(kernels, evaluation, 0, inputs_.count());
}

void SweepBlock::CompareTargets(const Case& with, bool scalar_too, SweepResult& result) {
  const auto kernels = AllKernels();
  const size_t size = SizeOf(options_.dtype);
  for (size_t k = 0; k < kernels.size(); ++k) {
    TargetTally& tally = result.targets[k];
    if (k > 0) {
      if (kernels[k].target == kScalar && !scalar_too) continue;
      Evaluate(kernels[k], with, other_);
    }
    tally.compared += inputs_.count();
    const std::byte* best = with.results.data();
    const std::byte* other = k == 0 ? best : other_.data();
    if (std::memcmp(best, other, inputs_.count() * size) == 0) continue;
    for (size_t i = 0; i < inputs_.count(); ++i) {
      if (std::memcmp(best + i * size, other + i * size, size) != 0) ++tally.differing;
    }
  }
}

// The kernel alone where it is in doubt of nothing, which is all that EvaluateStretch
// calls then; returns how many results it is in doubt of.
uint64_t SweepBlock::EvaluateTested(Case& each) {
  const FunctionKernels& function = AllKernels().front().functions[options_.function];
  const bool gradient = each.direction == Direction::kGradient;
  const size_t padded = (inputs_.count() + kKernelGranule - 1) / kKernelGranule * kKernelGranule;
  const bool any = function.exact.For(each.direction)(
      options_.params, reinterpret_cast<const float*>(inputs_.x()),
      gradient ? reinterpret_cast<const float*>(inputs_.dy()) : nullptr,
      reinterpret_cast<float*>(each.results.data()), doubt_.data(), padded, Store::kCached);
  if (!any) return 0;
  Evaluate(AllKernels().front(), each, each.results);
  const auto end = doubt_.begin() + static_cast<std::ptrdiff_t>(inputs_.count());
  const auto visits = std::count(doubt_.begin(), end, uint8_t{1});
  std::fill(doubt_.begin(), doubt_.end(), uint8_t{0});
  return static_cast<uint64_t>(visits);
}

void SweepBlock::JudgeResults(SweepResult& result) {
  const size_t size = SizeOf(options_.dtype);
  for (size_t first = 0; first < inputs_.count(); first += kBlockLanes) {
    const size_t count = std::min(kBlockLanes, inputs_.count() - first);
    judge_->Take({inputs_.wide_x() + first,
                  inputs_.dy() == nullptr ? nullptr : inputs_.wide_dy() + first, count});
    for (const Case& each : cases_) {
      Widen(options_.dtype, each.results.data() + first * size, count, wide_.data());
      judge_->Count(each.direction, wide_.data(), result.At(each.tier, each.direction));
    }
  }
}

}  // namespace activation::accuracy
