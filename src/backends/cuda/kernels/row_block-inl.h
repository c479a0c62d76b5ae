// What kernels of row-wise functions have in common: a block of threads reads a row, finds its
// top, and gives the results of rows that are not of usual numbers (definitions/rows-inl.h,
// cpu/slow_rows.h). Include in .cu files after definitions-inl.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_BLOCK_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_BLOCK_INL_H_

#include <limits>

#include "src/backends/cuda/kernels/exact_chunks-inl.h"
#include "src/backends/cuda/kernels/storage-inl.h"
#include "src/backends/cuda/kernels/warp_tile-inl.h"

namespace activation::cuda {

// A row of a job's tensors, its numbers as doubles.
template <class F, DType kType>
class Row {
 public:
  using T = TypeOf<kType>;

  ACT_FN Row(const DeviceJob& job, uint64_t index)
      : job_(job), first_(index / job.inner * job.extent * job.inner + index % job.inner) {}

  static constexpr DType kDType = kType;

  ACT_FN uint64_t n() const { return job_.extent; }

  // Of x, or of -x for functions of that.
  ACT_FN double Taken(uint64_t i) const {
    const double x = Storage<kType>::Widen(LoadElement<T>(job_.x, At(i)));
    return F::kOfMinusX ? -x : x;
  }

  ACT_FN double Dy(uint64_t i) const {
    return job_.dy == nullptr ? 1.0 : Storage<kType>::Widen(LoadElement<T>(job_.dy, At(i)));
  }

  ACT_FN void Put(uint64_t i, T y) const { StoreElement(y, job_.out, At(i)); }

 private:
  ACT_FN uint64_t At(uint64_t i) const { return first_ + i * job_.inner; }

  const DeviceJob& job_;
  const uint64_t first_;
};

// Fetches what a later block reads, of rows that lie one after the other.
ACT_FN void FetchRowsAhead(const Tile& tile, uint64_t rows_of_tile, size_t element_bytes,
                           Direction direction) {
  const DeviceJob& job = *tile.job;
  if (tile.ahead == 0 || job.inner != 1) return;
  const ByteRange range =
      RowsAhead(tile.index + tile.ahead, rows_of_tile, job.outer, job.extent * element_bytes);
  EachLane([&](unsigned thread) {
    Fetch(job.x, range, thread);
    if (direction == Direction::kGradient && job.dy != nullptr) Fetch(job.dy, range, thread);
  });
}

ACT_FN void AddWords(Pair<Number<double>> words, ExactChunks& sum) {
  sum.Add(words.high.v);
  sum.Add(words.low.v);
}

// The same by way of what the thread has of either word.
ACT_FN void AddWords(Pair<Number<double>> words, ThreadSum (&own)[2], ExactChunks& sum) {
  own[0].Add(words.high.v, sum);
  own[1].Add(words.low.v, sum);
}
ACT_FN void LeaveWords(unsigned thread, const ThreadSum (&own)[2], ThreadSums (&to)[2]) {
  own[0].Leave(thread, to[0]);
  own[1].Leave(thread, to[1]);
}

// By one thread.
ACT_FN Pair<Number<double>> TotalOf(ExactChunks& sum) {
  Pair<Number<double>> words;
  sum.Total(words.high.v, words.low.v);
  return words;
}

// The greatest element of what some threads have seen, and what forbids the usual formulas.
struct Top {
  double value;
  uint64_t index;
  bool has_nan;
  bool has_unusual_dy;  // one that is not finite
};

ACT_FN Top GreaterOf(const Top& a, const Top& b) {
  const bool first = b.value < a.value || (a.value == b.value && a.index < b.index);
  // One by one: a choice between structs would put both into local memory.
  return {first ? a.value : b.value, first ? a.index : b.index, a.has_nan || b.has_nan,
          a.has_unusual_dy || b.has_unusual_dy};
}

// Half and half, until one is left, at tops[0]. Looks at dy for a gradient.
template <Direction kDirection, class R>
ACT_FN void FindTop(const R& row, Top (&tops)[kThreads]) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  EachThread([&](unsigned thread) {
    Top top = {-kInfinite, ~uint64_t{0}, false, false};
    for (uint64_t i = thread; i < row.n(); i += kThreads) {
      const double x = row.Taken(i);
      const bool unusual_dy = kDirection == Direction::kGradient && !(fabs(row.Dy(i)) < kInfinite);
      top = GreaterOf(top, {x, i, x != x, unusual_dy});
    }
    tops[thread] = top;
  });
  for (unsigned half = kThreads / 2; half > 0; half /= 2) {
    EachThread([&](unsigned thread) {
      if (thread < half) tops[thread] = GreaterOf(tops[thread], tops[thread + half]);
    });
  }
}

