#include "client/cli/bench/workload_case.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_format.h"
#include "client/cli/evaluate.h"
#include "client/cli/half.h"
#include "client/cli/local_engine.h"
#include "src/backends/cpu/cpu_backend.h"
#include "src/backends/run_to_end.h"
#include "src/base/errors.h"
#include "src/functions/catalogue.h"

namespace activation::cli {
namespace {

constexpr size_t kMostVariants = 8;
// Of inputs, past which there is only one variant.
constexpr size_t kMostVariantBytes = size_t{32} << 20;
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

std::string Repeated(const std::string& bytes, size_t times) {
  std::string all;
  all.reserve(bytes.size() * times);
  for (size_t i = 0; i < times; ++i) all += bytes;
  return all;
}

// What every item of the case is, but for where its tensors are.
absl::StatusOr<Evaluation> ItemOf(const CaseOptions& options) {
  const auto function = FindFunctionHere(options.activation.function);
  if (!function.ok()) return function.status();
  const auto params = ResolveParams(*function, options.activation.parameters);
  if (!params.ok()) return params.status();
  const auto elements = ElementsOf(options.shape, options.dtype);
  if (!elements.ok()) return elements.status();
  if (*elements < 1) return InvalidField("shape", "has no elements; a load test needs one");
  const auto layout = ResolveLayout(*function, *params, options.shape);
  if (!layout.ok()) return layout.status();
  Evaluation evaluation;
  evaluation.function = *function;
  evaluation.params = *params;
  evaluation.layout = *layout;
  evaluation.tier = ToEngine(options.activation.tier);
  evaluation.direction = options.gradient ? Direction::kGradient : Direction::kForward;
  evaluation.dtype = ToEngine(options.dtype);
  evaluation.count = static_cast<size_t>(*elements);
  return evaluation;
}

// In floating point, in which no product of them is too large.
absl::Status CheckSize(const CaseOptions& options, const Evaluation& evaluation,
                       const CallLimit& limit) {
  const auto bytes = [&](size_t elements) {
    return static_cast<double>(options.items) * static_cast<double>(elements) *
           static_cast<double>(SizeOf(options.dtype));
  };
  const double request =
      bytes(evaluation.count) + (options.gradient ? bytes(ResultCount(evaluation)) : 0);
  const double most = std::max(request, bytes(OutputCount(evaluation)));
  if (most <= static_cast<double>(limit.bytes)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "--elements or --shape, --items: a call of %d x %d elements has tensors of %.0f bytes, above "
      "%s, %d bytes",
      options.items, evaluation.count, most, limit.name, limit.bytes));
}

}  // namespace

WorkloadCase::WorkloadCase(const CaseOptions& options, const Evaluation& evaluation)
    : options_(options), elements_(static_cast<int64_t>(evaluation.count)) {
  const size_t element = SizeOf(options.dtype);
  result_shape_ = options.gradient ? options.shape : ResultShape(options.activation, options.shape);
  x_.each = evaluation.count * element;
  dy_.each = options.gradient ? ResultCount(evaluation) * element : 0;
  expected_.each = OutputCount(evaluation) * element;
  variants_ = options.x.has_value()
                  ? 1
                  : std::clamp<size_t>(kMostVariantBytes / (items() * x_.each), 1, kMostVariants);
  const size_t count = variants_ * items();
  x_.bytes = options.x.has_value() ? Repeated(options.x->bytes, count)
                                   : Numbers(options.dtype, count * evaluation.count, 1);
  dy_.bytes = Numbers(options.dtype, count * dy_.each / element, 2);
  expected_.bytes.resize(count * expected_.each);
  if (Catalogue()[evaluation.function].kind == Kind::kPerChannel) {
    weight_ = Numbers(options.dtype, 1, 3);
  }
  options_.x.reset();
}

absl::StatusOr<WorkloadCase> WorkloadCase::Make(const CaseOptions& options,
                                                const CallLimit& limit) {
  CaseOptions complete = options;
  if (options.x.has_value()) {
    complete.dtype = options.x->dtype;
    complete.shape = options.x->shape;
  }
  const auto item = ItemOf(complete);
  if (!item.ok()) return item.status();
  const absl::Status fits = CheckSize(complete, *item, limit);
  if (!fits.ok()) return fits;
  WorkloadCase made(complete, *item);
  const absl::Status computed = made.ComputeExpected(*item);
  if (!computed.ok()) return computed;
  return made;
}

absl::Status WorkloadCase::ComputeExpected(const Evaluation& evaluation) {
  std::vector<Evaluation> all(variants_ * items(), evaluation);
  for (size_t i = 0; i < all.size(); ++i) {
    all[i].x = x_.bytes.data() + i * x_.each;
    all[i].dy = options_.gradient ? dy_.bytes.data() + i * dy_.each : nullptr;
    all[i].out = expected_.bytes.data() + i * expected_.each;
    all[i].weight = weight_.empty() ? nullptr : weight_.data();
    all[i].weight_count = 1;
  }
  return RunToEnd(*MakeCpuBackend(), all);
}

size_t WorkloadCase::request_bytes() const {
  return items() * (x_.each + dy_.each + weight_.size());
}

}  // namespace activation::cli
