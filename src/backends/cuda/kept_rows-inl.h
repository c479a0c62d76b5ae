// What a block keeps of the rows of floats that it has, and their sums, in the CPU's order
// (sum_order.h, cpu/fast_row_sums-inl.h). Include in .cu files after definitions-inl.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KEPT_ROWS_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KEPT_ROWS_INL_H_

#include "src/backends/cuda/block-inl.h"
#include "src/backends/cuda/float_rows.h"

namespace activation::cuda {

using Single = Number<float>;

// What is in kCount places of sum `item` from `first` on, each kStep from the next: half and half,
// until one is left. No loop, which compilers leave arrays in local memory for.
template <unsigned kCount = kRowSumPlaces, class T, unsigned kItems>
ACT_FN T TotalOfPlaces(const T (&places)[kRowSumPlaces][kItems], unsigned item,
                       unsigned first = 0) {
  if constexpr (kCount == 1) {
    return places[first][item];
  } else {
    constexpr unsigned kStep = kRowSumPlaces / kCount;
    return TotalOfPlaces<kCount / 2>(places, item, first) +
           TotalOfPlaces<kCount / 2>(places, item, first + kStep);
  }
}

// What a block knows of a row.
struct RowState {
  uint64_t first;  // where its first element is in the tensor
  float near_top;  // by which exponentials are scaled
  RowScaling<Single> scaling;
  float first_dy;
  float lost[kRowSumPlaces];  // by the rounding of exponentials
  double exps;                // their sum
  double top_exp;             // the exponential of the top
  RowSummary summary;
  RowInFloats<Single> results;
};

// Sums of a part, each in its places; at place 0 at last what all come to.
template <bool kGradient>
struct PartSums {
  float tops[kRowSumPlaces][kSumsOfBlock];
  double exps[kRowSumPlaces][kSumsOfBlock];
  double terms[kGradient ? kRowSumPlaces : 1][kSumsOfBlock];
  double squares[kGradient ? kRowSumPlaces : 1][kSumsOfBlock];
};

// In memory that the threads of a block share, as it comes.
template <class F, bool kGradient>
struct KeptRows {
  static constexpr bool kLoses = kCountsLost<F, kGradient>;

  float x[kKeptFloats];
  float exps[kKeptFloats];
  float lost[kLoses ? kKeptFloats : 1];
  float dy[kGradient ? kKeptFloats : 1];
  PartSums<kGradient> sums;
  RowState rows[kRowsOfBlock];
  unsigned again;     // whether a row's first element is too far below its top
  unsigned near_one;  // whether a row's sum is hardly more than its top

  // A thread for each place of a sum and, of what was lost, for each place of a row.
  ACT_FN void AddPlaces(const RowsPart& part) {
    const unsigned count = part.sums() * part.rows;
    EachThread([&](unsigned thread) {
      for (unsigned i = thread; i < (count + part.rows) * kRowSumPlaces; i += kThreads) {
        const unsigned place = i % kRowSumPlaces;
        const unsigned item = i / kRowSumPlaces;
        if (item < count) {
          AddPlace(part, item, place);
        } else if constexpr (kLoses) {
          AddLost(part, item - count, place);
        }
      }
    });
  }

  // The places of each sum, then the sums of each row one after another.
  ACT_FN void AddSums(const RowsPart& part) {
    // A warp for each sort of them.
    EachThread([&](unsigned thread) {
      const unsigned sum = thread % kLanes;
      if (sum < part.sums() * part.rows) TotalPlaces(thread / kLanes, sum);
    });
    EachThread([&](unsigned thread) {
      if (thread >= part.rows) return;
      RowState& row = rows[thread];
      for (unsigned i = 0; i < part.sums(); ++i) {
        const unsigned sum = thread * part.sums() + i;
        row.exps += sums.exps[0][sum];
        if (sums.tops[0][sum] > row.summary.top) row.summary.top = sums.tops[0][sum];
        if constexpr (kGradient) {
          row.summary.terms += sums.terms[0][sum];
          row.summary.squares += sums.squares[0][sum];
        }
      }
    });
  }

  // Of exponentials without the only top, at one place of a row.
  ACT_FN void AddRest(const RowsPart& part, unsigned row, unsigned place) {
    const float top = rows[row].summary.top;
    double& sum = sums.exps[place][row];
#pragma unroll 1
    for (unsigned i = place; i < part.length; i += kRowSumPlaces) {
      const unsigned at = row * part.length + i;
      if (x[at] == top) continue;
      sum += static_cast<double>(exps[at]);
      sum += static_cast<double>(lost[at]);
    }
  }

 private:
  ACT_FN void AddPlace(const RowsPart& part, unsigned sum, unsigned place) {
    const unsigned row = sum / part.sums();
    const unsigned before = sum % part.sums() * kRowSumElements;
    const unsigned left = part.length - before;
    const unsigned end = left < kRowSumElements ? left : kRowSumElements;
    const unsigned begin = row * part.length + before;
    const double first_dy = rows[row].first_dy;
    float top = -std::numeric_limits<float>::infinity();
    double of_exps = 0;
    double terms = 0;
    double squares = 0;
    for (unsigned i = begin + place; i < begin + end; i += kRowSumPlaces) {
      const double e = exps[i];
      if (x[i] > top) top = x[i];
      of_exps += e;
      if constexpr (kGradient && F::kTermsHaveExp) {
        const double difference = dy[i] - first_dy;
        terms = fma(e, difference, terms);
        squares = fma(difference, difference, squares);
      } else if constexpr (kGradient) {
        terms += dy[i];
      }
    }
    sums.tops[place][sum] = top;
    sums.exps[place][sum] = of_exps;
    if constexpr (kGradient) {
      sums.terms[place][sum] = terms;
      sums.squares[place][sum] = squares;
    }
  }

  ACT_FN void AddLost(const RowsPart& part, unsigned row, unsigned place) {
    float sum = rows[row].lost[place];
    const unsigned begin = row * part.length;
    for (unsigned i = place; i < part.length; i += kRowSumPlaces) sum += lost[begin + i];
    rows[row].lost[place] = sum;
  }

  ACT_FN void TotalPlaces(unsigned sort, unsigned sum) {
    if (sort == 0) sums.exps[0][sum] = TotalOfPlaces(sums.exps, sum);
    if (sort == 1) {
      for (const auto& tops : sums.tops) {
        if (tops[sum] > sums.tops[0][sum]) sums.tops[0][sum] = tops[sum];
      }
    }
    if constexpr (kGradient) {
      if (sort == 2) sums.terms[0][sum] = TotalOfPlaces(sums.terms, sum);
      if (sort == 3) sums.squares[0][sum] = TotalOfPlaces(sums.squares, sum);
    }
  }
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KEPT_ROWS_INL_H_