// Whether the usual formulas apply.
ACT_FN bool IsUsual(const Top& top) {
  return !top.has_nan && fabs(top.value) < std::numeric_limits<double>::infinity();
}

struct UnusualShared {
  ExactChunks others;  // dy of all but infinite elements
  unsigned tops;       // infinite elements, as far as it matters: none, one, more
  double sum;
  InfiniteDys dys;
  unsigned has_nan_dy;
  unsigned shares;  // elements that have one, none, one or more
};

// All results of another row: the limit where one element alone is infinite in the way of the
// greatest, else NaN. `round` takes them to elements, of doubles as they are, else from numbers
// rounded to odd.
template <class F, Direction kDirection, class R, class Round>
ACT_FN void PutUnusual(const R& row, bool has_nan, UnusualShared& shared, Round round) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  EachThread([&](unsigned thread) {
    shared.others.Clear(thread);
    if (thread == 0) shared.tops = 0;
  });
  EachThread([&](unsigned thread) {
    for (uint64_t i = thread; i < row.n(); i += kThreads) {
      if (row.Taken(i) == kInfinite) {
        CountShared(shared.tops);
      } else if (kDirection == Direction::kGradient) {
        shared.others.Add(row.Dy(i));
      }
    }
  });
  OneThread([&] {
    double high;
    double low;
    shared.others.Total(high, low);
    shared.sum = R::kDType == DType::kF64 ? high : RoundToOdd(high, low);
  });
  EachThread([&](unsigned thread) {
    const bool has_limit = !has_nan && shared.tops == 1;
    for (uint64_t i = thread; i < row.n(); i += kThreads) {
      const bool is_top = row.Taken(i) == kInfinite;
      double y = std::numeric_limits<double>::quiet_NaN();
      if (has_limit && kDirection == Direction::kForward) y = F::Limit(is_top);
      if (has_limit && kDirection == Direction::kGradient) {
        y = F::LimitGradient(is_top, row.Dy(i), shared.sum);
        if (F::kOfMinusX) y = -y;
      }
      // Hosts differ in the NaN they make.
      row.Put(i, round(y == y ? y : std::numeric_limits<double>::quiet_NaN()));
    }
  });
}

// The gradient of a row of usual x with dy that are not finite.
template <class F, class R, class Round>
ACT_FN void PutOfUnusualDy(const R& row, UnusualShared& shared, Round round) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  OneThread([&] {
    shared.dys = {};
    shared.has_nan_dy = 0;
    shared.shares = 0;
  });
  EachThread([&](unsigned thread) {
    for (uint64_t i = thread; i < row.n(); i += kThreads) {
      const double dy = row.Dy(i);
      const bool has_share = row.Taken(i) != -kInfinite;
      if (has_share) CountShared(shared.shares);
      if (dy != dy) OrShared(1, shared.has_nan_dy);
      if (fabs(dy) == kInfinite) {
        CountShared(shared.dys.count[InfiniteDys::SignOf(dy)][has_share ? 1 : 0]);
      }
    }
  });
  EachThread([&](unsigned thread) {
    for (uint64_t i = thread; i < row.n(); i += kThreads) {
      const Relation relation = {false, row.Taken(i) != -kInfinite, false, shared.shares == 1};
      double y = GradientOfInfiniteDy<F>(shared.dys, row.Dy(i), relation);
      if (shared.has_nan_dy != 0 || y != y) y = std::numeric_limits<double>::quiet_NaN();
      row.Put(i, round(y));
    }
  });
}

// Puts the results of a row for which the usual formulas do not hold; returns whether it is one.
template <class F, Direction kDirection, class R, class Round>
ACT_FN bool PutIfUnusual(const R& row, const Top& top, UnusualShared& shared, Round round) {
  if (!IsUsual(top)) {
    PutUnusual<F, kDirection>(row, top.has_nan, shared, round);
    return true;
  }
  if (top.has_unusual_dy) {
    PutOfUnusualDy<F>(row, shared, round);
    return true;
  }
  return false;
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_BLOCK_INL_H_
