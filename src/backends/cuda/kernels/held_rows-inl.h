// Rows of floats in the FAST tier by the threads of a block that hold them in registers
// (float_rows.h), by the CPU's steps (cpu/fast_row_kernels.cc). Include in .cu files after
// definitions-inl.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_HELD_ROWS_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_HELD_ROWS_INL_H_

#include "src/backends/cuda/kernels/row_elements-inl.h"
#include "src/backends/cuda/kernels/row_places-inl.h"

namespace activation::cuda {

template <class F, Direction kDirection, class Shape>
class HeldRows {
  static constexpr bool kGradient = kDirection == Direction::kGradient;
  static constexpr bool kLog = F::kForwardIsLog && !kGradient;
  static constexpr bool kLoses = kCountsLost<F, kGradient>;
  static constexpr unsigned kHeld = Shape::kHeld;
  static constexpr unsigned kRows = Shape::kRows;
  using Elements = RowElements<Shape>;
  using Stretch = typename Elements::Stretch;
  // Whose threads share rows.
  static constexpr Team kTeam = Shape::kSplit || Shape::kAcross ? Team::kBlock : Team::kWarp;

 public:
  using Places = RowPlaces<F, kGradient, Shape::kSplit ? kRowGroups : MostRowsOfBlock(kDirection)>;

  // `lost` is that of SplitRows, or nullptr.
  ACT_PART HeldRows(const RowsOfJob& rows, Places& places, float* lost, Verdict* verdicts)
      : job_(rows.job),
        first_(rows.first),
        count_(rows.count),
        elements_(rows.job),
        places_(places),
        lost_(lost),
        verdicts_(verdicts) {}

  // Results of all rows for which floats do, and a verdict for each; whether any is left.
  ACT_PART bool Run() {
    PutAll();
    return AnyRow(Team::kBlock, Verdict::kDoNot);
  }

 private:
  // As wide as a register.
  enum class Pass : uint32_t { kSums, kSumsAgain, kResults };

  // What is in it is there once, so that the code of exponentials is.
  ACT_PART void PutAll() {
    Begin();
    Pass pass = Pass::kSums;
    while (true) {
      bool is_unusual = false;
#pragma unroll 1
      for (uint64_t begin = 0; begin < elements_.end(); begin += elements_.part()) {
        if (pass != Pass::kResults || !elements_.is_held()) Hold(begin, pass);
        if (pass != Pass::kResults) is_unusual = AddUp(begin);
        if (pass == Pass::kResults) PutResults(begin);
      }
      if (pass == Pass::kResults) return;
      // Sums come a second time, by the tops, where a first element is too far below.
      const bool again = is_unusual && AnyRow(kTeam, Verdict::kScaledTooFar);
      if (kLog && is_unusual && !again) AddRests();
      pass = again ? Pass::kSumsAgain : Pass::kResults;
    }
  }

  // Registers have no room for two tensors of whole sums: then dy is read again for results, and
  // both come in pieces.
  static constexpr bool kHoldsDys = kGradient && kHeld < kMostHeld;
  static constexpr unsigned kPiece = F::kTermsHaveExp ? 16 : 8;
  static constexpr bool kInPieces = kGradient && !kHoldsDys;

  // What a thread holds of its rows: exponentials, or x where results come of that; and dy.
  struct Held {
    float values[kRows][kHeld];
    float dys[kHoldsDys ? kRows : 1][kHoldsDys ? kHeld : 1];
  };

  // Rows beyond the last are taken for that. One thread for each, because of the division.
  ACT_PART void Begin() {
    EachThread(kTeam, [&](unsigned thread) {
      const unsigned row = Elements::DecidedRow(thread);
      if (row == Elements::kNoRow) return;
      const uint64_t index = first_ + (row < count_ ? row : count_ - 1);
      places_.beginnings[row] = elements_.BeginningOf(index);
      if (row < count_) verdicts_[row] = Verdict::kUndecided;
    });
  }

  ACT_PART Stretch StretchOf(const RowThread& at, unsigned r, uint64_t begin) const {
    return elements_.StretchOf(at, places_.beginnings[elements_.RowOf(at, r)], begin);
  }

  static ACT_PART float Taken(float x) { return F::kOfMinusX ? -x : x; }

