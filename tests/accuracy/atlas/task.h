// What the atlas compares: a function with its parameters, one direction, one
// dtype. Immutable, safe from any thread.
#ifndef ACTIVATION_TESTS_ACCURACY_ATLAS_TASK_H_
#define ACTIVATION_TESTS_ACCURACY_ATLAS_TASK_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "src/base/dtype.h"
#include "src/functions/catalogue.h"

namespace activation::atlas {

// A mathematical function that implementations have in common.
struct Case {
  // The catalogue's name; after a dot, what differs from the catalogue's defaults.
  std::string name;
  FunctionId function = 0;
  Params params;
  // Where f has no derivative, so that every value between the two slopes is a
  // good one, and where f begins: below, its derivative is what somebody likes.
  std::vector<double> kinks;
  double begin = -kInfinity;
};

// Every case, in the order of the catalogue.
const std::vector<Case>& AllCases();

struct Task {
  const Case* subject = nullptr;
  Direction direction = Direction::kForward;
  DType dtype = DType::kF32;
};

// Inputs where any result will do.
struct FreeInputs {
  std::vector<double> points;
  double begin = -kInfinity;  // and everything below

  bool None() const { return points.empty() && begin == -kInfinity; }
  bool Contain(double x) const;
};
FreeInputs FreeInputsOf(const Task& task);

// "gelu forward f32".
std::string NameOf(const Task& task);

// The dtypes that the atlas sweeps.
inline constexpr DType kAtlasDTypes[] = {DType::kF32, DType::kF16, DType::kBF16};

}  // namespace activation::atlas

#endif  // ACTIVATION_TESTS_ACCURACY_ATLAS_TASK_H_
