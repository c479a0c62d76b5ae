#include "client/cli/plot_picture.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/drawing.h"
#include "client/cli/png_drawing.h"
#include "client/cli/svg_drawing.h"

namespace activation::cli {
namespace {

constexpr double kWidth = 880, kHeight = 520;
constexpr double kLeft = 64, kRight = 28, kTop = 92, kBottom = 48;
constexpr double kLegendRow = 24;

double LegendWidth(const Curve& curve) {
  return 58 + 8.6 * static_cast<double>(curve.label.size());
}

// Where each curve's name stands: beside the title where there are two, else in rows under
// it, for which the picture grows.
struct LegendLayout {
  explicit LegendLayout(const Plot& plot) {
    const bool beside = plot.curves.size() <= 2;
    double x = kLeft, y = beside ? 40 : 70;
    if (beside) {
      x = kWidth - kRight + 22;
      for (const Curve& curve : plot.curves) x -= LegendWidth(curve);
    }
    for (const Curve& curve : plot.curves) {
      if (!beside && x + LegendWidth(curve) > kWidth - kRight) {
        x = kLeft;
        y += kLegendRow;
        shift += kLegendRow;
      }
      places.push_back({x, y});
      x += LegendWidth(curve);
    }
  }

  std::vector<Position> places;
  double shift = 0;  // of everything below
};

std::string StyleOf(const Curve& curve) {
  return absl::StrCat("curve c", curve.colour % kPaletteColours, curve.dashed ? " dashed" : "");
}

class PlotPicture {
 public:
  PlotPicture(const Plot& plot, const LegendLayout& legend, Drawing& drawing)
      : plot_(plot),
        legend_(legend),
        drawing_(drawing),
        x_{plot.x.front(), plot.x.back()},
        y_(RangeOfY(plot)) {}

  void Draw() {
    drawing_.Text("title", Anchor::kStart, {kLeft, 40}, plot_.title);
    if (!plot_.subtitle.empty()) {
      drawing_.Text("formula", Anchor::kStart, {kLeft, 66}, plot_.subtitle);
    }
    Grid();
    for (const Curve& curve : plot_.curves) Draw(curve);
    for (size_t i = 0; i < plot_.curves.size(); ++i) {
      const Position& at = legend_.places[i];
      drawing_.Line(StyleOf(plot_.curves[i]), {at.x, at.y - 5}, {at.x + 26, at.y - 5});
      drawing_.Text("legend", Anchor::kStart, {at.x + 36, at.y}, plot_.curves[i].label);
    }
  }

 private:
  double X(double x) const { return kLeft + x_.Fraction(x) * (kWidth - kLeft - kRight); }
  double Y(double y) const { return Bottom() - y_.Fraction(y) * (kHeight - kTop - kBottom); }
  double Top() const { return kTop + legend_.shift; }
  double Bottom() const { return kHeight - kBottom + legend_.shift; }

  void Grid() {
    for (const double x : Ticks(x_, 10)) {
      drawing_.Line(x == 0 ? "axis" : "grid", {X(x), Top()}, {X(x), Bottom()});
      drawing_.Text("", Anchor::kMiddle, {X(x), Bottom() + 24}, TickText(x));
    }
    for (const double y : Ticks(y_, 7)) {
      drawing_.Line(y == 0 ? "axis" : "grid", {kLeft, Y(y)}, {kWidth - kRight, Y(y)});
      drawing_.Text("", Anchor::kEnd, {kLeft - 10, Y(y) + 5}, plot_.y_text(y));
    }
  }

  void Draw(const Curve& curve) {
    std::vector<std::vector<Position>> strokes;
    bool pen_down = false;
    for (size_t i = 0; i < plot_.x.size(); ++i) {
      const bool connected = Connected(plot_, curve, y_, i);
      if (connected && !pen_down) strokes.emplace_back();
      if (pen_down || connected) strokes.back().push_back({X(plot_.x[i]), Y(curve.y[i])});
      pen_down = connected;
    }
    drawing_.Path(StyleOf(curve), strokes);
  }

  const Plot& plot_;
  const LegendLayout& legend_;
  Drawing& drawing_;
  const Range x_;
  const Range y_;
};

template <class AnyDrawing>
std::string Drawn(const Plot& plot) {
  const LegendLayout legend(plot);
  AnyDrawing drawing(kWidth, kHeight + legend.shift, plot.title);
  PlotPicture(plot, legend, drawing).Draw();
  return drawing.Finish();
}

}  // namespace

std::string PlotSvg(const Plot& plot) { return Drawn<SvgDrawing>(plot); }

std::string PlotPng(const Plot& plot) { return Drawn<PngDrawing>(plot); }

}  // namespace activation::cli
