#include "tests/accuracy/atlas/sweep.h"

#include <chrono>
#include <cmath>

#include "src/base/aligned_buffer.h"
#include "tests/accuracy/atlas/judge.h"
#include "tests/accuracy/atlas/reference.h"
#include "tests/accuracy/ulp.h"

namespace activation::atlas {
namespace {

class TaskSweep {
 public:
  TaskSweep(const Task& task, const Inputs& inputs)
      : task_(task),
        inputs_(inputs),
        reference_(task),
        x_(Bytes()),
        expected_(Bytes()),
        results_(Bytes()) {}

  void Run(absl::Span<Contender> contenders) {
    std::vector<Judge> judges(contenders.size(),
                              Judge(task_, [this](const double* x, double* out, size_t n) {
                                reference_.TrueValues(x, out, n);
                              }));
    for (uint32_t block = 0; block < inputs_.blocks(); ++block) {
      inputs_.Fill(block, x_.data());
      if (inputs_.IsFinite(block)) {
        reference_.Round(x_.data(), expected_.data(), inputs_.block_size());
      }
      for (size_t i = 0; i < contenders.size(); ++i) {
        Contender& contender = contenders[i];
        if (contender.status.ok()) contender.status = RunBlock(block, contender, judges[i]);
      }
    }
    for (size_t i = 0; i < contenders.size(); ++i) {
      contenders[i].findings.tally = judges[i].tally();
    }
  }

 private:
  size_t Bytes() const { return inputs_.block_size() * SizeOf(task_.dtype); }

  absl::Status RunBlock(uint32_t block, Contender& contender, Judge& judge) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point begin = Clock::now();
    absl::Status status =
        contender.function->Evaluate(x_.data(), results_.data(), inputs_.block_size());
    const std::chrono::duration<double> took = Clock::now() - begin;
    contender.findings.seconds += took.count();
    if (!status.ok()) return status;
    if (inputs_.IsFinite(block)) {
      Measure(block, judge, contender.findings);
    } else {
      LookAtSpecialValues(contender.findings.special);
    }
    return absl::OkStatus();
  }

  void Measure(uint32_t block, Judge& judge, Findings& findings) {
    const Tally tally =
        judge.Add({x_.data(), results_.data(), expected_.data(), inputs_.block_size()});
    if (tally.wrong > 0) {
      findings.profile.push_back({block, tally.worst.ulp, tally.wrong, tally.nan_made});
    }
  }

  void LookAtSpecialValues(SpecialTally& special) {
    for (size_t i = 0; i < inputs_.block_size(); ++i) {
      const double x = accuracy::Load(task_.dtype, x_.data(), i);
      const double result = accuracy::Load(task_.dtype, results_.data(), i);
      if (std::isinf(x)) {
        (x < 0 ? special.at_minus_infinity : special.at_infinity) = result;
      } else if (!std::isnan(result)) {
        ++special.nans_lost;
      }
    }
  }

  const Task task_;
  const Inputs& inputs_;
  const Reference reference_;
  AlignedBuffer x_;
  AlignedBuffer expected_;
  AlignedBuffer results_;
};

}  // namespace

void Sweep(const Task& task, const Inputs& inputs, absl::Span<Contender> contenders) {
  TaskSweep(task, inputs).Run(contenders);
}

}  // namespace activation::atlas
