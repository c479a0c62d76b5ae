// What the threads that share a row of floats leave for each other: sums by their places, in the
// CPU's order (sum_order.h, cpu/fast_row_sums-inl.h), and what follows from them. Include in .cu
// files after definitions-inl.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_PLACES_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_PLACES_INL_H_

#include "src/backends/cuda/kernels/block-inl.h"
#include "src/backends/cuda/kernels/float_rows.h"
#include "src/backends/cuda/kernels/row_quick-inl.h"

namespace activation::cuda {

using Single = Number<float>;

// What at(place) is of kCount places from `first` on, each kStep from the next: half and half,
// until one is left. No loop, which compilers leave arrays in local memory for.
template <unsigned kCount = kPlaces, class At>
ACT_PART auto TotalOfPlaces(At at, unsigned first = 0) {
  if constexpr (kCount == 1) {
    return at(first);
  } else {
    constexpr unsigned kStep = kPlaces / kCount;
    return TotalOfPlaces<kCount / 2>(at, first) + TotalOfPlaces<kCount / 2>(at, first + kStep);
  }
}

// Sums at one place, of which a thread adds up its own.
struct PlaceSums {
  float top;
  double exps;
  double terms;
  double squares;

  static ACT_PART PlaceSums OfNone() { return {-std::numeric_limits<float>::infinity(), 0, 0, 0}; }

  ACT_PART void Add(const PlaceSums& next) {
    top = fmaxf(top, next.top);
    exps += next.exps;
    terms += next.terms;
    squares += next.squares;
  }

  // An element's exponential and terms, but not the top.
  template <class F, bool kGradient>
  ACT_PART void AddElement(double e, float dy, double first_dy) {
    exps += e;
    if constexpr (kGradient && F::kTermsHaveExp) {
      const double difference = dy - first_dy;
      terms = fma(e, difference, terms);
      squares = fma(difference, difference, squares);
    } else if constexpr (kGradient) {
      terms += dy;
    }
  }
};

// What the exponentials of a place come to over all of a row without that of its only top: x is
// at(i).
template <class At>
ACT_PART double RestOfPlace(At at, unsigned place, uint64_t extent,
                            const RowScaling<Single>& scaling, float top) {
  double rest = 0;
#pragma unroll 4
  for (uint64_t i = place; i < extent; i += kPlaces) {
    const float x = at(i);
    const RowExpWords<Single> e = RowExpInFloats(Single{x}, scaling);
    if (x == top) continue;
    rest += static_cast<double>(e.value.v);
    rest += static_cast<double>(e.lost.v);
  }
  return rest;
}

// What floats are to a row.
enum class Verdict : uint8_t {
  kUndecided,
  kDo,
  kDoNot,         // it is left to double
  kScaledTooFar,  // they would, scaled by the top
  kNearOne,       // they might: its sum is hardly more than its top
};

// `verdict`, but that a row is scaled once at most: of one that its owner changes meanwhile there
// may be no end. By the verdict `before`, as the pass would need a register more than there is.
ACT_PART Verdict VerdictAfter(Verdict before, Verdict verdict) {
  const bool is_first = before == Verdict::kUndecided;
  return verdict == Verdict::kScaledTooFar && !is_first ? Verdict::kDoNot : verdict;
}

// Of up to kRows rows of a block, or of as many sums of fewer rows. In memory that its threads
// share, as it comes.
template <class F, bool kGradient, unsigned kRows>
struct RowPlaces {
  // One more, so that neither places nor rows side by side are in one bank.
  static constexpr unsigned kStride = kPlaces + 1;
  static constexpr bool kHasSquares = kGradient && F::kTermsHaveExp;

  double exps[kRows][kStride];
  double terms[kGradient ? kRows : 1][kStride];
  double squares[kHasSquares ? kRows : 1][kStride];
  float lost[kRows][kStride];  // by the rounding of exponentials
  float tops[kRows][kStride];
  uint64_t beginnings[kRows];  // where a row's first element is in the tensor
  float near_tops[kRows];      // by which exponentials are scaled
  float first_dys[kRows];
  RowInFloats<Single> results[kRows];
  PlaceSums so_far[kRowGroups];  // of rows longer than what is held of them

