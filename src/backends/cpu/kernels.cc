#include "src/backends/cpu/kernels.h"

#include "hwy/targets.h"
#include "src/backends/cpu/kernel_tables.h"

namespace activation {
namespace {

// Highway's dispatch follows a mask of supported targets. Narrowing the mask to
// one target at a time, once and before any other thread can dispatch, gives
// the tables of each.
KernelSet KernelsOf(int64_t target) {
  hwy::SetSupportedTargetsForTest(target);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  KernelSet set;
  // By the name that everyone else has for it.
  set.target = target == HWY_AVX3 ? "AVX-512" : hwy::TargetName(target);
  set.functions.resize(ElementwiseFunctions().size());
  AddFastKernels(set.functions);
  AddExactKernels(set.functions);
  AddDoubleKernels(set.functions);
  AddParameterKernels(set.functions);
  set.channels = ChosenChannelKernels();
  set.rows = ChosenRowKernels();
  set.fast_rows = ChosenFastRowKernels();
  set.rows_in_pairs = ChosenRowPairKernels();
  set.gated = ChosenGatedKernels();
  set.convert = ChosenConversions();
  set.sum_block = ChosenStatisticsKernel();
  return set;
}

std::vector<KernelSet> BuildAll() {
  std::vector<KernelSet> sets;
  const int64_t compiled = HWY_TARGETS & hwy::SupportedTargets();
  // A better target has a lower bit.
  for (int64_t rest = compiled; rest != 0; rest &= rest - 1)
    sets.push_back(KernelsOf(rest & -rest));
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  return sets;
}

}  // namespace

absl::Span<const KernelSet> AllKernels() {
  static const auto& sets = *new std::vector<KernelSet>(BuildAll());
  return sets;
}

const KernelSet& BestKernels() { return AllKernels().front(); }

}  // namespace activation
