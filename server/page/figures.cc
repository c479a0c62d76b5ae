#include "server/page/figures.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/page/run.h"
#include "src/base/errors.h"
#include "src/diagnosis/expectation.h"

namespace activation::page {
namespace {

// Of one job, so that the page holds little of what calls may hold.
constexpr size_t kPointsAtOnce = 256;

}  // namespace

absl::StatusOr<diagnosis::Figures> ComputeFigures(const CurveRequest& request, Engine& engine) {
  const FunctionInfo& info = Catalogue()[request.function];
  if (info.kind != Kind::kElementwise) {
    return InvalidField("function", absl::StrCat("figures are of elementwise functions; ",
                                                 info.name, " is ", Name(info.kind)));
  }
  const absl::StatusOr<AdmissionTicket> ticket = engine.Admit(3 * kPointsAtOnce * sizeof(double));
  if (!ticket.ok()) return ticket.status();
  Evaluation forward;
  forward.function = request.function;
  forward.params = request.params;
  forward.dtype = DType::kF64;
  return diagnosis::Expect(
      {}, [&](absl::Span<const double> x, absl::Span<double> y, absl::Span<double> slope) {
        absl::Status status;
        for (size_t begin = 0; status.ok() && begin < x.size(); begin += kPointsAtOnce) {
          Evaluation part = forward;
          part.count = std::min(kPointsAtOnce, x.size() - begin);
          part.x = x.data() + begin;
          part.out = y.data() + begin;
          Evaluation gradient = part;
          gradient.direction = Direction::kGradient;
          gradient.out = slope.data() + begin;
          status = Run(engine, {part, gradient});
        }
        return status;
      });
}

}  // namespace activation::page
