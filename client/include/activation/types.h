// The vocabulary of the client library: dtypes, tiers, tensors by reference.
// Plain values, no gRPC and no protobuf types.
#ifndef ACTIVATION_TYPES_H_
#define ACTIVATION_TYPES_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace activation::client {

// Storage type of a tensor's elements, little-endian.
enum class DType : uint8_t { kF32, kF64, kF16, kBF16 };

// Bytes of one element.
constexpr size_t SizeOf(DType dtype) {
  return dtype == DType::kF64 ? 8 : dtype == DType::kF32 ? 4 : 2;
}

// kExact: the nearest number; f64 within 1 unit in the last place. kFast: f32 within 2
// of these forward, 4 in the gradient. The .proto says what of row-wise functions.
enum class Tier : uint8_t { kExact, kFast };

// What computes; all give the same bits. kAuto: the server's choice. kCuda: UNAVAILABLE
// where the server has no CUDA device that works.
enum class Backend : uint8_t { kAuto, kCpu, kCuda };

// Which function, and how.
struct Activation {
  std::string function{};                      // a name of the catalogue, as "gelu"
  std::map<std::string, double> parameters{};  // by name; what is absent has its default
  Tier tier = Tier::kExact;
  Backend backend = Backend::kAuto;
};

// A dense row-major tensor somewhere in the caller's memory, not owned.
struct ConstTensor {
  DType dtype = DType::kF32;
  std::vector<int64_t> shape{};  // empty: a scalar
  const void* data = nullptr;

  // Product of the extents; 0 if one is negative, the largest int64_t if none
  // holds it (calls refuse both).
  int64_t elements() const;
  size_t bytes() const { return static_cast<size_t>(elements()) * SizeOf(dtype); }
};

// The weights of a per-channel function, with the dtype of x: one a channel or one
// for all. Other functions have none.
struct Weight {
  std::vector<int64_t> shape{};
  const void* data = nullptr;
};

// What a function makes of a tensor: figures about y = f(x) and f'(x), as the .proto says
// them. Elements of which one of the two is not finite are in `non_finite` and in no other;
// the three last are NaN where there are no others. A share is a count over `elements`.
struct Statistics {
  uint64_t elements = 0;
  uint64_t non_finite = 0;
  uint64_t zeros = 0;      // y = 0
  uint64_t dead = 0;       // f'(x) = 0
  uint64_t saturated = 0;  // |f'(x)| < 0.001, the dead included
  double mean = 0;         // of y
  double variance = 0;
  double gradient_gain = 0;  // mean of f'(x)^2
};

// One tensor of a forward batch. `y` has dtype of x and the shape of x, or `y_shape`
// where that is given: a gated function's y is half as long along its axis. Null with
// `statistics`: only these come back.
struct ForwardItem {
  Activation activation{};
  ConstTensor x{};
  void* y = nullptr;
  std::vector<int64_t> y_shape{};
  Weight weight{};
  // Where statistics go, of an elementwise function; nullptr: not asked for. Of a tensor that
  // a Stream sends in chunks they are put together from the chunks', right but for rounding.
  Statistics* statistics = nullptr;
};

// One tensor of a gradient batch. `dx` has room for as many bytes as `x`, or is null as
// ForwardItem's y may be.
struct GradientItem {
  Activation activation{};
  ConstTensor x{};
  const void* dy = nullptr;  // dtype of x and shape of y; nullptr: all ones
  void* dx = nullptr;
  // Where the gradient by each differentiable parameter goes, by name; nullptr:
  // not asked for.
  std::map<std::string, double>* parameter_gradients = nullptr;
  std::vector<int64_t> y_shape{};
  Weight weight{};
  // Where the gradient by each weight goes; nullptr: not asked for.
  std::vector<double>* weight_gradient = nullptr;
  Statistics* statistics = nullptr;  // as in ForwardItem, and the same figures
};

struct ParameterInfo {
  std::string name;
  double default_value = 0;
  double minimum = 0;
  double maximum = 0;
  bool differentiable = false;
  std::string description;
  bool integral = false;
};

// How a function reads its tensor: y[i] = f(x[i]); with a weight for each channel;
// all elements along an axis together; or y = a g(b) of the halves of x along an
// axis. kUnknown: a kind of a newer server.
enum class FunctionKind : uint8_t { kUnknown, kElementwise, kPerChannel, kRowWise, kGated };

// One function of the server's catalogue.
struct FunctionInfo {
  std::string name;
  std::string formula;
  std::string description;
  std::vector<ParameterInfo> parameters;
  std::string range;
  bool monotone = false;
  bool smooth = false;
  std::string reference;
  FunctionKind kind = FunctionKind::kUnknown;
  std::string used_in{};
  std::string strengths{};
  std::string weaknesses{};
  std::string saturation{};  // as "below at -1, above at 1", or "no"
};

struct DeviceInfo {
  std::string backend;
  std::string description;
};

// What a server is and what it accepts.
struct ServerInfo {
  std::string version;
  std::string instruction_set;
  std::vector<DeviceInfo> devices;
  int64_t max_message_bytes = 0;
  int64_t max_items = 0;
  int64_t max_rank = 0;
  int64_t max_elements = 0;
  int64_t max_inflight_bytes = 0;
  // Of SharedBuffers of all clients together; 0: the server has shared memory off.
  int64_t max_shared_memory_regions = 0;
  int64_t max_shared_memory_bytes = 0;
  int64_t max_stream_items = 0;
  int64_t max_stream_bytes = 0;
  int64_t max_inflight_jobs = 0;
  int64_t max_queue_milliseconds = 0;
  int64_t max_concurrent_streams = 0;  // of one connection
  int64_t max_parameters = 0;          // of a request of the Open Inference Protocol
};

}  // namespace activation::client

#endif  // ACTIVATION_TYPES_H_
