// What a lane has of a row of f32, f16 or bf16: some elements in registers, from their loads to
// their results. In double, with what an element is below the top in one word. Include in .cu files
// after definitions-inl.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_PART_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_PART_INL_H_

#include <bit>
#include <type_traits>

#include "src/backends/cuda/kernels/channel_walk.h"
#include "src/backends/cuda/kernels/lanes-inl.h"
#include "src/backends/cuda/kernels/row_quick-inl.h"

namespace activation::cuda {

// As in row_error_bound.h, where sums are of at most 28 additions of doubles one after another, and
// what an element is below the top is rounded: e^t has 66 units of 2^-53 above e^-128, where
// forward results are zero, and 130 of a gradient. A forward result has 66 of its own, 49 of the
// sum and 3 more; a gradient 130 of its own, and what it takes off 130 each of its terms, 28 of
// their sum and twice 50 of the reciprocal. Of 16 bits all that is nothing beside ShortExp(), whose
// error a forward result has twice and a gradient four times.
template <class F, DType kType>
inline constexpr uint32_t kPlainForwardUnits = SizeOf(kType) == 2 ? 1 << 13
                                               : F::kForwardIsLog ? kErrorUnits
                                                                  : 256;
template <class F, DType kType>
inline constexpr double kPlainGradientError = SizeOf(kType) == 2 ? 0x1p-39
                                              : F::kTermsHaveExp ? 0x1p-44
                                                                 : 0x1p-45;

// e^t for t in [-kDecayLimit, 0] within 2^-41.5 of it, and 1 for 0, as RowExpWithin(): the Taylor
// series leaves r^6 / 6! = 2^-42.6, and a sixteenth of ln(2) in one word is wrong by 2^-46.
ACT_FN double ShortExp(double t) {
  const double shift = RoundingShift<N>().v;
  const double shifted = fma(t, kSixteenLog2E.high, shift);
  const double r = fma(shift - shifted, kLn2Sixteenth.high, t);
  const double square = r * r;
  const double high = fma(r, 1.0 / 120, 1.0 / 24);
  const double low = fma(r, 1.0 / 6, 0.5);
  const double power = TableExp2(N{shifted}).v;
  return fma(power, fma(fma(high, square, low), square, r), power);
}

// The greatest element that a lane has seen, or NaN.
struct LaneTop {
  float value;
};

// And where it was (RowPart), with its dy.
struct PlacedTop {
  float value;
  float dy;
  uint64_t place;
};

// Sums of exponentials and, of gradients, of terms and their sizes.
struct LaneSums {
  double exps;
};
struct GradientSums {
  double exps;
  double terms;
  double sizes;
};

// NaN if either is.
ACT_FN float MaxOrNan(float a, float b) {
#ifdef __CUDA_ARCH__
  float most;
  asm("max.NaN.f32 %0, %1, %2;" : "=f"(most) : "f"(a), "f"(b));
  return most;
#else
  return b > a || b != b ? b : a;
#endif
}

// These are the same for (b, a), but for what NaN has beside it.
ACT_FN LaneTop Both(const LaneTop& a, const LaneTop& b) { return {MaxOrNan(a.value, b.value)}; }
ACT_FN PlacedTop Both(const PlacedTop& a, const PlacedTop& b) {
  const bool second =
      b.value > a.value || b.value != b.value || (b.value == a.value && b.place < a.place);
  return {second ? b.value : a.value, second ? b.dy : a.dy, second ? b.place : a.place};
}
ACT_FN LaneSums Both(const LaneSums& a, const LaneSums& b) { return {a.exps + b.exps}; }
ACT_FN GradientSums Both(const GradientSums& a, const GradientSums& b) {
  return {a.exps + b.exps, a.terms + b.terms, a.sizes + b.sizes};
}

// Where a lane's row is.
template <class T>
struct LanePlace {
  const DeviceJob* job;
  uint64_t first;   // of its elements
  uint64_t extent;  // 0 where there is no row
  RowSlots<Vector<T>::kWidth> slots;
};

// Of row `index` of a job, if it has as many.
template <class T>
ACT_FN LanePlace<T> PlaceOf(const DeviceJob& job, const RowLanes& lanes, uint64_t index,
                            unsigned part) {
  uint64_t first = index * job.extent;
  if (lanes.across) {
    const Division row = Divide(index, job.inner);
    first = row.whole * job.extent * job.inner + row.rest;
  }
  const bool in_vectors = !lanes.across && job.extent % Vector<T>::kWidth == 0 &&
                          IsAligned(job.x, kVectorBytes) && IsAligned(job.dy, kVectorBytes) &&
                          IsAligned(job.out, kVectorBytes);
  const bool is_one = index < job.outer * job.inner;
  return {&job, first, is_one ? job.extent : 0, {lanes.bits, part, in_vectors}};
}

template <class F, Direction kDirection, DType kType, unsigned kVectorsOfPart>
class RowPart {
  using T = TypeOf<kType>;
  using To = Storage<kType>;
  using Place = LanePlace<T>;
  static constexpr unsigned kWidth = Vector<T>::kWidth;
  static constexpr bool kGradient = kDirection == Direction::kGradient;
  static constexpr bool kLog = F::kForwardIsLog && !kGradient;
  static constexpr T kNothing = F::kOfMinusX ? To::kInfinity : To::kMinusInfinity;

