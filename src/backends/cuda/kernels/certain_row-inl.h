// A row of f32, f16 or bf16 by a whole block, correctly rounded whatever it is: in double with
// the rounding test and, where anything is in doubt, with exact sums in the grade Certain
// (cpu/row_kernels.cc, cpu/slow_rows.h). For the rows that are left by what is faster. Include in
// .cu files after definitions-inl.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_CERTAIN_ROW_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_CERTAIN_ROW_INL_H_

#include "src/backends/cuda/kernels/rounding-inl.h"
#include "src/backends/cuda/kernels/row_quick-inl.h"

namespace activation::cuda {

using InCertain = Certain<N>;

struct PartialSums {
  WideSum rest;
  WideSum terms;
  WideSum sizes;
};

template <class F, Direction kDirection, DType kType>
struct CertainRow {
  using Input = Row<F, kType>;
  using T = TypeOf<kType>;
  using To = Storage<kType>;
  static constexpr bool kGradient = kDirection == Direction::kGradient;

  struct Shared {
    Top tops[kThreads];
    PartialSums sums[kThreads];
    UnusualShared unusual;
    ExactChunks rest;
    ExactChunks terms;
    RowSums<InQuick> quick;
    RowSums<InCertain> certain;
    unsigned any_in_doubt;
  };

  static ACT_FN void Evaluate(const DeviceJob& job, uint64_t index, Shared& shared) {
    const Input row(job, index);
    FindTop<kDirection>(row, shared.tops);
    const Top top = shared.tops[0];
    const auto round = [](double y) { return ElementOf<kType>(y); };
    if (PutIfUnusual<F, kDirection>(row, top, shared.unusual, round)) return;
    const double top_dy = row.Dy(top.index);
    AddUp(row, top, top_dy, shared);
    // Nothing may be written over what is still to be read.
    EachThread([&](unsigned thread) {
#pragma unroll 1
      for (uint64_t i = thread; i < row.n(); i += kThreads) {
        if (Try(row, i, top, shared.quick).in_doubt) OrShared(1, shared.any_in_doubt);
      }
    });
    if (shared.any_in_doubt != 0) AddUpExactly(row, top, top_dy, shared);
    PutAll(row, top, shared);
  }

 private:
  // The sums but for the top.
  static ACT_FN void AddUp(const Input& row, const Top& top, double top_dy, Shared& shared) {
    EachThread([&](unsigned thread) {
      PartialSums sums = {};
#pragma unroll 1
      for (uint64_t i = thread; i < row.n(); i += kThreads) {
        if (i == top.index) continue;
        const Scaled<InQuick> e = RowExp<InQuick>(BelowTop(row, i, top));
        sums.rest.Add(e.mantissa.v);
        if constexpr (kGradient) {
          const N term = F::template Term<InQuick>(e, N{row.Dy(i)}, N{top_dy});
          sums.terms.Add(term.v);
          sums.sizes.Add(fabs(term.v));
        }
      }
      shared.sums[thread] = sums;
    });
    for (unsigned half = kThreads / 2; half > 0; half /= 2) {
      EachThread([&](unsigned thread) {
        if (thread >= half) return;
        shared.sums[thread].rest.Add(shared.sums[thread + half].rest);
        if (!kGradient) return;
        shared.sums[thread].terms.Add(shared.sums[thread + half].terms);
        shared.sums[thread].sizes.Add(shared.sums[thread + half].sizes);
      });
    }
    OneThread([&] {
      const PartialSums& sums = shared.sums[0];
      shared.quick =
          SumsOf<InQuick>(sums.rest.Total(), sums.terms.Total(), sums.sizes.Total(), N{top_dy});
      shared.any_in_doubt = 0;
    });
  }

  static ACT_FN Narrowed<kType> Try(const Input& row, uint64_t i, const Top& top,
                                    const RowSums<InQuick>& sums) {
    const SizedResult result = Judge<F, kDirection>(row, i, top, sums);
    if constexpr (kGradient) {
      return NarrowWithin<kType>(result.y, result.size * kRowGradientError);
    } else {
      return NarrowWithin<kType, kRowErrorUnits<F>>(result.y);
    }
  }

  static ACT_FN void AddUpExactly(const Input& row, const Top& top, double top_dy, Shared& shared) {
    EachThread([&](unsigned thread) {
      shared.rest.Clear(thread);
      shared.terms.Clear(thread);
    });
    EachThread([&](unsigned thread) {
#pragma unroll 1
      for (uint64_t i = thread; i < row.n(); i += kThreads) {
        if (i == top.index) continue;
        const Scaled<InCertain> e = RowExp<InCertain>(BelowTop(row, i, top));
        AddWords(InFull<InCertain>(e), shared.rest);
        if constexpr (kGradient) {
          AddWords(F::template Term<InCertain>(e, N{row.Dy(i)}, N{top_dy}), shared.terms);
        }
      }
    });
    OneThread([&] {
      shared.certain =
          SumsOf<InCertain>(TotalOf(shared.rest), TotalOf(shared.terms), N{0}, N{top_dy});
    });
  }

  static ACT_FN void PutAll(const Input& row, const Top& top, Shared& shared) {
    EachThread([&](unsigned thread) {
#pragma unroll 1
      for (uint64_t i = thread; i < row.n(); i += kThreads) {
        Narrowed<kType> result = Try(row, i, top, shared.quick);
        if (result.in_doubt) {
          const Pair<N> y = Certainly(row, i, top, shared.certain);
          result.value = To::Round(RoundToOdd(y.high.v, y.low.v));
        }
        row.Put(i, result.value);
      }
    });
  }

  static ACT_FN Pair<N> Certainly(const Input& row, uint64_t i, const Top& top,
                                  const RowSums<InCertain>& sums) {
    const Pair<N> t = BelowTop(row, i, top);
    const Scaled<InCertain> e = RowExp<InCertain>(t);
    if constexpr (!kGradient) {
      return F::template Forward<InCertain>(t, e, sums);
    } else {
      const Pair<N> dx = GradientOfElement<F, InCertain>(i == top.index, e, N{row.Dy(i)}, sums);
      return F::kOfMinusX ? -dx : dx;
    }
  }
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_CERTAIN_ROW_INL_H_
