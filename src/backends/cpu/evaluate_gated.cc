#include <algorithm>
#include <cmath>

#include "hwy/cache_control.h"
#include "src/backends/cpu/direct_blocks.h"
#include "src/backends/cpu/evaluate_kinds.h"
#include "src/backends/cpu/slow_lane.h"
#include "src/backends/cpu/staging.h"

namespace activation {
namespace {

// Elements of a run of y: where those of a, b and y (or dy) begin.
struct GatedBlock {
  size_t a;
  size_t b;
  size_t y;
  size_t count;
};

class GatedEvaluation {
 public:
  GatedEvaluation(const KernelSet& kernels, const Evaluation& evaluation)
      : kernels_(kernels),
        evaluation_(evaluation),
        place_(PlaceInKind(evaluation.function)),
        gates_(kernels.gated[place_]),
        store_(StoreOf(evaluation)) {}

  void Evaluate(const GatedBlock& block) const {
    if (evaluation_.dtype == DType::kF64) {
      EvaluateDoubles(block);
    } else {
      EvaluateFloats(block);
    }
  }

 private:
  void EvaluateDoubles(const GatedBlock& block) const {
    const size_t n = RoundUp(block.count);
    Buffer<double> buffers[3];
    const double* a = Stage(evaluation_.x, block.a, block.count, buffers[0]);
    const double* b = Stage(evaluation_.x, block.b, block.count, buffers[1]);
    if (evaluation_.direction == Direction::kForward) {
      StagedOutput<double> y(evaluation_.out, block.y, block.count);
      gates_.forward_in_double(a, b, y.data(), n);
      return y.Commit();
    }
    const double* dy = Stage(evaluation_.dy, block.y, block.count, buffers[2]);
    if (dy == nullptr) dy = Ones(buffers[2]);
    StagedOutput<double> by_a(evaluation_.out, block.a, block.count);
    StagedOutput<double> by_b(evaluation_.out, block.b, block.count);
    gates_.gradient_in_double(dy, a, b, by_a.data(), by_b.data(), n);
    by_a.Commit();
    by_b.Commit();
  }

  void EvaluateFloats(const GatedBlock& block) const {
    const size_t n = RoundUp(block.count);
    Buffer<float> buffers[3];
    const float* a = Floats(evaluation_.x, block.a, block.count, buffers[0]);
    const float* b = Floats(evaluation_.x, block.b, block.count, buffers[1]);
    const auto gate = [&](const float* w) {
      return [=, this](size_t i) { return Slowly(w[i], nullptr, b[i]); };
    };
    // FAST floats are taken as they are; they are of doubles all the same.
    const bool untested = evaluation_.tier == Tier::kFast && evaluation_.dtype == DType::kF32;
    Buffer<uint8_t> doubt_buffer;
    uint8_t* const doubt = untested ? nullptr : doubt_buffer.at;
    if (evaluation_.direction == Direction::kForward) {
      Results y(*this, block.y, block.count, gate(a));
      const Store store = y.MayStream() ? store_ : Store::kCached;
      if (gates_.forward(a, b, y.data(), doubt, n, store)) y.Settle(doubt, store);
      return y.Commit();
    }
    const float* dy = Floats(evaluation_.dy, block.y, block.count, buffers[2]);
    if (dy == nullptr) dy = Ones(buffers[2]);
    Results by_a(*this, block.a, block.count, gate(dy));
    Results by_b(*this, block.b, block.count,
                 [=, this](size_t i) { return Slowly(dy[i], a + i, b[i]); });
    const Store store = by_a.MayStream() && by_b.MayStream() ? store_ : Store::kCached;
    if (gates_.gradient(dy, a, b, by_a.data(), by_b.data(), doubt, n, store)) {
      by_a.Settle(doubt, store);
      by_b.Settle(doubt, store);
    }
    by_a.Commit();
    by_b.Commit();
  }

  const float* Floats(const void* base, size_t index, size_t count, Buffer<float>& buffer) const {
    return StageFloats(kernels_, evaluation_.dtype, base, index, count, buffer);
  }

  double Slowly(float w, const float* a, float b) const {
    return EvaluateGateSlowly(place_, static_cast<double>(w), a, static_cast<double>(b));
  }

  // Floats on their way to elements of the output; slowly(i) is element i where it is in doubt.
  template <class Slow>
  class Results {
   public:
    Results(const GatedEvaluation& of, size_t index, size_t count, Slow slowly)
        : of_(of), index_(index), count_(count), slowly_(slowly) {
      const Evaluation& evaluation = of.evaluation_;
      if (evaluation.dtype != DType::kF32) return;
      std::byte* const to = static_cast<std::byte*>(evaluation.out) + index * sizeof(float);
      if (Direct<float>(to, count)) direct_ = reinterpret_cast<float*>(to);
    }

    float* data() { return direct_ == nullptr ? buffer_.at : direct_; }

    bool MayStream() const { return direct_ != nullptr && IsAligned(direct_, kStreamAlignment); }

    void Settle(const uint8_t* doubt, Store store) {
      if (store == Store::kStreamed) hwy::FlushStream();
      float* const y = data();
      for (size_t i = 0; i < count_; ++i) {
        // A NaN in the half that the product has not is no matter of rounding.
        if (doubt[i] != 0 && !std::isnan(y[i])) y[i] = static_cast<float>(slowly_(i));
      }
    }

    void Commit() {
      if (direct_ != nullptr) return;
      const Evaluation& evaluation = of_.evaluation_;
      StoreFloats(of_.kernels_, evaluation.dtype, buffer_.at, evaluation.out, index_, count_,
                  slowly_);
    }

   private:
    const GatedEvaluation& of_;
    const size_t index_;
    const size_t count_;
    const Slow slowly_;
    float* direct_ = nullptr;
    Buffer<float> buffer_;
  };

  template <class T>
  static const T* Ones(Buffer<T>& buffer) {
    std::fill(std::begin(buffer.at), std::end(buffer.at), T{1});
    return buffer.at;
  }

  const KernelSet& kernels_;
  const Evaluation& evaluation_;
  const size_t place_;
  const GatedKernels& gates_;
  const Store store_;
};

}  // namespace

void EvaluateGated(const KernelSet& kernels, const Evaluation& evaluation, size_t begin,
                   size_t count) {
  const GatedEvaluation gated(kernels, evaluation);
  // In memory a run of a is followed by one of b.
  const size_t run = evaluation.layout.extent / 2 * evaluation.layout.inner;
  while (count > 0) {
    const size_t offset = begin % run;
    const size_t now = std::min({count, run - offset, kBlock});
    const size_t a = begin / run * (2 * run) + offset;
    gated.Evaluate({a, a + run, begin, now});
    begin += now;
    count -= now;
  }
  if (StoreOf(evaluation) == Store::kStreamed) hwy::FlushStream();
}

}  // namespace activation