 public:
  static constexpr unsigned kElements = kVectorsOfPart * kWidth;
  // Whether it matters which element is the top: it is left out of sums, or its dy counts.
  static constexpr bool kPlacesTop = F::kTopIsSpecial || kGradient;
  using Top = std::conditional_t<kPlacesTop, PlacedTop, LaneTop>;
  using Sums = std::conditional_t<kGradient, GradientSums, LaneSums>;

  // The lane's share of elements [begin, begin + elements) of a row.
  ACT_FN void Load(const Place& place, uint64_t begin, unsigned elements) {
    begin_ = begin;
    count_ = place.slots.Count(elements);
    Load(place, place.job->x, kNothing, x_);
    if constexpr (kGradient) {
      if (place.job->dy != nullptr) {
        Load(place, place.job->dy, T{0}, dy_);
      } else {
        ForEach([&](unsigned v, unsigned k) { dy_[v].at[k] = To::kOne; });
      }
    }
  }

  // Of a lane that has seen nothing.
  static ACT_FN Top NoTop() {
    constexpr float kLeast = -std::numeric_limits<float>::infinity();
    if constexpr (kPlacesTop) {
      return {kLeast, 0, ~uint64_t{0}};
    } else {
      return {kLeast};
    }
  }

  ACT_FN void See(const Place& place, Top& top) const {
    float value = -std::numeric_limits<float>::infinity();
    ForEach([&](unsigned v, unsigned k) { value = MaxOrNan(value, Taken(v, k)); });
    if constexpr (kPlacesTop) {
      Top seen = {value, 0, begin_ + place.slots.part};
      ForEach([&](unsigned v, unsigned k) {
        if (Taken(v, k) != value) return;
        seen.place = begin_ + place.slots.part + ((v * kWidth + k) << place.slots.bits);
        if constexpr (kGradient) seen.dy = To::Widen(dy_[v].at[k]);
      });
      top = Both(top, seen);
    } else {
      top = Both(top, Top{value});
    }
  }

  ACT_FN void SetExps(const Top& top) {
    ForEach([&](unsigned v, unsigned k) {
      exps_[v * kWidth + k] = ExpOf(WithinDecay(Below(v, k, top)));
    });
  }

  // All, or all but the top where that matters.
  ACT_FN void AddTo(const Place& place, const Top& top, Sums& sums) const {
    [[maybe_unused]] const unsigned top_slot = SlotOf(place, top);
    ForEach([&](unsigned v, unsigned k) {
      const unsigned slot = v * kWidth + k;
      // Beside a sum with the top in it nothing is nothing.
      if ((F::kTopIsSpecial || kGradient) && !Has(slot)) return;
      if (F::kTopIsSpecial && slot == top_slot) return;
      sums.exps += exps_[slot];
      if constexpr (kGradient) {
        const auto e = Unscaled<InQuick>(N{exps_[slot]});
        const double term = F::template Term<InQuick>(e, N{Dy(v, k)}, N{double{top.dy}}).v;
        sums.terms += term;
        sums.sizes += fabs(term);
      }
    });
  }

  // What all lanes have come to, as formulas take it.
  static ACT_FN RowSums<InQuick> TotalsOf(const Top& top, const Sums& sums) {
    // The exponential of the top is one.
    const N rest = {F::kTopIsSpecial ? sums.exps : sums.exps - 1};
    if constexpr (kGradient) {
      return SumsOf<InQuick>(rest, N{sums.terms}, N{sums.sizes}, N{double{top.dy}});
    } else {
      return SumsOf<InQuick>(rest, N{0}, N{0}, N{0});
    }
  }

  // Whether the usual formulas apply.
  static ACT_FN bool IsUsual(const Top& top, const RowSums<InQuick>& totals) {
    constexpr double kInfinite = std::numeric_limits<double>::infinity();
    return fabsf(top.value) < kInfinite && (!kGradient || totals.sizes_with_top.v < kInfinite);
  }

