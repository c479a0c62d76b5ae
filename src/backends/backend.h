// What computes: the interface between the engine and a kind of device.
// In the way of a request: Engine -> Backend::Run -> kernels.
#ifndef ACTIVATION_SRC_BACKENDS_BACKEND_H_
#define ACTIVATION_SRC_BACKENDS_BACKEND_H_

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "src/backends/layout.h"
#include "src/backends/tensor_statistics.h"
#include "src/base/dtype.h"
#include "src/functions/catalogue.h"

namespace activation {

// Which backend computes an evaluation.
enum class Placement : uint8_t {
  kAuto,  // whichever is faster, where there is a choice
  kCpu,
  kCuda,
};

// "auto", "cpu", "cuda".
constexpr const char* Name(Placement placement) {
  switch (placement) {
    case Placement::kAuto:
      return "auto";
    case Placement::kCpu:
      return "cpu";
    case Placement::kCuda:
      break;
  }
  return "cuda";
}

// One tensor through one function. Pointers need no alignment, must stay valid
// until the run is done, and of an elementwise function `out` may be `x` or `dy`
// themselves; else it must not overlap them.
struct Evaluation {
  FunctionId function = 0;
  Params params;
  Tier tier = Tier::kExact;
  Direction direction = Direction::kForward;
  DType dtype = DType::kF32;
  Placement placement = Placement::kAuto;  // what was asked for, then what was decided
  Layout layout;                           // of functions that are not elementwise
  size_t count = 0;                        // elements of x
  const void* x = nullptr;                 // input
  // kGradient only; nullptr means all ones, of which row-wise functions of f32 in FAST may make
  // other bits, in double, than of ones that are given.
  const void* dy = nullptr;
  void* out = nullptr;  // y or dx; nullptr where only statistics are wanted
  // Where the gradient by each parameter goes (0 for one that is not
  // differentiable); kMaxParams doubles, or nullptr where nobody asked.
  double* parameter_gradients = nullptr;
  // Of per-channel functions: one weight a channel, or one for all, of x's dtype;
  // and where the gradient by each goes, as a double, or nullptr where nobody asked.
  const void* weight = nullptr;
  size_t weight_count = 0;
  void* weight_gradient = nullptr;
  // Where statistics go, of an elementwise function, or nullptr where nobody asked. The
  // CPU alone has them.
  TensorStatistics* statistics = nullptr;
};

// Elements of y and dy: a gated function makes one of two.
inline size_t ResultCount(const Evaluation& evaluation) {
  const bool gated = Catalogue()[evaluation.function].kind == Kind::kGated;
  return gated ? evaluation.count / 2 : evaluation.count;
}

// Whether the result replaces an input.
inline bool IsInPlace(const Evaluation& evaluation) {
  return evaluation.out != nullptr &&
         (evaluation.out == evaluation.x || evaluation.out == evaluation.dy);
}

// Elements of `out`.
inline size_t OutputCount(const Evaluation& evaluation) {
  return evaluation.direction == Direction::kForward ? ResultCount(evaluation) : evaluation.count;
}

// Looked at before the work and between its blocks: a status other than OK ends
// the run with that status. Called from any thread, and not any more once `done` was.
using Interrupt = std::function<absl::Status()>;

class Backend {
 public:
  virtual ~Backend() = default;

  // "cpu", "cuda".
  virtual std::string name() const = 0;

  // For people: model and features.
  virtual std::string description() const = 0;

  // Computes every evaluation and calls `done` once, from this thread before
  // Run returns where the work is small, else from a thread of the backend.
  // After an error the contents of the outputs are unspecified. Thread-safe.
  virtual void Run(absl::Span<const Evaluation> evaluations, Interrupt interrupt,
                   std::function<void(absl::Status)> done) = 0;

  // The same, but that the work is not done by this thread, however small, where the
  // backend has others.
  virtual void RunElsewhere(absl::Span<const Evaluation> evaluations, Interrupt interrupt,
                            std::function<void(absl::Status)> done) {
    Run(evaluations, std::move(interrupt), std::move(done));
  }
};

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_BACKEND_H_
