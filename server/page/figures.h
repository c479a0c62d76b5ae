// What a function makes of normally distributed inputs, for the page: computed by the engine
// as a client's calls would be, in f64 and the EXACT tier. Thread-safe.
#ifndef ACTIVATION_SERVER_PAGE_FIGURES_H_
#define ACTIVATION_SERVER_PAGE_FIGURES_H_

#include <functional>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/page/curve.h"
#include "src/diagnosis/figures.h"
#include "src/engine/engine.h"

namespace activation::page {

// One at a time: HTTP has a few threads for all that ask, and a reading of metrics or of health
// must not wait for pictures.
class FiguresDesk {
 public:
  // `engine` must outlive this. `stopping` says from any thread that the server is to end.
  FiguresDesk(Engine& engine, std::function<bool()> stopping);

  // Of the function and parameters of a curve, whose range plays no part, over N(0, 1). Waits
  // for the engine. INVALID_ARGUMENT for a function that is not elementwise; UNAVAILABLE while
  // others' are computed or the server ends; DEADLINE_EXCEEDED after two seconds; else as
  // ComputeCurve.
  absl::StatusOr<diagnosis::Figures> Compute(const CurveRequest& request);

 private:
  absl::StatusOr<diagnosis::Figures> ComputeAlone(const CurveRequest& request);

  Engine& engine_;
  const std::function<bool()> stopping_;
  absl::Mutex mutex_;
  absl::CondVar freed_;
  bool busy_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace activation::page

#endif  // ACTIVATION_SERVER_PAGE_FIGURES_H_
