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
      gates_.gate_in_double(a, a, b, y.data(), n);
      return y.Commit();
    }
    const double* dy = Stage(evaluation_.dy, block.y, block.count, buffers[2]);
    if (dy == nullptr) dy = Ones(buffers[2]);
    StagedOutput<double> da(evaluation_.out, block.a, block.count);
    gates_.gate_in_double(dy, a, b, da.data(), n);
    da.Commit();
    StagedOutput<double> db(evaluation_.out, block.b, block.count);
    gates_.slope_in_double(dy, a, b, db.data(), n);
    db.Commit();
  }

  void EvaluateFloats(const GatedBlock& block) const {
    Buffer<float> buffers[3];
    const float* a = Floats(evaluation_.x, block.a, block.count, buffers[0]);
    const float* b = Floats(evaluation_.x, block.b, block.count, buffers[1]);
    if (evaluation_.direction == Direction::kForward) {
      return Put({gates_.gate, false, a, a, b}, block.y, block.count);
    }
    const float* dy = Floats(evaluation_.dy, block.y, block.count, buffers[2]);
    if (dy == nullptr) dy = Ones(buffers[2]);
    Put({gates_.gate, false, dy, a, b}, block.a, block.count);
    Put({gates_.slope, true, dy, a, b}, block.b, block.count);
  }

  const float* Floats(const void* base, size_t index, size_t count, Buffer<float>& buffer) const {
    return StageFloats(kernels_, evaluation_.dtype, base, index, count, buffer);
  }

  // w g(b), or with the slope w a g'(b).
  struct Products {
    TestedGateKernel kernel;
    bool is_slope;
    const float* w;
    const float* a;
    const float* b;
  };

  // To elements of the output.
  void Put(const Products& of, size_t index, size_t count) const {
    const auto slowly = [&](size_t i) {
      return EvaluateGateSlowly(place_, static_cast<double>(of.w[i]),
                                of.is_slope ? of.a + i : nullptr, static_cast<double>(of.b[i]));
    };
    // FAST floats are taken as they are; they are of doubles all the same.
    const bool untested = evaluation_.tier == Tier::kFast && evaluation_.dtype == DType::kF32;
    Buffer<uint8_t> doubt;
    const auto compute = [&](float* y, Store store) {
      if (!of.kernel(of.w, of.a, of.b, y, untested ? nullptr : doubt.at, RoundUp(count), store)) {
        return;
      }
      if (store == Store::kStreamed) hwy::FlushStream();
      for (size_t i = 0; i < count; ++i) {
        // A NaN in the half that the product has not is no matter of rounding.
        if (doubt.at[i] != 0 && !std::isnan(y[i])) y[i] = static_cast<float>(slowly(i));
      }
    };
    if (evaluation_.dtype == DType::kF32) {
      StagedOutput<float> out(evaluation_.out, index, count);
      const bool may_stream =
          count % kKernelGranule == 0 && IsAligned(out.data(), kStreamAlignment);
      compute(out.data(), may_stream ? store_ : Store::kCached);
      return out.Commit();
    }
    Buffer<float> y;
    compute(y.at, Store::kCached);
    StoreFloats(kernels_, evaluation_.dtype, y.at, evaluation_.out, index, count, slowly);
  }

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
