#include "client/cli/diagnose/diagnose.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "activation/stream.h"
#include "client/cli/local_engine.h"
#include "src/backends/cpu/evaluate.h"
#include "src/diagnosis/expectation.h"
#include "src/functions/catalogue.h"

namespace activation::cli::diagnose {
namespace {

using Clock = std::chrono::steady_clock;

// Few enough to stay in the caches with their results, and to be computed by one thread.
constexpr size_t kTimedElements = 16384;
constexpr int kTrials = 5;
constexpr std::chrono::microseconds kTrial{500};

absl::StatusOr<diagnosis::Figures> OfDistribution(const Evaluation& how,
                                                  const diagnosis::Normal& normal) {
  return diagnosis::Expect(
      normal, [&how](absl::Span<const double> x, absl::Span<double> y, absl::Span<double> slope) {
        Evaluation evaluation = how;
        evaluation.dtype = activation::DType::kF64;
        evaluation.count = x.size();
        evaluation.x = x.data();
        evaluation.out = y.data();
        absl::Status status = RunHere(evaluation);
        evaluation.direction = Direction::kGradient;
        evaluation.out = slope.data();
        status.Update(RunHere(evaluation));
        return status;
      });
}

absl::StatusOr<diagnosis::Figures> OfTensor(const Evaluation& how, const Tensor& x) {
  std::string y(x.bytes.size(), '\0');
  TensorStatistics statistics;
  Evaluation evaluation = how;
  evaluation.dtype = ToEngine(x.dtype);
  evaluation.count = static_cast<size_t>(x.elements());
  evaluation.x = x.bytes.data();
  evaluation.out = y.data();
  evaluation.statistics = &statistics;
  const absl::Status status = RunHere(evaluation);
  if (!status.ok()) return status;
  return diagnosis::FiguresOf(statistics);
}

// Enough bytes of inputs to time a kernel with: those of the tensor, again and again, or a
// sample of the distribution as floats.
Tensor TimedInputs(const Subject& subject) {
  if (subject.x.has_value() && subject.x->elements() > 0) {
    const Tensor& x = *subject.x;
    Tensor timed{.dtype = x.dtype, .shape = x.shape, .bytes = {}};
    const size_t bytes = kTimedElements * SizeOf(x.dtype);
    while (timed.bytes.size() < bytes) {
      timed.bytes.append(x.bytes, 0, bytes - timed.bytes.size());
    }
    return timed;
  }
  std::vector<float> values;
  const diagnosis::Normal normal = subject.normal.value_or(diagnosis::Normal{});
  for (const double value : diagnosis::StratifiedSample(normal, kTimedElements)) {
    values.push_back(static_cast<float>(value));
  }
  Tensor timed;
  timed.bytes.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  return timed;
}

// The least of some trials, of this thread.
double TimeHere(const Evaluation& how, const Tensor& inputs, Direction direction) {
  std::string out(inputs.bytes.size(), '\0');
  Evaluation evaluation = how;
  evaluation.direction = direction;
  evaluation.dtype = ToEngine(inputs.dtype);
  evaluation.count = inputs.bytes.size() / SizeOf(inputs.dtype);
  evaluation.x = inputs.bytes.data();
  evaluation.out = out.data();
  double least = std::numeric_limits<double>::infinity();
  for (int trial = 0; trial < kTrials; ++trial) {
    const Clock::time_point begin = Clock::now();
    Clock::time_point end = begin;
    int runs = 0;
    for (; end - begin < kTrial; end = Clock::now(), ++runs) {
      EvaluateStretch(BestKernels(), evaluation, 0, evaluation.count);
    }
    const std::chrono::duration<double, std::nano> took = end - begin;
    least = std::min(least, took.count() / runs / static_cast<double>(evaluation.count));
  }
  return least;
}

client::ConstTensor ViewOf(const Tensor& tensor) {
  return {.dtype = tensor.dtype, .shape = {tensor.elements()}, .data = tensor.bytes.data()};
}

// One call for the result alone, and what it took.
template <class Item>
absl::StatusOr<double> TimeThere(client::Stream& stream, const Item& item) {
  const Clock::time_point begin = Clock::now();
  const absl::Status status = stream.Submit(item).get();
  if (!status.ok()) return status;
  const std::chrono::duration<double, std::nano> took = Clock::now() - begin;
  return took.count() / static_cast<double>(std::max<int64_t>(1, item.x.elements()));
}

}  // namespace

bool FunctionFigures::centred() const {
  return std::isfinite(figures.variance) &&
         std::fabs(figures.mean) < kCentred * std::sqrt(figures.variance);
}

absl::StatusOr<FunctionFigures> DiagnoseHere(const client::Activation& activation,
                                             const Subject& subject) {
  const auto evaluation = EvaluationOfOneNumber(activation, "diagnosed");
  if (!evaluation.ok()) return evaluation.status();
  const auto figures = subject.x.has_value() ? OfTensor(*evaluation, *subject.x)
                                             : OfDistribution(*evaluation, *subject.normal);
  if (!figures.ok()) return figures.status();
  const Tensor timed = TimedInputs(subject);
  return FunctionFigures{.function = activation.function,
                         .figures = *figures,
                         .forward_ns = TimeHere(*evaluation, timed, Direction::kForward),
                         .gradient_ns = TimeHere(*evaluation, timed, Direction::kGradient)};
}

absl::StatusOr<FunctionFigures> DiagnoseThere(const client::ClientOptions& options,
                                              const client::Activation& activation,
                                              const Subject& subject) {
  std::string out(subject.x->bytes.size(), '\0');
  client::Statistics statistics;
  // Goes before what its items write to. It has a deadline, and its items have none: so each
  // function has a stream of its own.
  client::Stream stream(options, {.deadline = options.deadline});
  // Without y: the figures alone come back.
  client::ForwardItem forward{
      .activation = activation, .x = ViewOf(*subject.x), .statistics = &statistics};
  const absl::Status status = stream.Submit(forward).get();
  if (!status.ok()) return status;
  forward.statistics = nullptr;
  forward.y = out.data();
  const auto forward_ns = TimeThere(stream, forward);
  if (!forward_ns.ok()) return forward_ns.status();
  const auto gradient_ns = TimeThere(
      stream,
      client::GradientItem{.activation = activation, .x = ViewOf(*subject.x), .dx = out.data()});
  if (!gradient_ns.ok()) return gradient_ns.status();
  // Else the server would count a stream that was cancelled. All replies are there.
  stream.Finish().IgnoreError();
  return FunctionFigures{
      .function = activation.function,
      .figures = diagnosis::FiguresOf({statistics.elements, statistics.non_finite, statistics.zeros,
                                       statistics.dead, statistics.saturated, statistics.mean,
                                       statistics.variance, statistics.gradient_gain}),
      .forward_ns = *forward_ns,
      .gradient_ns = *gradient_ns};
}

}  // namespace activation::cli::diagnose