  // What a row is scaled by, and the first dy, which others are taken relative to.
  struct First {
    float near_top;
    float dy;
  };
  static constexpr bool kHasFirstDy = kGradient && F::kTermsHaveExp;

  // From memory as long as nothing is known of a row, which results may lie in later.
  ACT_PART First FirstOf(unsigned row, bool is_known) const {
    if (is_known) return {places_.near_tops[row], kHasFirstDy ? places_.first_dys[row] : 0};
    const uint64_t i = places_.beginnings[row];
    return {Taken(Elements::LoadOne(job_.x, i)), kHasFirstDy ? Elements::LoadOne(job_.dy, i) : 0};
  }

  ACT_PART void Hold(uint64_t begin, Pass pass) {
    EachThread(kTeam, [&](unsigned thread) {
      const RowThread at = RowThread::Of(thread, Shape::kAcross);
      if constexpr (kInPieces) {
        HoldPieces(at, begin, pass, held_[thread].values[0]);
      } else {
        HoldWhole(at, begin, pass, held_[thread]);
      }
    });
  }

  ACT_PART void HoldWhole(const RowThread& at, uint64_t begin, Pass pass, Held& held) {
    const bool is_known = IsFirstKnown(begin, pass);
    First firsts[kRows];
#pragma unroll
    for (unsigned r = 0; r < kRows; ++r) {
      firsts[r] = FirstOf(elements_.RowOf(at, r), is_known);
      Load(StretchOf(at, r, begin), held.values[r], held.dys[kHoldsDys ? r : 0]);
    }
    FinishAsking();
    if (kLog && pass == Pass::kResults) return;
#pragma unroll
    for (unsigned r = 0; r < kRows; ++r) {
      if (!is_known) KeepFirst(at, r, firsts[r]);
      Adding adding = BeginAdding(at, r, begin, firsts[r]);
      Add(StretchOf(at, r, begin), 0, held.values[r], held.dys[kHoldsDys ? r : 0], adding);
      PutSums(adding);
    }
  }

  ACT_PART void HoldPieces(const RowThread& at, uint64_t begin, Pass pass, float (&held)[kHeld]) {
    const bool is_known = IsFirstKnown(begin, pass);
    const First first = FirstOf(elements_.RowOf(at, 0), is_known);
    if (!is_known) KeepFirst(at, 0, first);
    Adding adding = BeginAdding(at, 0, begin, first);
    Stretch rest = StretchOf(at, 0, begin);
#pragma unroll
    for (float& value : held) value = 0;
#pragma unroll 1
    for (unsigned before = 0; before < kHeld; before += kPiece) {
      float values[kPiece];
      float dys[kPiece];
      Load(rest, values, dys);
      Add(rest, before, values, dys, adding);
      ReplaceFirst(held, values);
      rest = elements_.Behind(rest, kPiece);
    }
    PutSums(adding);
  }

  // Behind the others, which move up: registers have no indices.
  static ACT_PART void ReplaceFirst(float (&held)[kHeld], const float (&next)[kPiece]) {
#pragma unroll
    for (unsigned k = 0; k < kHeld; ++k) {
      held[k] = k + kPiece < kHeld ? held[(k + kPiece) % kHeld] : next[k % kPiece];
    }
  }

  static ACT_PART bool IsFirstKnown(uint64_t begin, Pass pass) {
    return pass != Pass::kSums || begin != 0;
  }

  template <unsigned kCount, unsigned kDys>
  ACT_PART void Load(const Stretch& from, float (&values)[kCount], float (&dys)[kDys]) const {
    // Far below every top.
    constexpr float kFarBelow = -std::numeric_limits<float>::infinity();
    elements_.Load(job_.x, from, Taken(kFarBelow), values);
    if constexpr (kGradient) elements_.Load(job_.dy, from, 0, dys);
  }

  ACT_PART void KeepFirst(const RowThread& at, unsigned r, const First& first) {
    const unsigned row = elements_.RowOf(at, r);
    if (at.place != 0 || row >= count_) return;
    places_.near_tops[row] = first.near_top;
    places_.first_dys[row] = first.dy;
  }

  // Of a thread's elements of one row, in what is held at a time.
  struct Adding {
    unsigned sum;
    unsigned place;
    float first_dy;
    RowScaling<Single> scaling;
    PlaceSums sums;
    float lost;
  };

