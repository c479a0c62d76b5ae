// A row of floats that the FAST tier leaves to double (cpu/kernels.h, FastRowKernel): results as
// they come, untested, so that sums are added in the CPU's order (sum_order.h, cpu/row_sums-inl.h).
// Include in .cu files after definitions-inl.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_IN_DOUBLE_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_IN_DOUBLE_INL_H_

#include "src/backends/cuda/kernels/row_places-inl.h"

namespace activation::cuda {

template <class F, Direction kDirection>
class RowInDouble {
 public:
  using Input = Row<F, DType::kF32>;

  // Sums of kRowSumElements elements at a time, a thread for each place.
  static constexpr unsigned kSums = kThreads / kRowSumPlaces;

  struct Shared {
    Top tops[kThreads];
    UnusualShared unusual;
    double rests[kRowSumPlaces][kSums];
    double terms[kRowSumPlaces][kSums];
    WideSum rest;
    WideSum term;
    RowSums<InQuick> sums;
  };

  static ACT_FN void Evaluate(const Input& row, Shared& shared) {
    const auto round = [](double y) { return ElementOf<DType::kF32>(y); };
    FindTop<kDirection>(row, shared.tops);
    const Top top = shared.tops[0];
    if (PutIfUnusual<F, kDirection>(row, top, shared.unusual, round)) return;
    AddUp(row, top, shared);
    EachThread([&](unsigned thread) {
#pragma unroll 1
      for (uint64_t i = thread; i < row.n(); i += kThreads) {
        row.Put(i, round(Judge<F, kDirection>(row, i, top, shared.sums).y));
      }
    });
  }

 private:
  static constexpr bool kGradient = kDirection == Direction::kGradient;

  // What a place of a sum has.
  struct Place {
    double rest = 0;
    double terms = 0;
  };

  static ACT_FN void AddUp(const Input& row, const Top& top, Shared& shared) {
    const double top_dy = row.Dy(top.index);
    OneThread([&] { shared.rest = shared.term = {0, 0}; });
    for (uint64_t begin = 0; begin < row.n(); begin += kSums * kRowSumElements) {
      EachThread([&](unsigned thread) {
        const unsigned sum = thread / kRowSumPlaces;
        const unsigned place = thread % kRowSumPlaces;
        const Place added = AddPlace(row, top, top_dy, begin + sum * kRowSumElements + place);
        shared.rests[place][sum] = added.rest;
        shared.terms[place][sum] = added.terms;
      });
      const uint64_t left = CeilDiv(row.n() - begin, kRowSumElements);
      const auto sums = static_cast<unsigned>(left < kSums ? left : kSums);
      AddTotals(shared.rests, sums, shared.rest);
      if constexpr (kGradient) AddTotals(shared.terms, sums, shared.term);
    }
    OneThread([&] {
      shared.sums = SumsOf<InQuick>(shared.rest.Total(), shared.term.Total(), N{0}, N{top_dy});
    });
  }

  static ACT_FN void AddTotals(const double (&places)[kRowSumPlaces][kSums], unsigned sums,
                               WideSum& to) {
    OneThread([&] {
#pragma unroll 1
      for (unsigned sum = 0; sum < sums; ++sum) {
        to.Add(TotalOfPlaces([&](unsigned place) { return places[place][sum]; }));
      }
    });
  }

  // Every kRowSumPlaces-th element from `first` on. What fills the row up to whole vectors of the
  // CPU is far below the top and in the sums, too.
  static ACT_FN Place AddPlace(const Input& row, const Top& top, double top_dy, uint64_t first) {
    const double nothing = F::kTopIsSpecial ? 0.0 : top_dy;
    const uint64_t padded = CeilDiv(row.n(), kRowSumPlaces) * kRowSumPlaces;
    const uint64_t end = first + kRowSumElements < padded ? first + kRowSumElements : padded;
    Place added;
#pragma unroll 1
    for (uint64_t i = first; i < end; i += kRowSumPlaces) {
      const bool is_left_out = i >= row.n() || i == top.index;
      const double x = is_left_out ? -std::numeric_limits<double>::infinity() : row.Taken(i);
      const Scaled<InQuick> e = RowExp<InQuick>(Below(N{x}, N{top.value}));
      added.rest += e.mantissa.v;
      if constexpr (kGradient) {
        const N dy = {is_left_out ? nothing : row.Dy(i)};
        added.terms += F::template Term<InQuick>(e, dy, N{top_dy}).v;
      }
    }
    return added;
  }
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_IN_DOUBLE_INL_H_
