// Rows of floats in the FAST tier by the threads of a block that hold them in registers
// (float_rows.h), by the CPU's steps (cpu/fast_row_kernels.cc). Include in .cu files after
// definitions-inl.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_HELD_ROWS_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_HELD_ROWS_INL_H_

#include "src/backends/cuda/row_places-inl.h"
#include "src/backends/cuda/warp_tile-inl.h"

namespace activation::cuda {

// How the threads of a block share rows.
enum class Sharing : uint8_t {
  kAlong,   // a group has rows of its own, a row's elements being side by side
  kSplit,   // the same, several groups having one
  kAcross,  // neighbouring groups have neighbouring rows, whose elements are side by side
  kAnyhow,  // as kAlong, wherever elements lie
};

// By how many elements of how many rows a thread holds, and registers are counted.
template <Sharing kHow, unsigned kHeldOfRow, unsigned kRowsHeld>
struct RowsShape {
  static constexpr Sharing kSharing = kHow;
  static constexpr unsigned kHeld = kHeldOfRow;
  static constexpr unsigned kRows = kRowsHeld;
  static constexpr bool kSplit = kHow == Sharing::kSplit;
  static constexpr bool kAcross = kHow == Sharing::kAcross;
  // Rows may be longer than what is held at a time; they are read again for their results.
  static constexpr bool kInParts = kHeld == kMostHeld;
  static_assert(kRows == 1 || !kInParts);
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

// Rows [first, first + count) of a job.
struct RowsOfJob {
  const DeviceJob& job;
  uint64_t first;
  unsigned count;
};

template <class F, Direction kDirection, class Shape>
class HeldRows {
  static constexpr bool kGradient = kDirection == Direction::kGradient;
  static constexpr bool kLog = F::kForwardIsLog && !kGradient;
  static constexpr bool kLoses = kCountsLost<F, kGradient>;
  static constexpr unsigned kHeld = Shape::kHeld;
  static constexpr unsigned kRows = Shape::kRows;
  // Whose threads share rows.
  static constexpr Team kTeam = Shape::kSplit || Shape::kAcross ? Team::kBlock : Team::kWarp;

 public:
  using Places = RowPlaces<F, kGradient, Shape::kSplit ? kRowGroups : MostRowsOfBlock(kDirection)>;

  // `lost` is that of SplitRows, or nullptr.
  ACT_PART HeldRows(const RowsOfJob& rows, Places& places, float* lost, Verdict* verdicts)
      : job_(rows.job),
        first_(rows.first),
        count_(rows.count),
        groups_(Shape::kSplit ? GroupsOfRow(rows.job.extent, 1) : 1),
        places_(places),
        lost_(lost),
        verdicts_(verdicts) {}

  // Results of all rows for which floats do, and a verdict for each; whether any is left.
  ACT_PART bool Run() {
    PutAll();
    return AnyRow(Team::kBlock, Verdict::kDoNot);
  }

 private:
  enum class Step : uint8_t { kSums, kResults };

  // What is in it is there once, so that the code of exponentials is.
  ACT_PART void PutAll() {
    Begin();
    Step step = Step::kSums;
    while (true) {
      bool is_unusual = false;
#pragma unroll 1
      for (uint64_t begin = 0; begin < end(); begin += part()) {
        if (step == Step::kSums || !is_held()) Hold(begin, step);
        if (step == Step::kSums) is_unusual = AddUp(begin);
        if (step == Step::kResults) PutResults(begin);
      }
      if (step == Step::kResults) return;
      // Sums come a second time, by the tops, where a first element is too far below.
      if (is_unusual && AnyRow(kTeam, Verdict::kScaledTooFar)) continue;
      if (kLog && is_unusual) AddRests();
      step = Step::kResults;
    }
  }

  // What a thread holds of its rows: exponentials, or x where results come of that.
  struct Held {
    float values[kRows][kHeld];
    float dy[kGradient ? kRows : 1][kHeld];
  };

  // A thread's elements of one row, kPlaces apart: those for which IsIn(k).
  struct Stretch {
    uint64_t first;
    unsigned left;

    ACT_PART bool IsIn(unsigned k) const {
      // Rows that are shorter have another shape.
      if (!Shape::kInParts && k + 1 <= kHeld / 2) return true;
      return k * kPlaces < left;
    }
  };

