// Gradients of 16 bits by a table of slopes, two elements at a time, and what is in doubt a warp at
// a time. Include in .cu files, nothing before it.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_SLOPE_LOOKUP_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_SLOPE_LOOKUP_INL_H_

#include "src/backends/cuda/kernels/half_table_fill-inl.h"
#include "src/backends/cuda/kernels/packed_input-inl.h"

namespace activation::cuda {

// PlaceOfSlope() of two elements, each in its half of a word.
ACT_FN uint32_t PlacesOfSlopes(uint32_t bits) {
#ifdef __CUDA_ARCH__
  const uint32_t sizes = __vminu2(bits & 0x7fff7fff, kSlopesOfSign << 16 | kSlopesOfSign);
  return sizes + (bits >> 15 & 0x10001) * (kSlopesOfSign + 1);
#else
  return PlaceOfSlope(bits >> 16) << 16 | PlaceOfSlope(bits & 0xffff);
#endif
}

// Whether it is so for any lane of a warp that is there as a whole; the host's lanes are alone.
ACT_FN bool AnyLane(bool is_so) {
#ifdef __CUDA_ARCH__
  return __any_sync(~0U, is_so) != 0;
#else
  return is_so;
#endif
}

// dy f'(x), by slopes. The product is within 2^-23 of it, relative to it: half of that is the
// slope's rounding, half its own. The bound leaves as much again for its own roundings. What is in
// doubt is left until a lane has two such elements: then all lanes of the warp settle theirs at a
// time.
template <class Formula, DType kType>
class SlopeLookup {
  using To = Storage<kType>;
  static constexpr float kError = 0x1p-22F;

 public:
  static constexpr Direction kDirection = Direction::kGradient;
  static constexpr uint32_t kTilesAtATime = 4;
  static constexpr unsigned kPartsAhead = 1;
  static constexpr uint16_t kOne = To::kOne;

  ACT_FN SlopeLookup(const DeviceJob& job, const void* table)
      : job_(job), slopes_(static_cast<const float*>(table)) {}

  ACT_FN void Finish(const LaneTile<uint16_t>& part, const LaneInput<uint16_t>& x,
                     const LaneInput<uint16_t>& dy) {
    LaneValues<uint16_t> out;
    ComputeInTurn<Formula, Tier::kExact, kType>(
        part, x, dy, dy, job_.params, out, [&](uint16_t in_x, uint16_t in_dy, uint16_t) {
          const float slope = slopes_[PlaceOfSlope(in_x)];
          if (BitsOf(slope) == kToBeSettled) return Attempt<uint16_t>{0, true};
          return RoundedWithin<kType>(Product(slope, To::Widen(in_dy)), kError);
        });
    part.Store(out, job_.out);
  }

  // The same of two elements at a time.
  ACT_FN void Finish(const LaneTile<uint16_t>& part, const PackedInput& x, const PackedInput& dy) {
    LaneValues<uint32_t> others;  // where they are not 0 there is doubt
    uint32_t any_other = 0;
    uint32_t greatest = 0;  // of slopes' bits
    bool any_tiny = false;
#pragma unroll
    for (unsigned v = 0; v < kVectors; ++v) {
      Vector<uint32_t> out;
#pragma unroll
      for (unsigned w = 0; w < kWords; ++w) {
        const uint32_t places = PlacesOfSlopes(x.Word(v, w));
        const float slope[2] = {slopes_[places & 0xffff], slopes_[places >> 16]};
        float y[2];
#pragma unroll
        for (unsigned k = 0; k < 2; ++k) {
          greatest = BitsOf(slope[k]) > greatest ? BitsOf(slope[k]) : greatest;
          y[k] = Product(slope[k], To::Widen(static_cast<uint16_t>(dy.Word(v, w) >> (16 * k))));
          if constexpr (kType == DType::kBF16) any_tiny = any_tiny || IsTiny(y[k]);
        }
        const uint32_t low = To::RoundBoth(y[0] * (1 - kError), y[1] * (1 - kError));
        others[v].at[w] = low ^ To::RoundBoth(y[0] * (1 + kError), y[1] * (1 + kError));
        any_other |= others[v].at[w];
        out.at[w] = To::WithOneNan(low);
      }
      StoreVector(out,
                  reinterpret_cast<uint32_t*>(static_cast<uint16_t*>(job_.out) + part.At(v, 0)));
    }
    const bool any_marked = any_other != 0 || any_tiny || greatest == kToBeSettled;
    unsigned marks = any_marked ? Marks(x, dy, others, any_tiny || greatest == kToBeSettled) : 0;
#pragma unroll 1
    while (AnyLane(marks != 0)) {
      if (AnyLane(marks != 0 && is_left_)) End();
      if (marks != 0) Leave(LowestBit(marks), part, x, dy);
      marks &= marks - 1;
    }
  }

