#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "client/src/messages.h"
#include "client/src/outcome.h"
#include "tests/fuzz/checks.h"

namespace activation::fuzz {
namespace {

using client::ForwardItem;
using client::GradientItem;

constexpr char kUntouched = 'u';
constexpr double kUntouchedMean = 4.5;

// What a caller has results written into, each in memory of its own, so that the address
// sanitizer sees what goes beyond it.
struct Place {
  std::vector<char> x = std::vector<char>(12);
  std::vector<char> out = std::vector<char>(12, kUntouched);
  std::vector<char> half_out = std::vector<char>(4, kUntouched);
  client::Statistics statistics{.mean = kUntouchedMean};
  std::map<std::string, double> parameter_gradients;
  std::vector<double> weight_gradient;
  std::vector<char> weights = std::vector<char>(12);

  bool untouched() const {
    return out == std::vector<char>(12, kUntouched) &&
           half_out == std::vector<char>(4, kUntouched) && statistics.mean == kUntouchedMean &&
           parameter_gradients.empty() && weight_gradient.empty();
  }
};

// Three f32, of which statistics are wanted; and four bf16 that a gated function makes two of.
std::vector<ForwardItem> ForwardItems(Place* place) {
  return {{.activation = {.function = "relu"},
           .x = {.dtype = client::DType::kF32, .shape = {3}, .data = place->x.data()},
           .y = place->out.data(),
           .statistics = &place->statistics},
          {.activation = {.function = "glu"},
           .x = {.dtype = client::DType::kBF16, .shape = {1, 4}, .data = place->x.data()},
           .y = place->half_out.data(),
           .y_shape = {1, 2}}};
}

// Three f32 with a weight each, and two bf16 with a parameter.
std::vector<GradientItem> GradientItems(Place* place) {
  return {{.activation = {.function = "prelu"},
           .x = {.dtype = client::DType::kF32, .shape = {1, 3}, .data = place->x.data()},
           .dx = place->out.data(),
           .weight = {.shape = {3}, .data = place->weights.data()},
           .weight_gradient = &place->weight_gradient,
           .statistics = &place->statistics},
          {.activation = {.function = "swish"},
           .x = {.dtype = client::DType::kBF16, .shape = {2}, .data = place->x.data()},
           .dx = place->half_out.data(),
           .parameter_gradients = &place->parameter_gradients}};
}

bool Holds(const std::vector<char>& memory, const v1::Tensor& tensor) {
  return tensor.has_shared_memory() || std::string(memory.begin(), memory.end()) == tensor.data();
}

const v1::Tensor& TensorOf(const v1::ForwardResult& result) { return result.y(); }
const v1::Tensor& TensorOf(const v1::GradientResult& result) { return result.dx(); }

template <class Request, class Response, class Item>
std::string CheckBatch(absl::string_view bytes, std::vector<Item> (*items_of)(Place*)) {
  Response response;
  if (!response.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return "";
  Place place;
  const std::vector<Item> items = items_of(&place);
  // The first result may be left where it is.
  client::SharedRanges shared;
  shared.Add(place.out.data(), place.out.size(), "r");
  Request request;
  if (!client::Encode(items, 1 << 20, shared, &request).ok()) return "the request is refused";
  const absl::Status status = client::Decode(request, response, items);
  if (!status.ok()) return place.untouched() ? "" : "a reply that does not fit was written";
  const bool held = Holds(place.out, TensorOf(response.results(0))) &&
                    Holds(place.half_out, TensorOf(response.results(1)));
  return held ? "" : "other results than the reply's";
}

template <class Result, class Item>
std::string CheckAlone(absl::string_view bytes, std::vector<Item> (*items_of)(Place*)) {
  Result result;
  if (!result.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return "";
  Place place;
  const absl::Status status = client::Decode(result, items_of(&place).front());
  if (!status.ok()) return place.untouched() ? "" : "a result that does not fit was written";
  return Holds(place.out, TensorOf(result)) ? "" : "another result than the reply's";
}

std::string CheckRetryAdvice(const std::string& text) {
  const auto delay = client::ParseRetryInfo(text);
  if (delay.has_value() && *delay < absl::ZeroDuration()) return "a delay before now";
  const absl::Duration pushback = client::ParsePushback(text);
  // Negative means never, and is one value.
  const bool sound = pushback >= absl::ZeroDuration() || pushback == absl::Milliseconds(-1);
  return sound ? "" : "a pushback that is none";
}

}  // namespace

std::string CheckReply(absl::string_view input) {
  if (input.empty()) return "";
  const int choice = static_cast<uint8_t>(input.front()) % 5;
  input.remove_prefix(1);
  switch (choice) {
    case 0:
      return CheckBatch<v1::ForwardRequest, v1::ForwardResponse>(input, ForwardItems);
    case 1:
      return CheckBatch<v1::GradientRequest, v1::GradientResponse>(input, GradientItems);
    case 2:
      return CheckAlone<v1::ForwardResult>(input, ForwardItems);
    case 3:
      return CheckAlone<v1::GradientResult>(input, GradientItems);
    default:
      return CheckRetryAdvice(std::string(input));
  }
}

}  // namespace activation::fuzz
