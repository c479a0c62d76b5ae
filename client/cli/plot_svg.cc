#include "client/cli/plot_svg.h"

#include <cstdio>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace activation::cli {
namespace {

constexpr double kWidth = 880, kHeight = 520;
constexpr double kLeft = 64, kRight = 28, kTop = 92, kBottom = 48;
constexpr int kColours = 6;
constexpr double kLegendRow = 24;

constexpr char kStyle[] = R"(<style>
  text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #57606a; font-size: 14px }
  .title { font-size: 21px; font-weight: 600; fill: #1f2328 }
  .formula { font-family: ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; font-size: 14px }
  .legend { fill: #1f2328 }
  .paper { fill: #ffffff; stroke: #d0d7de }
  .grid { stroke: #d8dee4; stroke-width: 1; opacity: 0.7 }
  .axis { stroke: #8c959f; stroke-width: 1.5 }
  .curve { fill: none; stroke-width: 3; stroke-linecap: round; stroke-linejoin: round }
  .dashed { stroke-dasharray: 9 7 }
  .c0 { stroke: #0969da } .c1 { stroke: #d1570a } .c2 { stroke: #1a7f37 }
  .c3 { stroke: #8250df } .c4 { stroke: #bf3989 } .c5 { stroke: #0a7f86 }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 }
    .title, .legend { fill: #f0f6fc }
    .paper { fill: #0d1117; stroke: #30363d }
    .grid { stroke: #30363d }
    .axis { stroke: #768390 }
    .c0 { stroke: #58a6ff } .c1 { stroke: #ffa657 } .c2 { stroke: #56d364 }
    .c3 { stroke: #bc8cff } .c4 { stroke: #ff7bac } .c5 { stroke: #39c5cf }
  }
</style>
)";

std::string Escaped(const std::string& text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

std::string Fixed(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f", value);
  return text;
}

class SvgWriter {
 public:
  explicit SvgWriter(const Plot& plot)
      : plot_(plot), x_{plot.x.front(), plot.x.back()}, y_(RangeOfY(plot)) {
    PlaceLegend();
  }

  std::string Text() {
    Open();
    Heading();
    Grid();
    for (const Curve& curve : plot_.curves) Draw(curve);
    Legend();
    return svg_ + "</svg>\n";
  }

 private:
  double X(double x) const { return kLeft + x_.Fraction(x) * (kWidth - kLeft - kRight); }
  double Y(double y) const { return Bottom() - y_.Fraction(y) * (kHeight - kTop - kBottom); }

  double Top() const { return kTop + shift_; }
  double Bottom() const { return kHeight - kBottom + shift_; }

  void Line(absl::string_view style, double x1, double y1, double x2, double y2) {
    absl::StrAppend(&svg_, "<line class=\"", style, "\" x1=\"", Fixed(x1), "\" y1=\"", Fixed(y1),
                    "\" x2=\"", Fixed(x2), "\" y2=\"", Fixed(y2), "\"/>\n");
  }

  void Label(absl::string_view attributes, double x, double y, const std::string& text) {
    absl::StrAppend(&svg_, "<text ", attributes, " x=\"", Fixed(x), "\" y=\"", Fixed(y), "\">",
                    Escaped(text), "</text>\n");
  }

  void Open() {
    absl::StrAppend(&svg_, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", kWidth, " ",
                    kHeight + shift_, "\" width=\"", kWidth, "\" height=\"", kHeight + shift_,
                    "\" role=\"img\">\n", "<title>", Escaped(plot_.title), "</title>\n", kStyle,
                    "<rect class=\"paper\" x=\"0.5\" y=\"0.5\" width=\"", kWidth - 1,
                    "\" height=\"", kHeight + shift_ - 1, "\" rx=\"10\"/>\n");
  }

  void Heading() {
    Label("class=\"title\"", kLeft, 40, plot_.title);
    if (!plot_.subtitle.empty()) Label("class=\"formula\"", kLeft, 66, plot_.subtitle);
  }

  void Grid() {
    for (const double x : Ticks(x_, 10)) {
      Line(x == 0 ? "axis" : "grid", X(x), Top(), X(x), Bottom());
      Label("text-anchor=\"middle\"", X(x), Bottom() + 24, TickText(x));
    }
    for (const double y : Ticks(y_, 7)) {
      Line(y == 0 ? "axis" : "grid", kLeft, Y(y), kWidth - kRight, Y(y));
      Label("text-anchor=\"end\"", kLeft - 10, Y(y) + 5, plot_.y_text(y));
    }
  }

  void Draw(const Curve& curve) {
    std::string path;
    bool pen_down = false;
    for (size_t i = 0; i < plot_.x.size(); ++i) {
      const bool connected = Connected(plot_, curve, y_, i);
      if (pen_down || connected) {
        absl::StrAppend(&path, pen_down ? "L" : "M", Fixed(X(plot_.x[i])), " ",
                        Fixed(Y(curve.y[i])));
      }
      pen_down = connected;
    }
    absl::StrAppend(&svg_, "<path class=\"", StyleOf(curve), "\" d=\"", path, "\"/>\n");
  }

  static double LegendWidth(const Curve& curve) {
    return 58 + 8.6 * static_cast<double>(curve.label.size());
  }

  // Beside the title where two curves are; else in rows under it, for which the
  // picture grows.
  void PlaceLegend() {
    const bool beside = plot_.curves.size() <= 2;
    double x = kLeft, y = beside ? 40 : 70;
    if (beside) {
      x = kWidth - kRight + 22;
      for (const Curve& curve : plot_.curves) x -= LegendWidth(curve);
    }
    for (const Curve& curve : plot_.curves) {
      if (!beside && x + LegendWidth(curve) > kWidth - kRight) {
        x = kLeft;
        y += kLegendRow;
        shift_ += kLegendRow;
      }
      legend_.push_back({x, y});
      x += LegendWidth(curve);
    }
  }

  void Legend() {
    for (size_t i = 0; i < plot_.curves.size(); ++i) {
      const Place& place = legend_[i];
      Line(StyleOf(plot_.curves[i]), place.x, place.y - 5, place.x + 26, place.y - 5);
      Label("class=\"legend\"", place.x + 36, place.y, plot_.curves[i].label);
    }
  }

  static std::string StyleOf(const Curve& curve) {
    return absl::StrCat("curve c", curve.colour % kColours, curve.dashed ? " dashed" : "");
  }

  struct Place {
    double x, y;
  };

  const Plot& plot_;
  const Range x_;
  const Range y_;
  std::vector<Place> legend_;  // one for each curve
  double shift_ = 0;           // of everything below the legend
  std::string svg_;
};

}  // namespace

std::string PlotSvg(const Plot& plot) { return SvgWriter(plot).Text(); }

}  // namespace activation::cli
