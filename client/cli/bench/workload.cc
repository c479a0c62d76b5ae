#include "client/cli/bench/workload.h"

#include <algorithm>
#include <cstring>
#include <future>
#include <random>
#include <utility>
#include <vector>

#include "client/cli/half.h"
#include "src/backends/cpu/cpu_backend.h"
#include "src/functions/catalogue.h"

namespace activation::cli {
namespace {

constexpr size_t kMostVariants = 8;
// Of inputs, past which there is only one variant.
constexpr size_t kMostBytes = size_t{32} << 20;
constexpr double kSpan = 8;

template <class T>
void Append(T value, std::string& bytes) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

void AppendElement(DType dtype, double value, std::string& bytes) {
  switch (dtype) {
    case DType::kF32:
      return Append(static_cast<float>(value), bytes);
    case DType::kF64:
      return Append(value, bytes);
    case DType::kF16:
      return Append(HalfFromDouble(value), bytes);
    case DType::kBF16:
      return Append(BFloat16FromDouble(value), bytes);
  }
}

// Numbers where activation functions bend, the same in every run.
std::string Numbers(DType dtype, size_t count, uint32_t seed) {
  std::mt19937_64 random(seed);
  std::string bytes;
  bytes.reserve(count * SizeOf(dtype));
  for (size_t i = 0; i < count; ++i) {
    const double unit = static_cast<double>(random() >> 11) * 0x1p-53;
    AppendElement(dtype, (2 * unit - 1) * kSpan, bytes);
  }
  return bytes;
}

// What every item of the workload is, but for where its tensors are. A tensor of one
// axis is one row, one channel or one pair of halves.
absl::StatusOr<Evaluation> ItemOf(const WorkloadOptions& options) {
  const auto function = FindFunction(options.activation.function);
  if (!function.ok()) return function.status();
  const auto params = ResolveParams(*function, options.activation.parameters);
  if (!params.ok()) return params.status();
  const auto layout = ResolveLayout(*function, *params, {options.elements});
  if (!layout.ok()) return layout.status();
  Evaluation evaluation;
  evaluation.function = *function;
  evaluation.params = *params;
  evaluation.layout = *layout;
  evaluation.tier = ToEngine(options.activation.tier);
  evaluation.direction = options.gradient ? Direction::kGradient : Direction::kForward;
  evaluation.dtype = ToEngine(options.dtype);
  evaluation.count = static_cast<size_t>(options.elements);
  return evaluation;
}

}  // namespace

Workload::Workload(const WorkloadOptions& options, const Evaluation& evaluation)
    : options_(options) {
  const size_t element = SizeOf(options.dtype);
  x_bytes_ = evaluation.count * element;
  y_bytes_ = ResultCount(evaluation) * element;
  variants_ =
      std::clamp<size_t>(kMostBytes / std::max<size_t>(ItemsTimes(x_bytes_), 1), 1, kMostVariants);
  const size_t items = ItemsTimes(variants_);
  x_ = Numbers(options.dtype, items * evaluation.count, 1);
  if (options.gradient) dy_ = Numbers(options.dtype, items * ResultCount(evaluation), 2);
  if (Catalogue()[evaluation.function].kind == Kind::kPerChannel) {
    AppendElement(options.dtype, 0.25, weight_);
  }
  expected_.resize(items * out_bytes());
}

absl::StatusOr<Workload> Workload::Make(const WorkloadOptions& options) {
  const absl::StatusOr<Evaluation> item = ItemOf(options);
  if (!item.ok()) return item.status();
  Workload workload(options, *item);
  const absl::Status computed = workload.ComputeExpected(*item);
  if (!computed.ok()) return computed;
  return workload;
}

absl::Status Workload::ComputeExpected(const Evaluation& evaluation) {
  std::vector<Evaluation> items(ItemsTimes(variants_), evaluation);
  for (size_t i = 0; i < items.size(); ++i) {
    items[i].x = x_.data() + i * x_bytes_;
    items[i].dy = options_.gradient ? dy_.data() + i * y_bytes_ : nullptr;
    items[i].out = expected_.data() + i * out_bytes();
    items[i].weight = weight_.empty() ? nullptr : weight_.data();
    items[i].weight_count = 1;
  }
  std::promise<absl::Status> done;
  MakeCpuBackend()->Run(
      items, [] { return absl::OkStatus(); },
      [&done](absl::Status status) { done.set_value(std::move(status)); });
  return done.get_future().get();
}

client::ConstTensor Workload::Input(size_t item) const {
  return {
      .dtype = options_.dtype, .shape = {options_.elements}, .data = x_.data() + item * x_bytes_};
}

client::ForwardItem Workload::Forward(size_t item, char* out) const {
  if (out_bytes() > 0) *out = static_cast<char>(~expected_[item * out_bytes()]);
  return {.activation = options_.activation,
          .x = Input(item),
          .y = out,
          .y_shape = {static_cast<int64_t>(y_bytes_ / SizeOf(options_.dtype))},
          .weight = {.shape = {1}, .data = weight_.empty() ? nullptr : weight_.data()}};
}

client::GradientItem Workload::Gradient(size_t item, char* out) const {
  const client::ForwardItem forward = Forward(item, out);
  return {.activation = forward.activation,
          .x = forward.x,
          .dy = dy_.data() + item * y_bytes_,
          .dx = out,
          .y_shape = forward.y_shape,
          .weight = forward.weight};
}

void Workload::Send(const client::Client& client, uint64_t number, char* reply,
                    std::function<void(absl::Status)> done) const {
  std::vector<client::ForwardItem> forward;
  std::vector<client::GradientItem> gradient;
  for (size_t i = 0; i < ItemsTimes(1); ++i) {
    const size_t item = FirstItem(number) + i;
    char* const out = reply + i * out_bytes();
    if (options_.gradient) {
      gradient.push_back(Gradient(item, out));
    } else {
      forward.push_back(Forward(item, out));
    }
  }
  if (options_.gradient) {
    client.GradientAsync(std::move(gradient), std::move(done));
  } else {
    client.ForwardAsync(std::move(forward), std::move(done));
  }
}

void Workload::Send(client::Stream& stream, uint64_t number, char* reply,
                    std::function<void(absl::Status)> done) const {
  const size_t item = FirstItem(number);
  if (options_.gradient) {
    stream.Submit(Gradient(item, reply), std::move(done));
  } else {
    stream.Submit(Forward(item, reply), std::move(done));
  }
}

bool Workload::Check(uint64_t number, const char* reply) const {
  const char* const expected = expected_.data() + FirstItem(number) * out_bytes();
  return std::memcmp(reply, expected, reply_bytes()) == 0;
}

}  // namespace activation::cli