  // Elements of a row that are held at a time.
  ACT_PART uint64_t part() const { return uint64_t{groups_} * kRowSumElements; }
  ACT_PART uint64_t end() const { return Shape::kInParts ? job_.extent : 1; }
  ACT_PART bool is_held() const { return !Shape::kInParts || job_.extent <= part(); }
  static constexpr bool kApart = Shape::kAcross || Shape::kSharing == Sharing::kAnyhow;

  // From one element of a row to the next.
  ACT_PART uint64_t step() const { return kApart ? job_.inner : 1; }

  // From an element to the thread's next.
  ACT_PART uint64_t After(uint64_t i) const {
    i += kPlaces * step();
    return kApart ? Again(i) : i;
  }

  ACT_PART unsigned RowOf(const RowThread& at, unsigned r) const {
    return Shape::kSplit ? at.group / groups_ : at.RowOf(r, kRows);
  }

  static constexpr unsigned kNoRow = ~0U;

  // The row that a thread decides about: those of its warp, where each is one warp's.
  ACT_PART unsigned DecidedRow(unsigned thread) const {
    constexpr unsigned kOfWarp = Shape::kSplit ? 1 : kRows * (kLanes / kPlaces);
    const unsigned row = thread / kLanes * kOfWarp + thread % kLanes;
    return thread % kLanes < kOfWarp ? row : kNoRow;
  }

  // Rows beyond the last are taken for that. One thread for each, because of the division.
  ACT_PART void Begin() {
    EachThread(kTeam, [&](unsigned thread) {
      const unsigned row = DecidedRow(thread);
      if (row == kNoRow) return;
      const uint64_t index = first_ + (row < count_ ? row : count_ - 1);
      places_.beginnings[row] = BeginningOf(index);
    });
  }

  ACT_PART uint64_t BeginningOf(uint64_t row) const {
    if (job_.inner == 1) return row * job_.extent;
    return row / job_.inner * job_.extent * job_.inner + row % job_.inner;
  }

  ACT_PART Stretch StretchOf(const RowThread& at, unsigned r, uint64_t begin) const {
    uint64_t first = at.place;
    if (Shape::kInParts) first += begin;
    if (Shape::kSplit) first += at.group % groups_ * kRowSumElements;
    const uint64_t left = job_.extent > first ? job_.extent - first : 0;
    const uint64_t most = kRowSumElements - at.place;
    return {places_.beginnings[RowOf(at, r)] + first * step(),
            static_cast<unsigned>(left < most ? left : most)};
  }

  static ACT_PART float Taken(float x) { return F::kOfMinusX ? -x : x; }

  ACT_PART float LoadOne(const void* base, uint64_t i) const {
    if constexpr (Shape::kSharing == Sharing::kAnyhow) return LoadElement<float>(base, i);
    return static_cast<const float*>(base)[i];
  }

  ACT_PART void Load(const void* base, const Stretch& from, float filling,
                     float (&to)[kHeld]) const {
    uint64_t i = from.first;
#pragma unroll
    for (unsigned k = 0; k < kHeld; ++k, i = After(i)) {
      to[k] = from.IsIn(k) ? LoadOne(base, i) : filling;
    }
  }

  ACT_PART void Store(const float (&values)[kHeld], const Stretch& to) const {
    uint64_t i = to.first;
#pragma unroll
    for (unsigned k = 0; k < kHeld; ++k, i = After(i)) {
      if (!to.IsIn(k)) continue;
      if constexpr (Shape::kSharing == Sharing::kAnyhow) {
        StoreElement(values[k], job_.out, i);
      } else {
        static_cast<float*>(job_.out)[i] = values[k];
      }
    }
  }

  // What a row is scaled by, and the first dy of a gradient.
  struct First {
    float near_top;
    float dy;
  };

  // From memory as long as nothing is known of a row, which results may lie in later.
  ACT_PART First FirstOf(unsigned row) const {
    if (are_first_known_) return {places_.near_tops[row], kGradient ? places_.first_dys[row] : 0};
    const uint64_t i = places_.beginnings[row];
    return {Taken(LoadOne(job_.x, i)), kGradient ? LoadOne(job_.dy, i) : 0};
  }

  // Loads are all under way before the first is waited for.
  ACT_PART void Hold(uint64_t begin, Step step) {
    EachThread(kTeam, [&](unsigned thread) {
      const RowThread at = RowThread::Of(thread, Shape::kAcross);
      if (Shape::kSplit && RowOf(at, 0) >= count_) return;
      Held& held = held_[thread];
      First firsts[kRows];
#pragma unroll
      for (unsigned r = 0; r < kRows; ++r) {
        firsts[r] = FirstOf(RowOf(at, r));
        LoadRow(StretchOf(at, r, begin), held, r);
      }
      if (kLog && step == Step::kResults) return;
#pragma unroll
      for (unsigned r = 0; r < kRows; ++r) {
        KeepFirst(at, r, firsts[r]);
        SetExponentials(at, r, begin, firsts[r], held);
      }
    });
    are_first_known_ = true;
  }

