// A tile of rows of f32, f16 or bf16 by a block, correctly rounded: some lanes do each row in
// double and, where anything is in doubt or a row is not of usual numbers, store nothing of it.
// What they leave the block does row by row. Include in .cu files after definitions-inl.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_EXACT_ROW_TILE_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_EXACT_ROW_TILE_INL_H_

#include "src/backends/cuda/kernels/certain_row-inl.h"
#include "src/backends/cuda/kernels/row_part-inl.h"

namespace activation::cuda {

template <class F, Direction kDirection, DType kType>
class ExactRowTile {
  using T = TypeOf<kType>;
  using Certain = CertainRow<F, kDirection, kType>;
  using Place = LanePlace<T>;
  // What lanes keep of a row, and of one that is too long what they have of it at a time.
  using Kept = RowPart<F, kDirection, kType, kKeptOfRow / Vector<T>::kWidth>;
  using Passing = RowPart<F, kDirection, kType, 1>;
  using Top = typename Kept::Top;
  using Sums = typename Kept::Sums;
  static constexpr bool kGradient = kDirection == Direction::kGradient;

 public:
  // As many as have registers.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 1000
  // There nvcc 13.0 spills what it does not elsewhere.
  static constexpr int kBlocks = 2;
#else
  static constexpr int kBlocks = kGradient ? 2 : 3;
#endif

  // Tensors that are read.
  static constexpr unsigned kTensors = kGradient ? 2 : 1;

  struct Shared {
    union {
      struct {
        Top tops[kThreads];
        Sums sums[kThreads];
        unsigned doubts[kThreads];
      } staged;
      typename Certain::Shared certain;
    };
    // Rows that are left: a bit for each from the first of the tile on.
    const DeviceJob* job;
    uint64_t first;
    unsigned left[kThreads / 32];
  };

  static ACT_FN void Block(const GroupView&, const Tile& tile, Shared& shared) {
    if (PutUsual(tile, shared)) PutLeft(shared);
  }

 private:
  // Returns whether a row is left.
  static ACT_FN bool PutUsual(const Tile& tile, Shared& shared) {
    const DeviceJob& job = *tile.job;
    const RowLanes lanes = RowLanesOf(job.extent, job.inner, sizeof(T));
    FetchRowsAhead(tile, lanes.rows(), sizeof(T), kDirection);
    ExactRowTile rows(job, lanes, tile.index, shared);
    if (!IsAligned(job.x, sizeof(T)) || !IsAligned(job.dy, sizeof(T)) ||
        !IsAligned(job.out, sizeof(T))) {
      rows.LeaveAll();
    } else if (rows.lanes_.Keep(job.extent)) {
      rows.PutKept();
    } else {
      rows.PutLong(job);
    }
    return rows.NoteLeft();
  }

  ACT_FN ExactRowTile(const DeviceJob& job, const RowLanes& lanes, uint64_t tile, Shared& shared)
      : lanes_(lanes), shared_(shared) {
    const uint64_t first = tile * lanes.rows();
    EachLane([&](unsigned thread) {
      if (thread == 0) {
        // Not in registers until the end.
        shared.job = &job;
        shared.first = first;
      }
      places_[thread] = PlaceOf<T>(job, lanes, first + lanes.row(thread), lanes.part(thread));
    });
  }

  ACT_FN void LeaveAll() {
    EachLane([&](unsigned thread) { left_[thread] = places_[thread].extent != 0; });
  }

  // Rows that lanes keep from their loads to their results.
  ACT_FN void PutKept() {
    OfEachThread<Kept> kept;
    OfEachThread<Top> tops;
    OfEachThread<Sums> sums;
    EachLane([&](unsigned thread) {
      const Place& place = places_[thread];
      kept[thread].Load(place, 0, static_cast<unsigned>(place.extent));
      tops[thread] = Kept::NoTop();
      kept[thread].See(place, tops[thread]);
    });
    AddUpLanes(lanes_, tops, shared_.staged.tops);
    EachLane([&](unsigned thread) {
      sums[thread] = {};
      kept[thread].SetExps(tops[thread]);
      kept[thread].AddTo(places_[thread], tops[thread], sums[thread]);
    });
    AddUpLanes(lanes_, sums, shared_.staged.sums);
    EachLane([&](unsigned thread) {
      const RowSums<InQuick> totals = Kept::TotalsOf(tops[thread], sums[thread]);
      const Place& place = places_[thread];
      left_[thread] = place.extent != 0 && (!Kept::IsUsual(tops[thread], totals) ||
                                            kept[thread].SetResults(place, tops[thread], totals));
    });
    AddUpLanes(lanes_, left_, shared_.staged.doubts);
    EachLane([&](unsigned thread) {
      if (left_[thread] == 0) kept[thread].Store(places_[thread]);
    });
  }

