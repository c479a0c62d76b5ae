// What was measured of each function, as docs/accuracy.md has it: taken from its tables at
// build time by read_accuracy.cmake, so that no figure is typed twice.
#ifndef ACTIVATION_SERVER_PAGE_ACCURACY_H_
#define ACTIVATION_SERVER_PAGE_ACCURACY_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace activation::page {

// Figures as the page writes them.
struct Figure {
  absl::string_view misrounded;  // wrongly rounded results, "168,269,344"
  absl::string_view ulp;         // the largest error, "1.9991"
};

struct MeasuredAccuracy {
  absl::string_view function;
  absl::string_view dtype;
  absl::string_view inputs;  // how many were tried, "4,278,190,080"
  Figure exact_forward;
  Figure exact_gradient;
  Figure fast_forward;
  Figure fast_gradient;
};

// By dtype, then function. Functions without a row were not measured in this way.
absl::Span<const MeasuredAccuracy> MeasuredAccuracies();

// "2026-11-25".
absl::string_view DayOfMeasurement();

}  // namespace activation::page

#endif  // ACTIVATION_SERVER_PAGE_ACCURACY_H_
