// How far a result is from the true value. Pure functions.
#ifndef ACTIVATION_CLIENT_CLI_CHECK_ULP_H_
#define ACTIVATION_CLIENT_CLI_CHECK_ULP_H_

#include "client/cli/tensor.h"

namespace activation::cli::check {

// |result - truth| in units in the last place: gaps between neighbouring numbers of
// the dtype at truth, those of subnormal numbers near zero. An infinity stands for
// the first number too great for the dtype, and so does any greater truth. Neither is
// NaN; of f64, of which no true value is known, see PlacesApart.
double UlpError(DType dtype, double result, double truth);

// How many numbers of the dtype `b` is above or below `a`, both of that dtype and
// not NaN: neighbours are 1 apart, both zeros are the same number.
double PlacesApart(DType dtype, double a, double b);

}  // namespace activation::cli::check

#endif  // ACTIVATION_CLIENT_CLI_CHECK_ULP_H_
