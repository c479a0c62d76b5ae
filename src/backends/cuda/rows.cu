// Kernels of row-wise functions of f32, f16 and bf16, correctly rounded: a row by each block,
// in double with the rounding test, and where anything is in doubt with exact sums in the grade
// Certain (cpu/row_kernels.cc, cpu/slow_rows.h).
#include "src/functions/ops_cuda.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"
// These need both.
#include "src/backends/cuda/rounding-inl.h"
#include "src/backends/cuda/row_quick-inl.h"

namespace activation::cuda {
namespace {

using InCertain = Certain<N>;

struct PartialSums {
  WideSum rest;
  WideSum terms;
  WideSum sizes;
};

template <class F, Direction kDirection, DType kType>
struct RowTile {
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

  static ACT_FN void Block(const GroupView&, const Tile& tile, Shared& shared) {
    const Input row(*tile.job, tile.index);
    FindTop<kDirection>(row, shared.tops);
    const Top top = shared.tops[0];
    if (!IsUsual(top)) {
      // Rounded by way of a float.
      return PutUnusual<F, kDirection>(row, top.has_nan, shared.unusual,
                                       [](double y) { return RoundTwice<kType>(y); });
    }
    if (top.has_unusual_dy) {
      return PutOfUnusualDy<F>(row, shared.unusual, [](double y) { return RoundTwice<kType>(y); });
    }
    const double top_dy = row.Dy(top.index);
    AddUp(row, top, top_dy, shared);
    PutAll(row, top, shared);
    if (shared.any_in_doubt == 0) return;
    AddUpExactly(row, top, top_dy, shared);
    PutDoubtful(row, top, shared);
  }

 private:
  // The sums but for the top.
  static ACT_FN void AddUp(const Input& row, const Top& top, double top_dy, Shared& shared) {
    EachThread([&](unsigned thread) {
      PartialSums sums = {};
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

  static ACT_FN bool IsInDoubt(const Judged& judged) {
    const double low = judged.y - judged.error;
    const double high = judged.y + judged.error;
    return low < high && !To::AreSame(To::Round(low), To::Round(high));
  }

  static ACT_FN void PutAll(const Input& row, const Top& top, Shared& shared) {
    EachThread([&](unsigned thread) {
      for (uint64_t i = thread; i < row.n(); i += kThreads) {
        const Judged judged = Judge<F, kDirection>(row, i, top, shared.quick);
        row.Put(i, judged.y == judged.y ? To::Round(judged.y) : To::kNan);
        if (IsInDoubt(judged)) OrShared(1, shared.any_in_doubt);
      }
    });
  }

  static ACT_FN void AddUpExactly(const Input& row, const Top& top, double top_dy, Shared& shared) {
    EachThread([&](unsigned thread) {
      shared.rest.Clear(thread);
      shared.terms.Clear(thread);
    });
    EachThread([&](unsigned thread) {
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

  static ACT_FN void PutDoubtful(const Input& row, const Top& top, Shared& shared) {
    EachThread([&](unsigned thread) {
      for (uint64_t i = thread; i < row.n(); i += kThreads) {
        if (!IsInDoubt(Judge<F, kDirection>(row, i, top, shared.quick))) continue;
        const Pair<N> y = Certainly(row, i, top, shared.certain);
        row.Put(i, To::Round(OddSum(y.high.v, y.low.v)));
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
      const Pair<N> dx = i == top.index && F::kTopIsSpecial
                             ? F::template TopGradient<InCertain>(sums)
                             : F::template Gradient<InCertain>(e, N{row.Dy(i)}, sums);
      return F::kOfMinusX ? -dx : dx;
    }
  }
};

template <Direction kDirection, DType kType, class... Functions>
Kernel RowsOf(uint32_t place, TypeList<Functions...>) {
  static constexpr Kernel (*kKernels[])() = {
      KernelOfBlocks<RowTile<Functions, kDirection, kType>>...};
  return kKernels[place]();
}

template <DType kType>
Kernel RowsOf(const Code& code) {
  return code.direction == Direction::kForward
             ? RowsOf<Direction::kForward, kType>(code.place, RowWiseFunctions())
             : RowsOf<Direction::kGradient, kType>(code.place, RowWiseFunctions());
}

}  // namespace

Kernel Rows(const Code& code) {
  switch (code.dtype) {
    case DType::kF32:
      return code.tier == Tier::kFast ? RowsInFloats(code) : RowsOf<DType::kF32>(code);
    case DType::kF64:
      return RowsInDoubles(code);
    case DType::kF16:
      return RowsOf<DType::kF16>(code);
    case DType::kBF16:
      break;
  }
  return RowsOf<DType::kBF16>(code);
}

}  // namespace activation::cuda
