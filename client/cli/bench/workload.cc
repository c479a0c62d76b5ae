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

}  // namespace

Workload::Workload(const WorkloadOptions& options) : options_(options) {
  item_bytes_ = static_cast<size_t>(options.elements) * SizeOf(options.dtype);
  call_bytes_ = item_bytes_ * static_cast<size_t>(options.items);
  variants_ = std::clamp<size_t>(kMostBytes / std::max<size_t>(call_bytes_, 1), 1, kMostVariants);
  const size_t count = call_bytes_ * variants_ / SizeOf(options.dtype);
  x_ = Numbers(options.dtype, count, 1);
  if (options.gradient) dy_ = Numbers(options.dtype, count, 2);
  expected_.resize(x_.size());
}

absl::StatusOr<Workload> Workload::Make(const WorkloadOptions& options) {
  Workload workload(options);
  const absl::Status computed = workload.ComputeExpected();
  if (!computed.ok()) return computed;
  return workload;
}

absl::Status Workload::ComputeExpected() {
  const auto function = FindFunction(options_.activation.function);
  if (!function.ok()) return function.status();
  const auto params = ResolveParams(*function, options_.activation.parameters);
  if (!params.ok()) return params.status();
  activation::Evaluation evaluation;
  evaluation.function = *function;
  evaluation.params = *params;
  evaluation.tier = ToEngine(options_.activation.tier);
  evaluation.direction = options_.gradient ? Direction::kGradient : Direction::kForward;
  evaluation.dtype = ToEngine(options_.dtype);
  evaluation.count = x_.size() / SizeOf(options_.dtype);
  evaluation.x = x_.data();
  evaluation.dy = options_.gradient ? dy_.data() : nullptr;
  evaluation.out = expected_.data();
  std::promise<absl::Status> done;
  MakeCpuBackend()->Run(
      {&evaluation, 1}, [] { return absl::OkStatus(); },
      [&done](absl::Status status) { done.set_value(std::move(status)); });
  return done.get_future().get();
}

client::ConstTensor Workload::Input(size_t offset) const {
  return {.dtype = options_.dtype, .shape = {options_.elements}, .data = x_.data() + offset};
}

void Workload::Send(const client::Client& client, uint64_t number, char* reply,
                    std::function<void(absl::Status)> done) const {
  const size_t begin = OffsetOf(number);
  std::vector<client::ForwardItem> forward;
  std::vector<client::GradientItem> gradient;
  for (size_t at = 0; at < call_bytes_; at += item_bytes_) {
    reply[at] = static_cast<char>(~expected_[begin + at]);
    if (options_.gradient) {
      gradient.push_back(
          {options_.activation, Input(begin + at), dy_.data() + begin + at, reply + at, nullptr});
    } else {
      forward.push_back({options_.activation, Input(begin + at), reply + at});
    }
  }
  if (options_.gradient) {
    client.GradientAsync(std::move(gradient), std::move(done));
  } else {
    client.ForwardAsync(std::move(forward), std::move(done));
  }
}

bool Workload::Check(uint64_t number, const char* reply) const {
  return std::memcmp(reply, expected_.data() + OffsetOf(number), call_bytes_) == 0;
}

}  // namespace activation::cli
