// Tensors and requests for tests.
#ifndef ACTIVATION_TESTS_INTEGRATION_REQUESTS_H_
#define ACTIVATION_TESTS_INTEGRATION_REQUESTS_H_

#include <cstring>
#include <string>
#include <vector>

#include "activation/v1/activation.pb.h"

namespace activation {

inline constexpr char kForwardMethod[] = "/activation.v1.ActivationService/Forward";
inline constexpr char kStreamMethod[] = "/activation.v1.ActivationService/Stream";
inline constexpr char kReflectionMethod[] =
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

// The elements' bytes as they lie; `T` is the storage type (uint16_t for the
// types of 16 bits).
template <class T>
v1::Tensor MakeTensor(v1::DType dtype, const std::vector<T>& values) {
  v1::Tensor tensor;
  tensor.set_dtype(dtype);
  tensor.add_shape(static_cast<int64_t>(values.size()));
  tensor.set_data(
      std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)));
  return tensor;
}

template <class T>
std::vector<T> ValuesOf(const v1::Tensor& tensor) {
  std::vector<T> values(tensor.data().size() / sizeof(T));
  std::memcpy(values.data(), tensor.data().data(), values.size() * sizeof(T));
  return values;
}

inline v1::ForwardRequest Forward(const std::string& function, v1::Tensor x) {
  v1::ForwardRequest request;
  v1::ForwardItem* item = request.add_items();
  item->mutable_activation()->set_function(function);
  *item->mutable_x() = std::move(x);
  return request;
}

inline v1::GradientRequest Gradient(const std::string& function, v1::Tensor x) {
  v1::GradientRequest request;
  v1::GradientItem* item = request.add_items();
  item->mutable_activation()->set_function(function);
  *item->mutable_x() = std::move(x);
  return request;
}

// The first item of a request, for a stream.
inline v1::StreamRequest ItemOf(uint64_t id, const v1::ForwardRequest& request) {
  v1::StreamRequest item;
  item.set_id(id);
  *item.mutable_forward() = request.items(0);
  return item;
}

// One valid call, small.
inline v1::ForwardRequest SmallRequest() {
  return Forward("relu", MakeTensor<float>(v1::DTYPE_F32, {-1.0F, 0.0F, 2.5F}));
}

// So many zeros as f32.
inline v1::ForwardRequest LargeRequest(size_t bytes) {
  return Forward("gelu", MakeTensor(v1::DTYPE_F32, std::vector<float>(bytes / sizeof(float))));
}

}  // namespace activation

#endif  // ACTIVATION_TESTS_INTEGRATION_REQUESTS_H_