  // Settles what has been left.
  ACT_FN void End() {
    if (!is_left_) return;
    const float dy = To::Widen(static_cast<uint16_t>(left_ >> 16));
    const auto x = static_cast<uint16_t>(left_);
    const uint16_t y = Settle<Formula, kType>({To::Widen(x), dy, dy}, job_.params);
    StoreElement(To::IsNan(x) || To::IsNan(y) ? To::kNan : y, job_.out, left_at_);
    is_left_ = false;
  }

 private:
  static constexpr unsigned kWords = Vector<uint32_t>::kWidth;

  static ACT_FN float Product(float slope, float dy) {
    return BitsOf(slope) == kChosenZero ? 0.0F : dy * slope;
  }

  // What RoundedWithin() has in doubt, too.
  static ACT_FN bool IsTiny(float y) {
    return fabsf(y) < 2 * std::numeric_limits<float>::min() && y != 0;
  }

  // Of the elements to be settled, the k-th of word w by bit 2 w + k; `any_special` says whether
  // any is so for another reason than `others`.
  ACT_FN unsigned Marks(const PackedInput& x, const PackedInput& dy,
                        const LaneValues<uint32_t>& others, bool any_special) const {
    unsigned marks = 0;
#pragma unroll
    for (unsigned w = 0; w < kVectors * kWords; ++w) {
      const uint32_t other = others[w / kWords].at[w % kWords];
      marks |= ((other & 0xffff) != 0 ? 1U : 0U) << (2 * w);
      marks |= (other >> 16 != 0 ? 2U : 0U) << (2 * w);
    }
    if (!any_special) return marks;
#pragma unroll
    for (unsigned i = 0; i < 2 * kVectors * kWords; ++i) {
      const unsigned v = i / (2 * kWords);
      const unsigned k = i % (2 * kWords);
      const float slope = slopes_[PlaceOfSlope(x.At(v, k))];
      bool is_special = BitsOf(slope) == kToBeSettled;
      if constexpr (kType == DType::kBF16) {
        is_special = is_special || IsTiny(Product(slope, To::Widen(dy.At(v, k))));
      }
      marks |= (is_special ? 1U : 0U) << i;
    }
    return marks;
  }

  ACT_FN void Leave(unsigned place, const LaneTile<uint16_t>& part, const PackedInput& x,
                    const PackedInput& dy) {
    uint32_t x_word = 0;
    uint32_t dy_word = 0;
#pragma unroll
    for (unsigned w = 0; w < kVectors * kWords; ++w) {
      // By a mask, because nvcc makes an index of a condition, and of that local memory.
      const uint32_t mask = w == place / 2 ? ~0U : 0U;
      x_word |= x.Word(w / kWords, w % kWords) & mask;
      dy_word |= dy.Word(w / kWords, w % kWords) & mask;
    }
    const unsigned shift = place % 2 * 16;
    left_ = (dy_word >> shift) << 16 | (x_word >> shift & 0xffff);
    left_at_ = part.At(place / (2 * kWords), place % (2 * kWords));
    is_left_ = true;
  }

  const DeviceJob& job_;
  const float* slopes_;
  // The element that is left, dy in the upper half, and where it is.
  bool is_left_ = false;
  uint32_t left_ = 0;
  uint64_t left_at_ = 0;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_SLOPE_LOOKUP_INL_H_
