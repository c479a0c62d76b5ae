// Built twice into mutation_test, with the coefficients as they are and with one
// of them altered; FORMULA_NAMESPACE keeps the two apart.
#define ACT_FN inline
#define ACT_HOST_NAMESPACE FORMULA_NAMESPACE
#define ACT_BEFORE_NAMESPACE()
#define ACT_AFTER_NAMESPACE()
#define ACT_CONSTANT static
#include "src/functions/ops_scalar.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"

namespace activation::FORMULA_NAMESPACE {

// What EXACT rounds to f32, and tests, before any other lane decides.
double QuickSigmoid(double x) {
  return Sigmoid::Forward<Quick<Number<double>>>(Number<double>{x}, Params()).v;
}

}  // namespace activation::FORMULA_NAMESPACE
