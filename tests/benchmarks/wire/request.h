// Requests as bytes, made once and sent many times, so that the load costs the same
// whatever it is sent to. Pure functions.
#ifndef ACTIVATION_TESTS_BENCHMARKS_WIRE_REQUEST_H_
#define ACTIVATION_TESTS_BENCHMARKS_WIRE_REQUEST_H_

#include <grpcpp/support/byte_buffer.h>

#include <cstddef>
#include <string>

namespace activation::wire_benchmark {

struct Request {
  std::string bytes;
  size_t payload = 0;  // bytes of tensors in it
};

// A ForwardRequest: `items` times gelu of a tensor of `bytes` f32, in `tier`, "fast" or
// "exact".
Request ForwardRequest(size_t bytes, int items, const std::string& tier);

// A StreamRequest with one such item.
Request StreamRequest(size_t bytes, const std::string& tier);

// Open Inference's ModelInferRequest for the model gelu with one such tensor, raw.
Request InferRequest(size_t bytes, const std::string& tier);

// Refers to the string, which must stay.
grpc::ByteBuffer Borrow(const std::string& bytes);

}  // namespace activation::wire_benchmark

#endif  // ACTIVATION_TESTS_BENCHMARKS_WIRE_REQUEST_H_
