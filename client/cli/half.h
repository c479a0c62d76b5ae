// Conversions between double and the two 16-bit storage types. Narrowing rounds
// to nearest, ties to even; overflow gives infinity; a NaN stays a quiet NaN of
// its sign.
#ifndef ACTIVATION_CLIENT_CLI_HALF_H_
#define ACTIVATION_CLIENT_CLI_HALF_H_

#include <cstdint>

namespace activation::cli {

// IEEE 754 binary16.
uint16_t HalfFromDouble(double value);
double DoubleFromHalf(uint16_t bits);

// bfloat16: the upper half of a binary32.
uint16_t BFloat16FromDouble(double value);
double DoubleFromBFloat16(uint16_t bits);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_HALF_H_
