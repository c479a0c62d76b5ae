// What memory allows: copies by non-temporal stores, the yardstick for kernels on
// tensors beyond the caches.
#ifndef ACTIVATION_TESTS_BENCHMARKS_STREAM_COPY_H_
#define ACTIVATION_TESTS_BENCHMARKS_STREAM_COPY_H_

#include <cstddef>

namespace activation {

// out = x, or x | dy where dy is not nullptr: the traffic of a function, and of its
// gradient, on the best instruction set of the machine. `bytes` is a multiple of 64
// and `out` aligned to as many. Ends with a fence.
void StreamCopy(const std::byte* x, const std::byte* dy, std::byte* out, size_t bytes);

}  // namespace activation

#endif  // ACTIVATION_TESTS_BENCHMARKS_STREAM_COPY_H_