  ACT_PART Adding BeginAdding(const RowThread& at, unsigned r, uint64_t begin,
                              const First& first) const {
    const unsigned sum = Shape::kSplit ? at.group : elements_.RowOf(at, r);
    return {.sum = sum,
            .place = at.place,
            .first_dy = first.dy,
            .scaling = ScalingOf(Single{first.near_top}),
            .sums = elements_.IsWithinSum(begin) ? places_.At(sum, at.place) : PlaceSums::OfNone(),
            .lost = Shape::kInParts && begin != 0 ? places_.lost[sum][at.place] : 0};
  }

  // Elements beside which lie `before` others, which exponentials take the place of.
  template <unsigned kCount, unsigned kDys>
  ACT_PART void Add(const Stretch& stretch, unsigned before, float (&values)[kCount],
                    const float (&dys)[kDys], Adding& to) const {
#pragma unroll
    for (unsigned k = 0; k < kCount; ++k) {
      const float x = Taken(values[k]);
      to.sums.top = fmaxf(to.sums.top, x);
      const RowExpWords<Single> e = RowExpInFloats(Single{x}, to.scaling);
      values[k] = kLog ? x : e.value.v;
      const bool is_nothing =
          F::kTermsHaveExp && kGradient && !Elements::template IsIn<kCount>(stretch, k);
      const float dy = kGradient ? dys[kGradient ? k : 0] : 0;
      to.sums.template AddElement<F, kGradient>(e.value.v, is_nothing ? to.first_dy : dy,
                                                to.first_dy);
      if constexpr (kLoses && Shape::kSplit) {
        LostOf(to.sum)[(before + k) * kPlaces + to.place] = e.lost.v;
      } else if constexpr (kLoses) {
        to.lost += e.lost.v;
      }
    }
  }

  ACT_PART void PutSums(const Adding& added) {
    places_.Put(added.sum, added.place, added.sums);
    if constexpr (kLoses && !Shape::kSplit) places_.lost[added.sum][added.place] = added.lost;
  }

  ACT_PART float* LostOf(unsigned group) const {
    return lost_ + group * SplitRows<F, kGradient>::kStride;
  }

  // Adds what is held to what was before; after the last, whether a row is neither done with nor
  // left to double.
  ACT_PART bool AddUp(uint64_t begin) {
    const uint64_t next = begin + elements_.part();
    if (next < elements_.extent() && elements_.IsWithinSum(next)) return false;
    const unsigned sums = SumsOfPart(begin);
    if constexpr (Shape::kSplit) AddUpSplit(begin, sums);
    return AnyThread(kTeam, [&](unsigned thread) {
      const unsigned row = Elements::DecidedRow(thread);
      if (row >= count_) return false;
      PlaceSums all = PlaceSums::OfNone();
      if (Shape::kInParts && begin >= kRowSumElements) all = places_.so_far[row];
      if constexpr (Shape::kSplit) {
        for (unsigned sum = 0; sum < sums; ++sum) {
          all.Add(places_.At(row * elements_.groups() + sum, kPlaces));
        }
      } else {
        all.Add(places_.Total(row));
      }
      if (Shape::kInParts && next < elements_.extent()) {
        places_.so_far[row] = all;
        return false;
      }
      const Verdict verdict = VerdictAfter(verdicts_[row], DecisionOf(row).Decide(all));
      verdicts_[row] = verdict;
      return verdict == Verdict::kScaledTooFar || verdict == Verdict::kNearOne;
    });
  }

  // Of each row, in what is held from `begin` on.
  ACT_PART unsigned SumsOfPart(uint64_t begin) const {
    const uint64_t sums = CeilDiv(elements_.extent() - begin, kRowSumElements);
    return sums < elements_.groups() ? static_cast<unsigned>(sums) : elements_.groups();
  }

