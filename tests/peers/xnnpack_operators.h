// XNNPACK's elementwise operators by the names of our functions; it has no backward
// ones. The library chooses the microkernel for the machine.
#ifndef ACTIVATION_TESTS_PEERS_XNNPACK_OPERATORS_H_
#define ACTIVATION_TESTS_PEERS_XNNPACK_OPERATORS_H_

#include <pthreadpool.h>
#include <xnnpack.h>

#include <cstddef>

#include "absl/strings/string_view.h"
#include "src/base/dtype.h"

namespace activation {

struct XnnpackOperator {
  const char* function;
  DType dtype;
  const char* call;  // for people
  // Refused where the machine has no arithmetic for the type.
  xnn_status (*create)(xnn_operator_t* self);
  // For xnn_run_operator; nullptr is a pool of the calling thread alone.
  xnn_status (*setup)(xnn_operator_t self, size_t count, const void* x, void* out,
                      pthreadpool_t pool);
};

// nullptr where XNNPACK has none. xnn_initialize must have succeeded.
const XnnpackOperator* FindXnnpackOperator(absl::string_view function, DType dtype);

}  // namespace activation

#endif  // ACTIVATION_TESTS_PEERS_XNNPACK_OPERATORS_H_
