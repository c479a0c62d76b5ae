#include "src/backends/cpu/cpu_backend.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/backends/cpu/evaluate.h"
#include "src/backends/cpu/statistics.h"
#include "src/backends/cpu/worker_pool.h"
#include "src/backends/sum_order.h"
#include "src/base/errors.h"
#include "src/base/out_of_memory.h"

namespace activation {
namespace {

// Elements between two looks at the interrupt, and the share of one worker at a
// time: some tens of microseconds. Sums are formed by these stretches.
constexpr size_t kPieceElements = kSumElements;

// Consecutive units (evaluate.h) of one evaluation.
struct Stretch {
  size_t evaluation;
  size_t begin;
  size_t count;
  size_t elements;  // that it is worth
};

// Stretches [first, last), of one evaluation or of many small ones.
struct Piece {
  size_t first;
  size_t last;
};

// Calls visit(begin, count) for each stretch of an evaluation.
template <class Visit>
void ForEachStretch(const Evaluation& evaluation, Visit visit) {
  const size_t units = UnitsOf(evaluation);
  for (size_t begin = 0; begin < units;) {
    const size_t count = UnitsOfStretch(evaluation, begin, kPieceElements);
    visit(begin, count);
    begin += count;
  }
}

std::vector<Stretch> Divide(absl::Span<const Evaluation> evaluations) {
  std::vector<Stretch> stretches;
  for (size_t i = 0; i < evaluations.size(); ++i) {
    ForEachStretch(evaluations[i], [&](size_t begin, size_t count) {
      stretches.push_back({i, begin, count, count * ElementsOfUnit(evaluations[i], begin)});
    });
  }
  return stretches;
}

std::vector<Piece> Gather(absl::Span<const Stretch> stretches) {
  std::vector<Piece> pieces;
  size_t elements = kPieceElements;
  for (size_t i = 0; i < stretches.size(); ++i) {
    elements += stretches[i].elements;
    if (elements > kPieceElements) {
      pieces.push_back({i, i});
      elements = stretches[i].elements;
    }
    pieces.back().last = i + 1;
  }
  return pieces;
}

// What the sums of an evaluation's stretches, added one after another, come to.
class ParameterTotals {
 public:
  void Add(const ParameterSums& sums) {
    AddTo(part_, sums);
    if (++count_ % kSumsTogether != 0) return;
    AddTo(total_, part_);
    part_ = {};
  }

  void Store(const Evaluation& evaluation) {
    AddTo(total_, part_);
    for (size_t i = 0; i < kMaxParams; ++i) evaluation.parameter_gradients[i] = total_[i].Total();
  }

 private:
  static void AddTo(ParameterSums& total, const ParameterSums& sums) {
    for (size_t i = 0; i < kMaxParams; ++i) total[i].Add(sums[i]);
  }

  ParameterSums total_;
  ParameterSums part_;
  size_t count_ = 0;
};

// The parameter gradients come first: `out` may be x itself. They go to `sums`,
// where the evaluation wants them, and what belongs to its statistics to `statistics`.
void DoStretch(const KernelSet& kernels, const Evaluation& evaluation, size_t begin, size_t count,
               ParameterSums* sums, StatisticsSums* statistics) {
  const bool elementwise = Catalogue()[evaluation.function].kind == Kind::kElementwise;
  if (elementwise && evaluation.parameter_gradients != nullptr) {
    *sums = SumParameterTerms(kernels, evaluation, begin, count);
  }
  if (evaluation.statistics != nullptr) {
    return EvaluateWithStatistics(kernels, evaluation, begin, count, statistics);
  }
  EvaluateStretch(kernels, evaluation, begin, count);
}

// Computing allocates by the length of a row: runs `compute`, and says whether there was memory for
// it.
template <class Compute>
absl::Status Computed(const Compute& compute) {
  const auto work = [&compute] {
    compute();
    return absl::OkStatus();
  };
  return OrOutOfMemory(work, OutOfMemoryAtWork);
}

// What all threads together have gathered of one evaluation.
struct SharedStatistics {
  std::mutex mutex;
  StatisticsSums sums;  // guarded by mutex
};

// A run too large for the calling thread.
class PooledRun : public WorkerPool::Run {
 public:
  // Throws std::bad_alloc: what it allocates goes by the work.
  PooledRun(const KernelSet& kernels, absl::Span<const Evaluation> evaluations)
      : kernels_(kernels),
        evaluations_(evaluations.begin(), evaluations.end()),
        stretches_(Divide(evaluations_)),
        pieces_(Gather(stretches_)),
        remaining_(pieces_.size()) {
    const bool sums_wanted =
        std::any_of(evaluations_.begin(), evaluations_.end(),
                    [](const auto& e) { return e.parameter_gradients != nullptr; });
    if (sums_wanted) {
      sums_.resize(stretches_.size());
      totals_.resize(evaluations_.size());
    }
    const bool statistics_wanted =
        std::any_of(evaluations_.begin(), evaluations_.end(),
                    [](const auto& e) { return e.statistics != nullptr; });
    if (statistics_wanted) statistics_.resize(evaluations_.size());
    for (size_t i = 0; i < statistics_.size(); ++i) {
      if (evaluations_[i].statistics == nullptr) continue;
      statistics_[i] = std::make_unique<SharedStatistics>();
    }
  }

