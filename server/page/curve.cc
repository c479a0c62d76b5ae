#include "server/page/curve.h"

#include "server/page/run.h"
#include "src/backends/layout.h"

namespace activation::page {
namespace {

// How a kind's tensor is made of points: each is `inputs` elements with x at `place`, the
// others the companion, and gives `results` elements, of which the first is drawn.
struct Arrangement {
  size_t inputs;
  size_t place;
  size_t results;
};

Arrangement ArrangementOf(Kind kind) {
  switch (kind) {
    case Kind::kElementwise:
    case Kind::kPerChannel:
      return {.inputs = 1, .place = 0, .results = 1};
    case Kind::kRowWise:
      return {.inputs = 2, .place = 0, .results = 2};
    case Kind::kGated:
      break;
  }
  return {.inputs = 2, .place = 1, .results = 1};
}

std::vector<float> Grid(const CurveRequest& request) {
  std::vector<float> x(request.points);
  for (size_t i = 0; i < x.size(); ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(x.size() - 1);
    x[i] = static_cast<float>(request.from * (1 - t) + request.to * t);
  }
  return x;
}

// Every `step`th element, from `first` on.
std::vector<float> Column(const std::vector<float>& all, size_t first, size_t step) {
  std::vector<float> column;
  for (size_t i = first; i < all.size(); i += step) column.push_back(all[i]);
  return column;
}

// The tensors of a curve. dy is 1 at what is drawn and 0 beside it, so that dx is the
// derivative of just that.
struct Tensors {
  Tensors(Arrangement arrangement, const std::vector<float>& points, float companion)
      : x(points.size() * arrangement.inputs, companion),
        y(points.size() * arrangement.results),
        dy(y.size()),
        dx(x.size()) {
    for (size_t i = 0; i < points.size(); ++i) {
      x[i * arrangement.inputs + arrangement.place] = points[i];
      dy[i * arrangement.results] = 1;
    }
  }

  std::vector<float> x, y, dy, dx;
};

}  // namespace

absl::StatusOr<Curve> ComputeCurve(const CurveRequest& request, Engine& engine) {
  const Kind kind = Catalogue()[request.function].kind;
  const Arrangement arrangement = ArrangementOf(kind);
  const size_t floats = request.points * 2 * (arrangement.inputs + arrangement.results);
  const absl::StatusOr<AdmissionTicket> ticket = engine.Admit(floats * sizeof(float));
  if (!ticket.ok()) return ticket.status();

  Curve curve{.x = Grid(request), .y = {}, .derivative = {}};
  const auto companion = static_cast<float>(request.companion);
  Tensors tensors(arrangement, curve.x, companion);
  std::vector<int64_t> shape = {static_cast<int64_t>(request.points)};
  if (arrangement.inputs > 1) shape.push_back(static_cast<int64_t>(arrangement.inputs));
  const absl::StatusOr<Layout> layout = ResolveLayout(request.function, request.params, shape);
  if (!layout.ok()) return layout.status();

  Evaluation forward;
  forward.function = request.function;
  forward.params = request.params;
  forward.layout = *layout;
  forward.count = tensors.x.size();
  forward.x = tensors.x.data();
  forward.out = tensors.y.data();
  if (kind == Kind::kPerChannel) {
    forward.weight = &companion;
    forward.weight_count = 1;
  }
  Evaluation gradient = forward;
  gradient.direction = Direction::kGradient;
  gradient.dy = tensors.dy.data();
  gradient.out = tensors.dx.data();
  const absl::Status status = Run(engine, {forward, gradient});
  if (!status.ok()) return status;
  curve.y = Column(tensors.y, 0, arrangement.results);
  curve.derivative = Column(tensors.dx, arrangement.place, arrangement.inputs);
  return curve;
}

}  // namespace activation::page
