#include "server/page/figures.h"

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/page/run.h"
#include "src/base/errors.h"
#include "src/diagnosis/expectation.h"

namespace activation::page {
namespace {

// Of one job, so that the page holds little of what calls may hold.
constexpr size_t kPointsAtOnce = 256;
// They take some hundredths of a second where the machine has nothing else to do.
constexpr absl::Duration kFiguresPatience = absl::Seconds(2);
// Two pages' requests then follow each other, and /healthz waits no longer than this.
constexpr absl::Duration kTurn = absl::Milliseconds(100);

}  // namespace

FiguresDesk::FiguresDesk(Engine& engine, std::function<bool()> stopping)
    : engine_(engine), stopping_(std::move(stopping)) {}

absl::StatusOr<diagnosis::Figures> FiguresDesk::Compute(const CurveRequest& request) {
  const FunctionInfo& info = Catalogue()[request.function];
  if (info.kind != Kind::kElementwise) {
    return InvalidField("function", absl::StrCat("figures are of elementwise functions; ",
                                                 info.name, " is ", Name(info.kind)));
  }
  {
    const absl::Time turn = absl::Now() + kTurn;
    const absl::MutexLock lock(&mutex_);
    bool too_late = false;
    while (busy_ && !too_late) too_late = freed_.WaitWithDeadline(&mutex_, turn);
    if (busy_) {
      return absl::UnavailableError("figures: one request at a time, and another is computed now");
    }
    busy_ = true;
  }
  // Also where there is no memory for them.
  const absl::Cleanup free = [this] {
    const absl::MutexLock lock(&mutex_);
    busy_ = false;
    freed_.Signal();
  };
  return ComputeAlone(request);
}

absl::StatusOr<diagnosis::Figures> FiguresDesk::ComputeAlone(const CurveRequest& request) {
  const absl::StatusOr<AdmissionTicket> ticket = engine_.Admit(3 * kPointsAtOnce * sizeof(double));
  if (!ticket.ok()) return ticket.status();
  const absl::Time deadline = absl::Now() + kFiguresPatience;
  Evaluation forward;
  forward.function = request.function;
  forward.params = request.params;
  forward.dtype = DType::kF64;
  const auto evaluate = [&](absl::Span<const double> x, absl::Span<double> y,
                            absl::Span<double> slope) {
    absl::Status status;
    for (size_t begin = 0; status.ok() && begin < x.size(); begin += kPointsAtOnce) {
      if (stopping_()) return absl::UnavailableError("figures: the server is stopping");
      if (absl::Now() > deadline) {
        return absl::DeadlineExceededError(
            absl::StrCat("figures: take longer than ", absl::FormatDuration(kFiguresPatience)));
      }
      Evaluation part = forward;
      part.count = std::min(kPointsAtOnce, x.size() - begin);
      part.x = x.data() + begin;
      part.out = y.data() + begin;
      Evaluation gradient = part;
      gradient.direction = Direction::kGradient;
      gradient.out = slope.data() + begin;
      status = Run(engine_, {part, gradient});
    }
    return status;
  };
  return diagnosis::Expect({}, evaluate);
}

}  // namespace activation::page