  // Before it is given to the pool.
  void Take(Interrupt interrupt, std::function<void(absl::Status)> done) {
    interrupt_ = std::move(interrupt);
    done_ = std::move(done);
  }

  size_t piece_count() const override { return pieces_.size(); }

  void DoPiece(size_t index) override {
    if (Proceed()) {
      EndWith(Computed([&] {
        for (size_t i = pieces_[index].first; i < pieces_[index].last; ++i) Do(i);
      }));
    }
    if (remaining_.fetch_sub(1, std::memory_order_acq_rel) == 1) Finish();
  }

 private:
  void Do(size_t i) {
    const Stretch& stretch = stretches_[i];
    const Evaluation& evaluation = evaluations_[stretch.evaluation];
    ParameterSums* const sums = sums_.empty() ? nullptr : &sums_[i];
    if (evaluation.statistics == nullptr) {
      return DoStretch(kernels_, evaluation, stretch.begin, stretch.count, sums, nullptr);
    }
    StatisticsSums statistics;
    DoStretch(kernels_, evaluation, stretch.begin, stretch.count, sums, &statistics);
    SharedStatistics& shared = *statistics_[stretch.evaluation];
    const std::lock_guard<std::mutex> lock(shared.mutex);
    shared.sums.Add(statistics);
  }

  bool Proceed() {
    if (interrupted_.load(std::memory_order_relaxed)) return false;
    return EndWith(interrupt_());
  }

  // No further piece begins after an error. Returns whether there was none.
  bool EndWith(const absl::Status& status) {
    if (status.ok()) return true;
    const std::lock_guard<std::mutex> lock(mutex_);
    status_.Update(status);
    interrupted_.store(true, std::memory_order_relaxed);
    return false;
  }

  void Finish() {
    if (!sums_.empty()) {
      for (size_t i = 0; i < stretches_.size(); ++i) {
        totals_[stretches_[i].evaluation].Add(sums_[i]);
      }
      for (size_t i = 0; i < evaluations_.size(); ++i) {
        if (evaluations_[i].parameter_gradients != nullptr) totals_[i].Store(evaluations_[i]);
      }
    }
    for (size_t i = 0; i < statistics_.size(); ++i) {
      if (statistics_[i] == nullptr) continue;
      const std::lock_guard<std::mutex> lock(statistics_[i]->mutex);
      *evaluations_[i].statistics = statistics_[i]->sums.Total();
    }
    done_(status_);
  }

  const KernelSet& kernels_;
  const std::vector<Evaluation> evaluations_;
  const std::vector<Stretch> stretches_;
  const std::vector<Piece> pieces_;
  Interrupt interrupt_;
  std::function<void(absl::Status)> done_;
  std::vector<ParameterSums> sums_;      // by stretch; empty where nobody asked
  std::vector<ParameterTotals> totals_;  // by evaluation; empty likewise
  // By evaluation; nullptr of one that did not ask, empty where none did.
  std::vector<std::unique_ptr<SharedStatistics>> statistics_;
  std::mutex mutex_;
  absl::Status status_;  // guarded by mutex_ until the last piece is done
  std::atomic<bool> interrupted_{false};
  std::atomic<size_t> remaining_;
};

class CpuBackend : public Backend {
 public:
  CpuBackend(const KernelSet& kernels, int threads) : kernels_(kernels), pool_(threads) {}

