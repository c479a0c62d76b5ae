// Kernels of row-wise functions of f64, in two words with exact sums: a row by each block, every
// step the CPU's (cpu/row_pair_kernels.cc says why it is taken).
#include "src/functions/ops_cuda.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"
// These need both.
#include "src/backends/cuda/kernels/row_block-inl.h"
#include "src/backends/sum_order.h"

namespace activation::cuda {
namespace {

using N = Number<double>;
using Grade = Careful<N>;

template <class F, Direction kDirection>
struct RowTile {
  using Input = Row<F, DType::kF64>;
  static constexpr bool kGradient = kDirection == Direction::kGradient;

  struct Shared {
    Top tops[kThreads];
    UnusualShared unusual;
    ExactChunks rest;
    ExactChunks terms;
    // Of the words of both, high and low, whose sizes are far from each other.
    ThreadSums parts_of_rest[2];
    ThreadSums parts_of_terms[kGradient ? 2 : 1];
    RowSums<Grade> sums;
    unsigned has_large_dy;
  };

  static ACT_FN void Block(const GroupView&, const Tile& tile, Shared& shared) {
    const Input row(*tile.job, tile.index);
    FindTop<kDirection>(row, shared.tops);
    const Top top = shared.tops[0];
    const auto as_it_is = [](double y) { return y; };
    if (PutIfUnusual<F, kDirection>(row, top, shared.unusual, as_it_is)) return;
    EachThread([&](unsigned thread) {
      shared.rest.Clear(thread);
      shared.terms.Clear(thread);
      if (thread == 0) shared.has_large_dy = 0;
    });
    if (kGradient) {
      EachThread([&](unsigned thread) {
        for (uint64_t i = thread; i < row.n(); i += kThreads) {
          if (fabs(row.Dy(i)) > kLargeDy) OrShared(1, shared.has_large_dy);
        }
      });
    }
    const N shrunk = {shared.has_large_dy != 0 ? kShrunkExponent : 0.0};
    AddUp(row, top, shrunk, shared);
    PutAll(row, top, shrunk, shared);
  }

 private:
  static ACT_FN void AddUp(const Input& row, const Top& top, N shrunk, Shared& shared) {
    const N scale = PowerOfTwo(-shrunk);
    const N top_dy = N{row.Dy(top.index)} * scale;
    const double nothing = F::kTopIsSpecial ? 0.0 : row.Dy(top.index);
    const uint64_t padded = (row.n() + kRowGranule - 1) / kRowGranule * kRowGranule;
    EachThread([&](unsigned thread) {
      ThreadSum own_rest[2];
      ThreadSum own_terms[2];
      for (uint64_t i = thread; i < padded; i += kThreads) {
        const bool is_left_out = i >= row.n() || i == top.index;
        const double x = is_left_out ? -std::numeric_limits<double>::infinity() : row.Taken(i);
        Scaled<Grade> e = RowExp<Grade>(Below(N{x}, N{top.value}));
        e.exponent = e.exponent + N{kRowSumExponent};
        AddWords(InFull<Grade>(e), own_rest, shared.rest);
        if constexpr (kGradient) {
          const N dy = N{is_left_out ? nothing : row.Dy(i)} * scale;
          AddWords(F::template Term<Grade>(e, dy, top_dy), own_terms, shared.terms);
        }
      }
      LeaveWords(thread, own_rest, shared.parts_of_rest);
      if constexpr (kGradient) LeaveWords(thread, own_terms, shared.parts_of_terms);
    });
    cuda::AddUp(shared.parts_of_rest, shared.rest);
    if constexpr (kGradient) cuda::AddUp(shared.parts_of_terms, shared.terms);
    OneThread([&] {
      const N back = PowerOfTwo(N{-kRowSumExponent});
      const N back_of_terms = F::kTermsHaveExp ? back : N{1};
      shared.sums = SumsOf<Grade>(ScaledBy(TotalOf(shared.rest), back),
                                  ScaledBy(TotalOf(shared.terms), back_of_terms), N{0}, top_dy);
    });
  }

  static ACT_FN void PutAll(const Input& row, const Top& top, N shrunk, Shared& shared) {
    EachThread([&](unsigned thread) {
      for (uint64_t i = thread; i < row.n(); i += kThreads) {
        row.Put(i, ResultOf(row, i, top, shrunk, shared.sums));
      }
    });
  }

  static ACT_FN double ResultOf(const Input& row, uint64_t i, const Top& top, N shrunk,
                                const RowSums<Grade>& sums) {
    const Pair<N> t = Below(N{row.Taken(i)}, N{top.value});
    Scaled<Grade> e = RowExp<Grade>(t);
    if constexpr (!kGradient) {
      return RoundedWords(F::template Forward<Grade>(t, e, sums));
    } else {
      // Where an exponential is a factor of the result, the power goes to that.
      const N power_of_exp = F::kTermsHaveExp ? shrunk : N{0};
      const N unscale = PowerOfTwo(shrunk - power_of_exp);
      e.exponent = e.exponent + power_of_exp;
      const N dy = N{row.Dy(i)} * PowerOfTwo(-shrunk);
      const Pair<N> dx = GradientOfElement<F, Grade>(i == top.index, e, dy, sums);
      return RoundedWords(ScaledBy(F::kOfMinusX ? -dx : dx, unscale));
    }
  }

  // A zero keeps its sign, and nothing is to be added to what is not finite; the one quiet NaN.
  static ACT_FN double RoundedWords(Pair<N> words) {
    const double high = words.high.v;
    if (high != high) return std::numeric_limits<double>::quiet_NaN();
    const bool finite = fabs(high) < std::numeric_limits<double>::infinity();
    return high == 0 || !finite ? high : high + words.low.v;
  }
};

template <Direction kDirection, class... Functions>
Kernel RowsOf(uint32_t place, TypeList<Functions...>) {
  static constexpr Kernel (*kKernels[])() = {KernelOfBlocks<RowTile<Functions, kDirection>>...};
  return kKernels[place]();
}

}  // namespace

Kernel RowsInDoubles(const Code& code) {
  return code.direction == Direction::kForward
             ? RowsOf<Direction::kForward>(code.place, RowWiseFunctions())
             : RowsOf<Direction::kGradient>(code.place, RowWiseFunctions());
}

}  // namespace activation::cuda
