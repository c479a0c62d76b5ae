// What metrics cost: the counting of one unary call, all of it, by one thread and
// by several at once; and a scrape, which calls do not wait for.
#include <benchmark/benchmark.h>

#include <vector>

#include "server/config.h"
#include "server/metrics.h"
#include "server/shared_memory/registry.h"
#include "src/engine/engine.h"

namespace activation {
namespace {

struct Counted {
  Engine engine{EngineOptions{Limits(), /*cpu_threads=*/1}};
  shared_memory::Registry regions{shared_memory::Options(), Limits()};
  Metrics metrics{engine, regions};
};

// The series that a call first counts in are made once, as in a server that has served.
Counted& Served() {
  static auto* const counted = new Counted;
  return *counted;
}

std::vector<Evaluation> Batch(int64_t items) {
  Evaluation evaluation;
  evaluation.count = 256;
  std::vector<Evaluation> batch(static_cast<size_t>(items), evaluation);
  return batch;
}

// In the order in which server/unary_call.cc and server/work.cc count.
void CountCall(Metrics& metrics, absl::Span<const Evaluation> batch) {
  metrics.CallStarted(Method::kForward);
  metrics.StageDone(Stage::kDecode, absl::Microseconds(2));
  const ElementCounts elements = metrics.ElementsOf(batch);
  metrics.RequestBytesCopied(0);
  metrics.StageDone(Stage::kQueue, absl::Microseconds(1));
  metrics.StageDone(Stage::kKernel, absl::Microseconds(8));
  metrics.CountElements(elements);
  metrics.StageDone(Stage::kEncode, absl::Microseconds(1));
  metrics.CallHandled(Method::kForward, absl::StatusCode::kOk, absl::Microseconds(15));
  metrics.CallReleased();
}

void MetricsOfCall(benchmark::State& state) {
  Metrics& metrics = Served().metrics;
  const std::vector<Evaluation> batch = Batch(state.range(0));
  while (state.KeepRunning()) CountCall(metrics, batch);
}

void MetricsScrape(benchmark::State& state) {
  Metrics& metrics = Served().metrics;
  CountCall(metrics, Batch(1));
  while (state.KeepRunning()) benchmark::DoNotOptimize(metrics.Scrape());
}

BENCHMARK(MetricsOfCall)->ArgName("items")->Arg(1)->Arg(64)->ThreadRange(1, 2)->UseRealTime();
BENCHMARK(MetricsScrape)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace activation