  ACT_PART void LoadRow(const Stretch& from, Held& held, unsigned r) const {
    // Far below every top.
    constexpr float kFarBelow = -std::numeric_limits<float>::infinity();
    Load(job_.x, from, Taken(kFarBelow), held.values[r]);
    if constexpr (kGradient) Load(job_.dy, from, 0, held.dy[r]);
  }

  ACT_PART void KeepFirst(const RowThread& at, unsigned r, const First& first) {
    const unsigned row = RowOf(at, r);
    if (are_first_known_ || at.place != 0 || row >= count_) return;
    places_.near_tops[row] = first.near_top;
    places_.first_dys[row] = first.dy;
  }

  ACT_PART void SetExponentials(const RowThread& at, unsigned r, uint64_t begin, const First& first,
                                Held& held) {
    const unsigned sum = Shape::kSplit ? at.group : RowOf(at, r);
    const Stretch stretch = StretchOf(at, r, begin);
    float lost = Shape::kInParts && begin != 0 ? places_.lost[sum][at.place] : 0;
    const RowScaling<Single> scaling = ScalingOf(Single{first.near_top});
    PlaceSums sums = PlaceSums::OfNone();
#pragma unroll
    for (unsigned k = 0; k < kHeld; ++k) {
      const float x = Taken(held.values[r][k]);
      sums.top = fmaxf(sums.top, x);
      const RowExpWords<Single> e = RowExpInFloats(Single{x}, scaling);
      held.values[r][k] = kLog ? x : e.value.v;
      const bool is_nothing = F::kTermsHaveExp && !stretch.IsIn(k);
      AddElement(e.value.v, is_nothing ? first.dy : DyOf(held, r, k), first.dy, sums);
      if constexpr (kLoses && Shape::kSplit) LostOf(at.group)[k * kPlaces + at.place] = e.lost.v;
      if constexpr (kLoses && !Shape::kSplit) lost += e.lost.v;
    }
    places_.Put(sum, at.place, sums);
    if constexpr (kLoses && !Shape::kSplit) places_.lost[sum][at.place] = lost;
  }

  static ACT_PART float DyOf(const Held& held, unsigned r, unsigned k) {
    return kGradient ? held.dy[kGradient ? r : 0][k] : 0;
  }

  static ACT_PART void AddElement(double e, float dy, double first_dy, PlaceSums& sums) {
    sums.exps += e;
    if constexpr (kGradient && F::kTermsHaveExp) {
      const double difference = dy - first_dy;
      sums.terms = fma(e, difference, sums.terms);
      sums.squares = fma(difference, difference, sums.squares);
    } else if constexpr (kGradient) {
      sums.terms += dy;
    }
  }

  ACT_PART float* LostOf(unsigned group) const {
    return lost_ + group * SplitRows<F, kGradient>::kStride;
  }

  // Adds what is held to what was before; after the last, whether a row is neither done with nor
  // left to double.
  ACT_PART bool AddUp(uint64_t begin) {
    const unsigned sums = SumsOfPart(begin);
    if constexpr (Shape::kSplit) AddUpSplit(begin, sums);
    return AnyThread(kTeam, [&](unsigned thread) {
      const unsigned row = DecidedRow(thread);
      if (row >= count_) return false;
      PlaceSums all = PlaceSums::OfNone();
      if (Shape::kInParts && begin != 0) all = places_.so_far[row];
      if constexpr (Shape::kSplit) {
        for (unsigned sum = 0; sum < sums; ++sum) {
          all.Add(places_.At(row * groups_ + sum, kPlaces));
        }
      } else {
        all.Add(places_.Total(row));
      }
      if (Shape::kInParts && begin + part() < job_.extent) {
        places_.so_far[row] = all;
        return false;
      }
      const Verdict verdict = DecisionOf(row).Decide(all);
      verdicts_[row] = verdict;
      return verdict == Verdict::kScaledTooFar || verdict == Verdict::kNearOne;
    });
  }

  // Of each row, in what is held from `begin` on.
  ACT_PART unsigned SumsOfPart(uint64_t begin) const {
    const uint64_t sums = PartsOf(job_.extent - begin, kRowSumElements);
    return sums < groups_ ? static_cast<unsigned>(sums) : groups_;
  }

