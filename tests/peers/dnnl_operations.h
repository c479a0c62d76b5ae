// oneDNN's elementwise primitives by the names of our functions.
#ifndef ACTIVATION_TESTS_PEERS_DNNL_OPERATIONS_H_
#define ACTIVATION_TESTS_PEERS_DNNL_OPERATIONS_H_

#include <dnnl.hpp>
#include <string>

#include "absl/strings/string_view.h"
#include "src/base/dtype.h"

namespace activation {

struct DnnlOperation {
  const char* function;  // "swish.beta_1.702": of that parameter
  const char* call;      // for people
  dnnl::algorithm algorithm;
  float alpha = 0;
  float beta = 0;
};

// nullptr where oneDNN has none.
const DnnlOperation* FindDnnlOperation(absl::string_view function);

// For tensors of this shape: of DNNL_ARG_SRC and DNNL_ARG_DST, or DNNL_ARG_SRC, DNNL_ARG_DIFF_DST
// and DNNL_ARG_DIFF_SRC. Throws dnnl::error where the machine cannot.
dnnl::primitive MakeDnnlPrimitive(const DnnlOperation& operation, Direction direction,
                                  const dnnl::memory::desc& shape, const dnnl::engine& engine);

// "2.6.3".
std::string DnnlVersion();

}  // namespace activation

#endif  // ACTIVATION_TESTS_PEERS_DNNL_OPERATIONS_H_