  // Rows that are read once more for their sums and for their results.
  ACT_FN void PutLong(const DeviceJob& job) {
    OfEachThread<Top> tops;
    OfEachThread<Sums> sums;
    OfEachThread<RowSums<InQuick>> totals;
    EachLane([&](unsigned thread) {
      tops[thread] = Kept::NoTop();
      ForEachPart(places_[thread], [&](Passing& part) { part.See(places_[thread], tops[thread]); });
    });
    AddUpLanes(lanes_, tops, shared_.staged.tops);
    EachLane([&](unsigned thread) { sums[thread] = SumsOfLane(places_[thread], tops[thread]); });
    AddUpLanes(lanes_, sums, shared_.staged.sums);
    EachLane([&](unsigned thread) {
      totals[thread] = Kept::TotalsOf(tops[thread], sums[thread]);
      left_[thread] = places_[thread].extent != 0 && !Kept::IsUsual(tops[thread], totals[thread]);
    });
    // Where results go over what is read, none may before it is known that none is in doubt.
    const bool is_over = job.out == job.x || job.out == job.dy;
#pragma unroll 1
    for (unsigned passes = is_over ? 2 : 1; passes > 0; --passes) {
      EachLane([&](unsigned thread) {
        if (left_[thread] != 0) return;
        const Place& place = places_[thread];
        unsigned left = 0;
        ForEachPart(place, [&](Passing& part) {
          part.SetExps(tops[thread]);
          left |= part.SetResults(place, tops[thread], totals[thread]) ? 1 : 0;
          if (passes == 1) part.Store(place);
        });
        left_[thread] = left;
      });
      AddUpLanes(lanes_, left_, shared_.staged.doubts);
      // Whoever is slow reads it before the next pass writes it.
      if (passes > 1) EachThread([](unsigned) {});
    }
  }

  // Calls visit(part) for each part of a lane's share of its row.
  template <class Visit>
  ACT_FN void ForEachPart(const Place& place, Visit visit) const {
    const unsigned step = Passing::kElements << lanes_.bits;
#pragma unroll 1
    for (uint64_t begin = 0; begin < place.extent; begin += step) {
      const uint64_t rest = place.extent - begin;
      Passing part;
      part.Load(place, begin, rest < step ? static_cast<unsigned>(rest) : step);
      visit(part);
    }
  }

  ACT_FN Sums SumsOfLane(const Place& place, const Top& top) const {
    WideSum exps = {};
    WideSum terms = {};
    WideSum sizes = {};
    ForEachPart(place, [&](Passing& part) {
      Sums sums = {};
      part.SetExps(top);
      part.AddTo(place, top, sums);
      exps.Add(sums.exps);
      if constexpr (kGradient) {
        terms.Add(sums.terms);
        sizes.Add(sums.sizes);
      }
    });
    if constexpr (kGradient) {
      return {exps.Total().v, terms.Total().v, sizes.Total().v};
    } else {
      return {exps.Total().v};
    }
  }

  // Notes which rows are left, and returns whether any is.
  ACT_FN bool NoteLeft() {
    if (!AnyThread([&](unsigned thread) { return left_[thread] != 0; })) return false;
    EachThread([&](unsigned thread) {
      if (thread < kThreads / 32) shared_.left[thread] = 0;
    });
    EachThread([&](unsigned thread) {
      const unsigned row = lanes_.row(Again(thread));
      if (left_[thread] != 0) OrShared(1U << row % 32, shared_.left[row / 32]);
    });
    return true;
  }

  // By no more than is in memory that threads share.
  static ACT_FN void PutLeft(Shared& shared) {
#pragma unroll 1
    for (unsigned row = 0; row < kThreads; ++row) {
      if ((shared.left[row / 32] >> row % 32 & 1) == 0) continue;
      Certain::Evaluate(*shared.job, shared.first + row, shared.certain);
    }
  }

  const RowLanes lanes_;
  Shared& shared_;
  OfEachThread<Place> places_;
  OfEachThread<unsigned> left_;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_EXACT_ROW_TILE_INL_H_
