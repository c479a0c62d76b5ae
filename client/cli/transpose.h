// Column-major (Fortran) to row-major (C) order.
#ifndef ACTIVATION_CLIENT_CLI_TRANSPOSE_H_
#define ACTIVATION_CLIENT_CLI_TRANSPOSE_H_

#include "client/cli/tensor.h"

namespace activation::cli {

// Rearranges a tensor whose bytes are in column-major order.
void MakeRowMajor(Tensor& tensor);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_TRANSPOSE_H_