  // What each sum comes to, which is left behind its places; and by a row's first group, what was
  // lost.
  ACT_PART void AddUpSplit(uint64_t begin, unsigned sums) {
    EachThread([&](unsigned thread) {
      const RowThread at = RowThread::Of(thread, Shape::kAcross);
      const unsigned row = RowOf(at, 0);
      if (row >= count_) return;
      if (at.place == 0) places_.Put(at.group, kPlaces, places_.Total(at.group));
      if (!kLoses || at.group % groups_ != 0) return;
      float lost = begin != 0 ? places_.lost[row][at.place] : 0;
      for (unsigned sum = 0; sum < sums; ++sum) {
        const float* const of_sum = LostOf(at.group + sum) + at.place;
#pragma unroll
        for (unsigned k = 0; k < kHeld; ++k) lost += of_sum[k * kPlaces];
      }
      places_.lost[row][at.place] = lost;
    });
  }

  ACT_PART RowDecision<F, kGradient, Places> DecisionOf(unsigned row) const {
    return {places_, row, job_.extent};
  }

  // Of those that the threads of a team have decided about.
  ACT_PART bool AnyRow(Team team, Verdict verdict) {
    return AnyThread(team, [&](unsigned thread) {
      const unsigned row = DecidedRow(thread);
      return row < count_ && verdicts_[row] == verdict;
    });
  }

  // Of rows near one, sums of exponentials without that of the only top: each place over all of the
  // row.
  ACT_PART void AddRests() {
    EachThread(kTeam, [&](unsigned thread) {
      const RowThread at = RowThread::Of(thread, Shape::kAcross);
      if (Shape::kSplit && at.group % groups_ != 0) return;
#pragma unroll 1
      for (unsigned r = 0; r < kRows; ++r) {
        const unsigned row = RowOf(at, r);
        if (row < count_ && verdicts_[row] == Verdict::kNearOne) {
          places_.exps[row][at.place] = RestOf(row, at.place);
        }
      }
    });
    EachThread(kTeam, [&](unsigned thread) {
      const unsigned row = DecidedRow(thread);
      if (row >= count_ || verdicts_[row] != Verdict::kNearOne) return;
      const double rest = TotalOfPlaces([&](unsigned place) { return places_.exps[row][place]; });
      verdicts_[row] = DecisionOf(row).DecideByRest(rest);
    });
  }

  ACT_PART double RestOf(unsigned row, unsigned place) const {
    const RowScaling<Single> scaling = ScalingOf(Single{places_.near_tops[row]});
    const float top = places_.results[row].top.v;
    const uint64_t beginning = places_.beginnings[row];
    double rest = 0;
#pragma unroll 4
    for (uint64_t i = place; i < job_.extent; i += kPlaces) {
      const float x = Taken(LoadOne(job_.x, beginning + i * step()));
      const RowExpWords<Single> e = RowExpInFloats(Single{x}, scaling);
      if (x == top) continue;
      rest += static_cast<double>(e.value.v);
      rest += static_cast<double>(e.lost.v);
    }
    return rest;
  }

  ACT_PART void PutResults(uint64_t begin) {
    EachThread(kTeam, [&](unsigned thread) {
      const RowThread at = RowThread::Of(thread, Shape::kAcross);
#pragma unroll
      for (unsigned r = 0; r < kRows; ++r) {
        const unsigned row = RowOf(at, r);
        if (row >= count_ || verdicts_[row] != Verdict::kDo) continue;
        PutRow(held_[thread], r, places_.results[row], StretchOf(at, r, begin));
      }
    });
  }

  ACT_PART void PutRow(const Held& held, unsigned r, const RowInFloats<Single>& row,
                       const Stretch& to) const {
    float results[kHeld];
#pragma unroll
    for (unsigned k = 0; k < kHeld; ++k) {
      const Single value = {held.values[r][k]};
      if constexpr (kGradient) {
        results[k] = F::GradientInFloats(value, Single{DyOf(held, r, k)}, row).v;
      } else {
        results[k] = F::ForwardInFloats(value, value, row).v;
      }
    }
    Store(results, to);
  }

  const DeviceJob& job_;
  const uint64_t first_;
  const unsigned count_;
  const unsigned groups_;  // that share a row
  Places& places_;
  float* const lost_;
  Verdict* const verdicts_;
  bool are_first_known_ = false;
  OfEachThread<Held> held_;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_HELD_ROWS_INL_H_
