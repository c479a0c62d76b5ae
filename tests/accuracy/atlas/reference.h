// The values that everybody is measured by: the EXACT tier, which is proved to be
// correctly rounded, and the f64 kernels for the true value to a fraction of a
// unit in the last place of narrower types. Thread-safe.
#ifndef ACTIVATION_TESTS_ACCURACY_ATLAS_REFERENCE_H_
#define ACTIVATION_TESTS_ACCURACY_ATLAS_REFERENCE_H_

#include <cstddef>

#include "tests/accuracy/atlas/task.h"

namespace activation::atlas {

class Reference {
 public:
  explicit Reference(const Task& task) : task_(task) {}

  // The correctly rounded results of `count` elements of the task's dtype. `out`
  // must not be `x`.
  void Round(const void* x, void* out, size_t count) const;

  // The true values for `count` doubles, to a unit in their last place.
  void TrueValues(const double* x, double* out, size_t count) const;

 private:
  Task task_;
};

}  // namespace activation::atlas

#endif  // ACTIVATION_TESTS_ACCURACY_ATLAS_REFERENCE_H_
