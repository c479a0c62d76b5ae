#include "client/cli/bench/gate.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace activation::cli {
namespace {

class Gate {
 public:
  Gate(const Report& report, const std::vector<Threshold>& conditions)
      : report_(report), conditions_(conditions) {}

  std::vector<std::string> Failures() && {
    const Outcome& outcome = report_.outcome;
    const Pattern pattern = report_.experiment.pattern;
    // What was not measured is not known to be good.
    if (!conditions_.empty() && outcome.stopped()) failures_.emplace_back("the run was stopped");
    if (pattern == Pattern::kSweep || pattern == Pattern::kSteps) {
      for (const Point& point : outcome.points) JudgePoint(point, NameOf(point) + ": ");
    } else {
      JudgePoint(outcome.main(), "");
    }
    if (pattern == Pattern::kSearch && !outcome.highest_rate) {
      failures_.push_back(SearchText(report_));
    }
    return std::move(failures_);
  }

 private:
  static std::string NameOf(const Point& point) {
    return point.load.rate ? absl::StrFormat("at %.6g calls/s", point.load.rate->last)
                           : absl::StrFormat("at %d in flight", point.load.concurrency);
  }

  void JudgePoint(const Point& point, const std::string& where) {
    if (point.result.none_due()) {
      failures_.push_back(where + "no call was due in the measured time");
    }
    const Baseline* const baseline = report_.baseline ? &*report_.baseline : nullptr;
    for (const Threshold& condition : conditions_) {
      if (condition.NeedsBaseline() && &point != &report_.outcome.main()) continue;
      const auto met = condition.Met(point.result, baseline);
      if (!met) failures_.push_back(where + WhyOpen(condition, point.result));
      if (met.value_or(false)) failures_.push_back(where + condition.text);
    }
    if (!conditions_.empty() && !point.judgement.valid()) {
      failures_.push_back(
          absl::StrCat(where, "the run is invalid: ", point.judgement.faults.front()));
    }
  }

  std::string WhyOpen(const Threshold& condition, const RunResult& result) const {
    if (condition.NeedsBaseline()) {
      return absl::StrFormat("whether %s is open: the baseline %s", condition.text,
                             report_.baseline ? "is invalid: " + report_.baseline->faults.front()
                                              : "was not measured");
    }
    return result.unsent > 0
               ? absl::StrFormat("%d calls that were never sent leave open whether %s",
                                 result.unsent, condition.text)
               : absl::StrFormat("too few samples to rule out %s", condition.text);
  }

  const Report& report_;
  const std::vector<Threshold>& conditions_;
  std::vector<std::string> failures_;
};

}  // namespace

std::vector<std::string> GateFailures(const Report& report,
                                      const std::vector<Threshold>& conditions) {
  return Gate(report, conditions).Failures();
}

}  // namespace activation::cli