  // What each sum comes to, which is left behind its places; and by a row's first group, what was
  // lost.
  ACT_PART void AddUpSplit(uint64_t begin, unsigned sums) {
    EachThread(kTeam, [&](unsigned thread) {
      const RowThread at = RowThread::Of(thread, Shape::kAcross);
      const unsigned row = elements_.RowOf(at, 0);
      if (row >= count_) return;
      if (at.place == 0) places_.Put(at.group, kPlaces, places_.Total(at.group));
      if (!kLoses || at.group % elements_.groups() != 0) return;
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
    return {places_, row, elements_.extent()};
  }

  // Of those that the threads of a team have decided about.
  ACT_PART bool AnyRow(Team team, Verdict verdict) {
    return AnyThread(team, [&](unsigned thread) {
      const unsigned row = Elements::DecidedRow(thread);
      return row < count_ && verdicts_[row] == verdict;
    });
  }

  // Of rows near one, sums of exponentials without that of the only top: each place over all of the
  // row.
  ACT_PART void AddRests() {
    EachThread(kTeam, [&](unsigned thread) {
      const RowThread at = RowThread::Of(thread, Shape::kAcross);
      if (Shape::kSplit && at.group % elements_.groups() != 0) return;
#pragma unroll 1
      for (unsigned r = 0; r < kRows; ++r) {
        const unsigned row = elements_.RowOf(at, r);
        if (row < count_ && verdicts_[row] == Verdict::kNearOne) {
          places_.exps[row][at.place] = RestOf(row, at.place);
        }
      }
    });
    EachThread(kTeam, [&](unsigned thread) {
      const unsigned row = Elements::DecidedRow(thread);
      if (row >= count_ || verdicts_[row] != Verdict::kNearOne) return;
      const double rest = TotalOfPlaces([&](unsigned place) { return places_.exps[row][place]; });
      verdicts_[row] = DecisionOf(row).DecideByRest(rest);
    });
  }

  ACT_PART double RestOf(unsigned row, unsigned place) const {
    const RowScaling<Single> scaling = ScalingOf(Single{places_.near_tops[row]});
    const uint64_t beginning = places_.beginnings[row];
    return RestOfPlace(
        [&](uint64_t i) {
          return Taken(Elements::LoadOne(job_.x, beginning + i * elements_.step()));
        },
        place, elements_.extent(), scaling, places_.results[row].top.v);
  }

  ACT_PART void PutResults(uint64_t begin) {
    EachThread(kTeam, [&](unsigned thread) {
      const RowThread at = RowThread::Of(thread, Shape::kAcross);
#pragma unroll
      for (unsigned r = 0; r < kRows; ++r) {
        const unsigned row = elements_.RowOf(at, r);
        if (row >= count_ || verdicts_[row] != Verdict::kDo) continue;
        const Stretch stretch = StretchOf(at, r, begin);
        Held& held = held_[thread];
        if constexpr (kInPieces) {
          PutPieces(held.values[r], places_.results[row], stretch);
        } else {
          PutRow(held.values[r], held.dys[kHoldsDys ? r : 0], places_.results[row], stretch);
        }
      }
    });
  }

  ACT_PART void PutPieces(float (&held)[kHeld], const RowInFloats<Single>& row,
                          Stretch rest) const {
#pragma unroll 1
    for (unsigned before = 0; before < kHeld; before += kPiece) {
      float values[kPiece];
      float dys[kPiece];
      elements_.Load(job_.dy, rest, 0, dys);
#pragma unroll
      for (unsigned k = 0; k < kPiece; ++k) values[k] = held[k];
      PutRow(values, dys, row, rest);
      ReplaceFirst(held, values);
      rest = elements_.Behind(rest, kPiece);
    }
  }

  template <unsigned kCount, unsigned kDys>
  ACT_PART void PutRow(const float (&values)[kCount], const float (&dys)[kDys],
                       const RowInFloats<Single>& row, const Stretch& to) const {
    float results[kCount];
#pragma unroll
    for (unsigned k = 0; k < kCount; ++k) {
      const Single value = {values[k]};
      if constexpr (kGradient) {
        results[k] = F::GradientInFloats(value, Single{dys[k]}, row).v;
      } else {
        results[k] = F::ForwardInFloats(value, value, row).v;
      }
    }
    elements_.Store(results, to);
  }

  const DeviceJob& job_;
  const uint64_t first_;
  const unsigned count_;
  const Elements elements_;
  Places& places_;
  float* const lost_;
  Verdict* const verdicts_;
  OfEachThread<Held> held_;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_HELD_ROWS_INL_H_
