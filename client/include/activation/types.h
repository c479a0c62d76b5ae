// The vocabulary of the client library: dtypes, tiers, tensors by reference.
// Plain values, no gRPC and no protobuf types.
#ifndef ACTIVATION_TYPES_H_
#define ACTIVATION_TYPES_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

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
  Tier tier = Tier::kExact;                    // how close to the true value
  Backend backend = Backend::kAuto;            // what is to compute
};

// A dense row-major tensor somewhere in the caller's memory, not owned.
struct ConstTensor {
  DType dtype = DType::kF32;     // of its elements
  std::vector<int64_t> shape{};  // empty: a scalar
  const void* data = nullptr;    // the first element; needs no alignment

  // Product of the extents; 0 if one is negative, the largest int64_t if none
  // holds it (calls refuse both).
  int64_t elements() const;
  size_t bytes() const { return static_cast<size_t>(elements()) * SizeOf(dtype); }
};

// The weights of a per-channel function, with the dtype of x: one a channel or one
// for all. Other functions have none.
struct Weight {
  std::vector<int64_t> shape{};  // of one element, or of as many as x has channels
  const void* data = nullptr;    // nullptr: there are none
};

// What a function makes of a tensor: figures about y = f(x) and f'(x), as the .proto says
// them. Elements of which one of the two is not finite are in `non_finite` and in no other;
// the three last are NaN where there are no others. A share is a count over `elements`.
struct Statistics {
  uint64_t elements = 0;     // of x
  uint64_t non_finite = 0;   // y or f'(x) is infinite or NaN
  uint64_t zeros = 0;        // y = 0
  uint64_t dead = 0;         // f'(x) = 0
  uint64_t saturated = 0;    // |f'(x)| < 0.001, the dead included
  double mean = 0;           // of y
  double variance = 0;       // of y
  double gradient_gain = 0;  // mean of f'(x)^2
};

// One tensor of a forward batch. `y` has dtype of x and the shape of x, or `y_shape`
// where that is given: a gated function's y is half as long along its axis. Null with
// `statistics`: only these come back.
struct ForwardItem {
  Activation activation{};         // which function, and how
  ConstTensor x{};                 // the input
  void* y = nullptr;               // where the result goes
  std::vector<int64_t> y_shape{};  // empty: that of x
  Weight weight{};                 // of a per-channel function
  // Where statistics go, of an elementwise function; nullptr: not asked for. Of a tensor that
  // a Stream sends in chunks they are put together from the chunks', right but for rounding.
  Statistics* statistics = nullptr;
};

// One tensor of a gradient batch. `dx` has room for as many bytes as `x`, or is null as
// ForwardItem's y may be.
struct GradientItem {
  Activation activation{};   // which function, and how
  ConstTensor x{};           // where the derivative is taken
  const void* dy = nullptr;  // dtype of x and shape of y; nullptr: all ones
  void* dx = nullptr;        // where the result goes
  // Where the gradient by each differentiable parameter goes, by name; nullptr:
  // not asked for.
  std::map<std::string, double>* parameter_gradients = nullptr;
  std::vector<int64_t> y_shape{};  // as in ForwardItem
  Weight weight{};                 // as in ForwardItem
  // Where the gradient by each weight goes; nullptr: not asked for.
  std::vector<double>* weight_gradient = nullptr;
  Statistics* statistics = nullptr;  // as in ForwardItem, and the same figures
};

// One parameter of a function.
struct ParameterInfo {
  std::string name;             // as in Activation::parameters
  double default_value = 0;     // where the parameter is absent
  double minimum = 0;           // the least value accepted
  double maximum = 0;           // the greatest
  bool differentiable = false;  // whether GradientItem::parameter_gradients gets its gradient
  std::string description;      // what it does, in a few words
  bool integral = false;        // whether only whole numbers make sense, as for an axis
};

// How a function reads its tensor: y[i] = f(x[i]); with a weight for each channel;
// all elements along an axis together; or y = a g(b) of the halves of x along an
// axis. kUnknown: a kind of a newer server.
enum class FunctionKind : uint8_t { kUnknown, kElementwise, kPerChannel, kRowWise, kGated };

// One function of the server's catalogue.
struct FunctionInfo {
  std::string name;                            // as in Activation::function
  std::string formula;                         // in the notation of C with `^` for powers
  std::string description;                     // what it is, in one sentence
  std::vector<ParameterInfo> parameters;       // in order
  std::string range;                           // with default parameters, as are the next two
  bool monotone = false;                       // whether it never decreases
  bool smooth = false;                         // whether its derivative is continuous
  std::string reference;                       // where it was introduced
  FunctionKind kind = FunctionKind::kUnknown;  // what it takes and gives
  std::string used_in{};                       // which networks use it, or what for
  std::string strengths{};                     // what is good about it there
  std::string weaknesses{};                    // what is bad about it there
  std::string saturation{};                    // as "below at -1, above at 1", or "no"
};

// One thing that computes.
struct DeviceInfo {
  std::string backend;      // that drives it, as "cpu"
  std::string description;  // for people: model and features
  std::string state;        // "ready", "lost: " or "left out: " and why
};

// What a server is and what it accepts.
struct ServerInfo {
  std::string version;              // semantic, as "1.2.3"
  std::string instruction_set;      // of its SIMD kernels, as "AVX-512"
  std::vector<DeviceInfo> devices;  // what it computes on
  std::string runs_on;              // those that ask for no backend, and why, for people
  int64_t max_message_bytes = 0;    // of a request or a reply
  int64_t max_items = 0;            // of a request
  int64_t max_rank = 0;             // extents of a shape
  int64_t max_elements = 0;         // of a tensor
  int64_t max_inflight_bytes = 0;   // of requests and replies of all calls together
  // Of SharedBuffers of all clients together; 0: the server has shared memory off.
  int64_t max_shared_memory_regions = 0;
  int64_t max_shared_memory_bytes = 0;          // the same
  int64_t max_shared_memory_lease_seconds = 0;  // the longest that is granted
  int64_t max_stream_items = 0;                 // of one stream, read and not answered
  int64_t max_stream_bytes = 0;                 // of these, with their replies
  int64_t max_inflight_jobs = 0;       // calls and items of streams of all clients together
  int64_t max_queue_milliseconds = 0;  // of what is queued for the CPU
  int64_t max_concurrent_streams = 0;  // of one connection
  int64_t max_parameters = 0;          // of a request of the Open Inference Protocol
};

// After how long the server says to try again what ended with this error, be it a call or an item
// of a stream; nothing where it does not say so. What ended so may be sent again as it is.
std::optional<std::chrono::milliseconds> RetryDelay(const absl::Status& status);

}  // namespace activation::client

#endif  // ACTIVATION_TYPES_H_