  // Has results instead of elements, and returns whether any is in doubt.
  ACT_FN bool SetResults(const Place& place, const Top& top, const RowSums<InQuick>& sums) {
    [[maybe_unused]] const unsigned top_slot = SlotOf(place, top);
    bool in_doubt = false;
    ForEach([&](unsigned v, unsigned k) {
      const unsigned slot = v * kWidth + k;
      const double t = kLog ? Below(v, k, top) : 0;
      const double e = kLog ? 0 : exps_[slot];
      const double dy = kGradient ? Dy(v, k) : 0;
      const SizedResult result =
          ResultOf<F, kDirection>({N{t}, N{0}}, e, dy, slot == top_slot, sums);
      Narrowed<kType> y;
      if constexpr (kGradient) {
        y = NarrowWithin<kType>(result.y, result.size * kPlainGradientError<F, kType>);
      } else {
        y = NarrowWithin<kType, kPlainForwardUnits<F, kType>>(result.y);
      }
      x_[v].at[k] = y.value;
      in_doubt |= y.in_doubt && (!kGradient || Has(slot));
    });
    return in_doubt;
  }

  ACT_FN void Store(const Place& place) const {
    const uint64_t inner = place.job->inner;
    T* const to = static_cast<T*>(place.job->out) + place.first + begin_ * inner;
    if (place.slots.in_vectors) {
#pragma unroll
      for (unsigned v = 0; v < kVectorsOfPart; ++v) {
        if (v * kWidth < count_) StoreVector(x_[v], to + place.slots.At(v * kWidth));
      }
      return;
    }
    ForEach([&](unsigned v, unsigned k) {
      const unsigned slot = v * kWidth + k;
      if (Has(slot)) to[place.slots.At(slot) * inner] = x_[v].at[k];
    });
  }

 private:
  // What is not the lane's in a vector that it has something of is `nothing`.
  ACT_FN void Load(const Place& place, const void* tensor, T nothing,
                   Vector<T> (&values)[kVectorsOfPart]) {
    const uint64_t inner = place.job->inner;
    const T* const from = static_cast<const T*>(tensor) + place.first + begin_ * inner;
    if (place.slots.in_vectors) {
#pragma unroll
      for (unsigned v = 0; v < kVectorsOfPart; ++v) {
        if (v * kWidth < count_) values[v] = LoadVector(from + place.slots.At(v * kWidth));
      }
      return;
    }
    ForEach([&](unsigned v, unsigned k) {
      const unsigned slot = v * kWidth + k;
      values[v].at[k] = Has(slot) ? from[place.slots.At(slot) * inner] : nothing;
    });
  }

  ACT_FN bool Has(unsigned slot) const { return slot < count_; }

  // Calls visit(vector, element of it) for each of those that the lane has something of.
  template <class Visit>
  ACT_FN void ForEach(Visit visit) const {
#pragma unroll
    for (unsigned v = 0; v < kVectorsOfPart; ++v) {
      if (v * kWidth >= count_) continue;
#pragma unroll
      for (unsigned k = 0; k < kWidth; ++k) {
        visit(v, k);
      }
    }
  }

  // Of x, or of -x for functions of that.
  ACT_FN float Taken(unsigned v, unsigned k) const {
    const float x = To::Widen(x_[v].at[k]);
    return F::kOfMinusX ? -x : x;
  }
  ACT_FN double Dy(unsigned v, unsigned k) const { return double{To::Widen(dy_[v].at[k])}; }

  ACT_FN double Below(unsigned v, unsigned k, const Top& top) const {
    return double{Taken(v, k)} - double{top.value};
  }

  static ACT_FN double ExpOf(double t) {
    if constexpr (SizeOf(kType) == 2) return ShortExp(t);
    return RowExpWithin<InQuick>(N{t}).mantissa.v;
  }

  // t <= 0, or about -kDecayLimit where it is less: of negative numbers the upper halves of their
  // bits are in the other order.
  static ACT_FN double WithinDecay(double t) {
    constexpr double kLeast = -kDecayLimit<InQuick>;
    constexpr auto kMost = static_cast<uint32_t>(std::bit_cast<uint64_t>(kLeast) >> 32);
    uint64_t bits = BitsOf(t);
    const auto high = static_cast<uint32_t>(bits >> 32);
    bits = (bits & 0xffffffff) | uint64_t{high < kMost ? high : kMost} << 32;
    std::memcpy(&t, &bits, sizeof(t));
    return t;
  }

  // The slot of the top, if the lane has it now.
  ACT_FN unsigned SlotOf(const Place& place, const Top& top) const {
    if constexpr (F::kTopIsSpecial) {
      const uint64_t behind = top.place - begin_ - place.slots.part;
      const uint64_t slot = behind >> place.slots.bits;
      if (slot < kElements && slot << place.slots.bits == behind) return slot;
    }
    return ~0U;
  }

  uint64_t begin_;
  unsigned count_;  // of its slots
  Vector<T> x_[kVectorsOfPart];
  Vector<T> dy_[kGradient ? kVectorsOfPart : 1];
  double exps_[kElements];
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_PART_INL_H_