  ACT_PART void Put(unsigned row, unsigned place, const PlaceSums& sums) {
    tops[row][place] = sums.top;
    exps[row][place] = sums.exps;
    if constexpr (kGradient) terms[row][place] = sums.terms;
    if constexpr (kHasSquares) squares[row][place] = sums.squares;
  }

  // What all places come to.
  ACT_PART PlaceSums Total(unsigned row) const {
    PlaceSums total = PlaceSums::OfNone();
#pragma unroll
    for (unsigned place = 0; place < kPlaces; ++place) {
      total.top = fmaxf(total.top, tops[row][place]);
    }
    total.exps = TotalOfPlaces([&](unsigned place) { return exps[row][place]; });
    if constexpr (kGradient) {
      total.terms = TotalOfPlaces([&](unsigned place) { return terms[row][place]; });
    }
    if constexpr (kHasSquares) {
      total.squares = TotalOfPlaces([&](unsigned place) { return squares[row][place]; });
    }
    return total;
  }

  ACT_PART PlaceSums At(unsigned row, unsigned place) const {
    PlaceSums sums = {tops[row][place], exps[row][place], 0, 0};
    if constexpr (kGradient) sums.terms = terms[row][place];
    if constexpr (kHasSquares) sums.squares = squares[row][place];
    return sums;
  }
};

// Sums of rows that several groups share, and what exponentials lost, of which a row's places are
// added up from its first element to its last.
template <class F, bool kGradient>
struct SplitRows {
  // So that two groups, or neighbouring rows, are not in one bank.
  static constexpr unsigned kStride = kRowSumElements + kPlaces + 1;

  RowPlaces<F, kGradient, kRowGroups> places;
  float lost[kRowGroups][kStride];
};

// Decides about a row by what it adds up to, and leaves another scale or what results are computed
// from.
template <class F, bool kGradient, class Places>
class RowDecision {
  static constexpr bool kLog = F::kForwardIsLog && !kGradient;

 public:
  ACT_PART RowDecision(Places& places, unsigned row, uint64_t extent)
      : places_(places), row_(row), extent_(extent) {}

  ACT_PART Verdict Decide(const PlaceSums& sums) const {
    float& near_top = places_.near_tops[row_];
    if (IsTooFarBelow(near_top, sums.top, kGradient)) {
      near_top = sums.top;
      return Verdict::kScaledTooFar;
    }
    RowSummary row = {sums.top, sums.exps, 0, sums.terms, sums.squares, 0};
    if constexpr (kCountsLost<F, kGradient>) {
      const float lost = TotalOfPlaces([&](unsigned place) { return places_.lost[row_][place]; });
      row.total += static_cast<double>(lost);
    }
    if constexpr (kLog) {
      const double top_exp = TopExp(row.top);
      row.rest = (row.total - top_exp) / top_exp;
      if (extent_ > 1 && row.rest < kLeastExcess) {
        places_.results[row_].top = Single{row.top};
        return Verdict::kNearOne;
      }
    }
    return Finish(row);
  }

  // Of a row near one, by the sum of its exponentials without the top's.
  ACT_PART Verdict DecideByRest(double rest) const {
    const float top = places_.results[row_].top.v;
    const double top_exp = TopExp(top);
    return Finish({top, top_exp, rest / top_exp, 0, 0, 0});
  }

 private:
  ACT_PART double TopExp(float top) const {
    const RowScaling<Single> scaling = ScalingOf(Single{places_.near_tops[row_]});
    const RowExpWords<Single> e = RowExpInFloats(Single{top}, scaling);
    return static_cast<double>(e.value.v) + static_cast<double>(e.lost.v);
  }

  ACT_PART Verdict Finish(RowSummary row) const {
    double reciprocal = 0;
    if constexpr (kLog) {
      row.offset = LogTotal<InQuick>(N{row.rest}).v;
    } else {
      reciprocal = 1 / row.total;
    }
    float first_dy = 0;
    if constexpr (kGradient) {
      first_dy = places_.first_dys[row_];
      row.offset = F::OffsetInFloats(N{row.terms}, N{reciprocal}).v;
    }
    places_.results[row_] = RowInFloatsOf<Single, F, kGradient>(row, first_dy, reciprocal);
    return IsWithinFloats<F, kGradient>(row, extent_) ? Verdict::kDo : Verdict::kDoNot;
  }

  Places& places_;
  const unsigned row_;
  const uint64_t extent_;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_PLACES_INL_H_
