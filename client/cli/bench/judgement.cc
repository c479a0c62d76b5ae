#include "client/cli/bench/judgement.h"

#include "absl/strings/str_format.h"
#include "client/cli/duration_text.h"

namespace activation::cli {
namespace {

// The share of calls from which on their failing is said.
constexpr double kManyFailed = 0.01;

std::string Time(double ns) { return DurationText(nanoseconds(static_cast<int64_t>(ns))); }

void JudgeClient(const RunResult& result, const Load& load, Judgement* judgement) {
  // In a closed loop calls that fail at once keep any client busy.
  const bool failed_at_once = !load.rate.has_value() && result.failed() > result.answered();
  if (result.busy > kMostBusy && !failed_at_once) {
    judgement->faults.push_back(absl::StrFormat(
        "the client is the bottleneck: its busiest thread had work %.0f %% of the time; give it "
        "--threads, cores of its own, or a second client",
        100 * result.busy));
  }
  const double late = result.lateness.mean(), all = late + result.uncorrected.mean();
  if (result.lateness.count() > 0 && late > kMostLateness * all) {
    judgement->faults.push_back(absl::StrFormat(
        "the client sent late: %s of the mean %s from when a call could be sent to its reply are "
        "its own; give it cores of its own, or a lower rate",
        Time(late), Time(all)));
  }
}

void NoteOpenLoop(const RunResult& result, const Load& load, Judgement* judgement) {
  const auto corrected = result.Percentile(99);
  const auto uncorrected = result.uncorrected.Percentile(99);
  // Where there are samples enough for the one, the other is missing for calls that were never
  // sent.
  if (uncorrected && (!corrected || static_cast<double>(*corrected) >
                                        kStall * static_cast<double>(*uncorrected))) {
    judgement->notes.push_back(absl::StrFormat(
        "calls waited to be sent: p99 is %s from when calls were due and %s from when they were "
        "sent, which is all that a closed loop sees",
        corrected ? Time(static_cast<double>(*corrected)) : "beyond the run's end",
        Time(static_cast<double>(*uncorrected))));
  }
  if (result.unsent > 0) {
    judgement->notes.push_back(absl::StrFormat(
        "the rate was not reached: %d calls were due and not sent, with %d in flight at most; "
        "latencies are those of an overload",
        result.unsent, load.concurrency));
  }
}

}  // namespace

Judgement Judge(const RunResult& result, const Load& load) {
  Judgement judgement;
  JudgeClient(result, load, &judgement);
  if (load.rate.has_value()) NoteOpenLoop(result, load, &judgement);
  const uint64_t ended = result.answered() + result.failed();
  if (static_cast<double>(result.failed()) > kManyFailed * static_cast<double>(ended)) {
    judgement.notes.push_back(absl::StrFormat(
        "%d of %d calls failed: rates and latencies are of those that were answered",
        result.failed(), ended));
  }
  if (result.elapsed.count() > 0 && result.tail > kLongTail * result.elapsed) {
    judgement.notes.push_back(absl::StrFormat(
        "the last reply came %s after the measured %s: rates are of what was answered within them",
        DurationText(result.tail), DurationText(result.elapsed)));
  }
  if (result.none_due()) {
    judgement.notes.push_back(
        absl::StrFormat("no call was due in the measured %s: give it a longer --duration%s",
                        DurationText(result.elapsed), load.rate ? ", or a higher rate" : ""));
  }
  if (result.stopped) judgement.notes.emplace_back("stopped before its time");
  if (result.confident) {
    judgement.notes.push_back(
        absl::StrFormat("stopped when calls/s and mean latency were known to within %g %%",
                        100 * load.until_confident.value_or(0)));
  }
  return judgement;
}

std::vector<std::string> FaultsOfEcho(const RunResult& echo, const Load& load) {
  std::vector<std::string> faults;
  // Without answers there is no latency that the client's own part could be held against.
  if (echo.answered() == 0) {
    faults.emplace_back("the echo answered no call");
  } else {
    faults = Judge(echo, load).faults;
  }
  if (echo.failed() > 0) {
    faults.push_back(absl::StrFormat("%d calls of the echo failed", echo.failed()));
  }
  return faults;
}

}  // namespace activation::cli
