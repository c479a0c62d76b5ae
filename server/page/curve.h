// A function's curve for the page: the function and its derivative over a range, computed
// by the engine as a client's call would be, in f32 and the EXACT tier. Thread-safe.
#ifndef ACTIVATION_SERVER_PAGE_CURVE_H_
#define ACTIVATION_SERVER_PAGE_CURVE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/page/query.h"
#include "src/engine/engine.h"
#include "src/functions/catalogue.h"

namespace activation::page {

inline constexpr size_t kMostPoints = 2001;

// The number beside x that a curve of a function needs which is not elementwise.
struct Companion {
  const char* name = nullptr;  // nullptr: x stands alone
  double default_value = 0;
  const char* description = "";
};
// The same bounds for all of them.
inline constexpr double kMostCompanion = 1e6;

// Elementwise: y = f(x), none. Per channel: `weight`, of the one channel. Row-wise:
// `other`, the rest of a row [x, other]; y is the result at x, the derivative dy/dx.
// Gated: `a`, the half that is gated; x is b, the derivative dy/db.
Companion CompanionOf(Kind kind);

struct CurveRequest {
  FunctionId function = 0;
  Params params;
  double companion = 0;
  double from = -4;
  double to = 4;
  size_t points = 241;
};

// From the fields `function`, `from`, `to`, `points`, `parameters.NAME` and the companion's
// name. INVALID_ARGUMENT or NOT_FOUND about the field at fault.
absl::StatusOr<CurveRequest> ReadCurveRequest(Query query);

struct Curve {
  std::vector<float> x;  // evenly spaced, as f32 holds them
  std::vector<float> y;
  std::vector<float> derivative;
};

// Waits for the engine. RESOURCE_EXHAUSTED where it is full, DEADLINE_EXCEEDED where it
// takes longer than a second.
absl::StatusOr<Curve> ComputeCurve(const CurveRequest& request, Engine& engine);

}  // namespace activation::page

#endif  // ACTIVATION_SERVER_PAGE_CURVE_H_