  std::string name() const override { return "cpu"; }

  std::string description() const override {
    return absl::StrCat(kernels_.target, ", ", pool_.threads(), " threads");
  }

  void Run(absl::Span<const Evaluation> evaluations, Interrupt interrupt,
           std::function<void(absl::Status)> done) override {
    if (!IsInline(evaluations)) {
      return RunElsewhere(evaluations, std::move(interrupt), std::move(done));
    }
    done(RunHere(evaluations, interrupt));
  }

  void RunElsewhere(absl::Span<const Evaluation> evaluations, Interrupt interrupt,
                    std::function<void(absl::Status)> done) override {
    // What has no element has no piece that a worker could end it with.
    const bool empty = std::all_of(evaluations.begin(), evaluations.end(),
                                   [](const Evaluation& e) { return UnitsOf(e) == 0; });
    if (empty) return done(RunHere(evaluations, interrupt));
    std::shared_ptr<PooledRun> run;
    const auto make = [&] {
      run = std::make_shared<PooledRun>(kernels_, evaluations);
      return absl::OkStatus();
    };
    const absl::Status status = OrOutOfMemory(make, OutOfMemory);
    if (!status.ok()) return done(status);
    run->Take(std::move(interrupt), std::move(done));
    pool_.Add(std::move(run));
  }

 private:
  absl::Status RunHere(absl::Span<const Evaluation> evaluations, const Interrupt& interrupt) {
    absl::Status status = interrupt();
    if (!status.ok()) return status;
    return Computed([&] { Compute(evaluations); });
  }

  void Compute(absl::Span<const Evaluation> evaluations) {
    for (const Evaluation& evaluation : evaluations) {
      if (evaluation.parameter_gradients == nullptr && evaluation.statistics == nullptr) {
        ForEachStretch(evaluation, [&](size_t begin, size_t count) {
          EvaluateStretch(kernels_, evaluation, begin, count);
        });
        continue;
      }
      // Added to an empty total as PooledRun does, for the same bits.
      ParameterTotals totals;
      StatisticsSums statistics;
      ForEachStretch(evaluation, [&](size_t begin, size_t count) {
        ParameterSums sums;
        DoStretch(kernels_, evaluation, begin, count, &sums, &statistics);
        totals.Add(sums);
      });
      if (evaluation.parameter_gradients != nullptr) totals.Store(evaluation);
      if (evaluation.statistics != nullptr) *evaluation.statistics = statistics.Total();
    }
  }

  const KernelSet& kernels_;
  WorkerPool pool_;
};

}  // namespace

bool IsInline(absl::Span<const Evaluation> evaluations) {
  size_t elements = 0;
  for (const Evaluation& evaluation : evaluations) elements += ElementsOf(evaluation);
  return elements <= kInlineElements;
}

std::string InstructionSet() { return BestKernels().target; }

int WorkersOf(int threads) {
  if (threads > 0) return threads;
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

size_t ScratchOf(absl::Span<const Evaluation> evaluations, int workers) {
  size_t most = 0;
  size_t rows = 0;
  for (const Evaluation& evaluation : evaluations) {
    const size_t bytes = ScratchOfStretch(evaluation);
    if (bytes == 0) continue;
    most = std::max(most, bytes);
    rows += UnitsOf(evaluation);
  }
  return most == 0 ? 0 : most * std::min(rows, static_cast<size_t>(workers));
}

std::unique_ptr<Backend> MakeCpuBackend(const KernelSet& kernels, int threads) {
  return std::make_unique<CpuBackend>(kernels, WorkersOf(threads));
}

std::unique_ptr<Backend> MakeCpuBackend(int threads) {
  return MakeCpuBackend(BestKernels(), threads);
}

}  // namespace activation
