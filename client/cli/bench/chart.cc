#include "client/cli/bench/chart.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace activation::cli {
namespace {

constexpr double kWidth = 620, kHeight = 300;
constexpr double kLeft = 70, kRight = 32, kTop = 40, kBottom = 46;
constexpr double kBarHeight = 34, kBarRow = 24;

// From values to pixels, straight or by logarithms.
class Scale {
 public:
  Scale(const ChartAxis& axis, std::vector<double> values, double from, double to)
      : logarithmic_(axis.logarithmic), from_(from), to_(to) {
    values.erase(
        std::remove_if(values.begin(), values.end(), [this](double v) { return !Drawable(v); }),
        values.end());
    if (values.empty()) values = {1, 10};
    range_ = {*std::min_element(values.begin(), values.end()),
              *std::max_element(values.begin(), values.end())};
    if (logarithmic_) {
      // Given ticks are where the axis ends.
      if (axis.ticks.empty()) Widen(std::log10(range_.low), std::log10(range_.high));
      if (range_.high <= range_.low * 1.01) range_.high = range_.low * 10;
    } else {
      if (axis.from_zero) range_.low = std::min(0.0, range_.low);
      if (range_.high <= range_.low) range_.high = range_.low + 1;
    }
  }

  // Room above the highest value of a linear axis.
  void AddHeadroom() {
    if (!logarithmic_) range_.high += 0.08 * (range_.high - range_.low);
  }

  bool Drawable(double v) const { return std::isfinite(v) && (!logarithmic_ || v > 0); }
  bool Contains(double v) const {
    return Drawable(v) && v >= range_.low * (1 - 1e-9) && v <= range_.high * (1 + 1e-9);
  }

  double At(double v) const {
    const double share = logarithmic_ ? (std::log10(v) - std::log10(range_.low)) /
                                            (std::log10(range_.high) - std::log10(range_.low))
                                      : range_.Fraction(v);
    return from_ + share * (to_ - from_);
  }

  std::vector<double> RoundTicks(int count) const {
    if (!logarithmic_) return Ticks(range_, count);
    std::vector<double> ticks;
    const double decades = std::log10(range_.high / range_.low);
    const auto first = static_cast<int>(std::floor(std::log10(range_.low)));
    for (int power = first; power <= std::log10(range_.high) + 1; ++power) {
      for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor != 1 && decades > 3) continue;
        const double tick = factor * std::pow(10, power);
        if (Contains(tick)) ticks.push_back(tick);
      }
    }
    return ticks;
  }

  double low() const { return range_.low; }

 private:
  // To the next of 1, 2 and 5 on both sides, so that ends are labelled.
  void Widen(double low, double high) {
    constexpr double kSteps[] = {0, 0.30103, 0.69897, 1};
    const double below = std::floor(low), above = std::floor(high);
    for (const double step : kSteps) {
      if (below + step <= low + 1e-9) range_.low = std::pow(10, below + step);
    }
    for (const double step : {1.0, 0.69897, 0.30103, 0.0}) {
      if (above + step >= high - 1e-9) range_.high = std::pow(10, above + step);
    }
  }

  const bool logarithmic_;
  const double from_, to_;
  Range range_;
};

class ChartWriter {
 public:
  explicit ChartWriter(const Chart& chart)
      : chart_(chart),
        x_(chart.x, Values([](const auto& p) { return p.first; }, chart.x.ticks), kLeft,
           kWidth - kRight),
        y_(chart.y, Values([](const auto& p) { return p.second; }, {}), kHeight - kBottom, kTop) {
    y_.AddHeadroom();
  }

  std::string Text() {
    absl::StrAppendFormat(&svg_,
                          "<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"%s\">"
                          "<text class=\"chart-title\" x=\"%g\" y=\"20\">%s</text>\n",
                          kWidth, kHeight, EscapedText(chart_.title), kLeft,
                          EscapedText(chart_.title));
    Grid();
    for (const ChartSeries& series : chart_.series) Draw(series);
    for (const ChartMarker& marker : chart_.markers) Mark(marker);
    Legend();
    return svg_ + "</svg>\n";
  }

 private:
  template <class Part>
  std::vector<double> Values(const Part& part, std::vector<double> values) const {
    for (const ChartSeries& series : chart_.series) {
      for (const auto& point : series.points) values.push_back(part(point));
    }
    return values;
  }

  void Line(const char* style, double x1, double y1, double x2, double y2) {
    absl::StrAppendFormat(&svg_,
                          "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                          style, x1, y1, x2, y2);
  }

  void Label(const char* style, const char* anchor, double x, double y, const std::string& text) {
    absl::StrAppendFormat(&svg_,
                          "<text class=\"%s\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
                          style, anchor, x, y, EscapedText(text));
  }

  void Grid() {
    const double bottom = kHeight - kBottom, right = kWidth - kRight;
    const auto ticks = chart_.x.ticks.empty() ? x_.RoundTicks(8) : chart_.x.ticks;
    for (const double x : ticks) {
      Line("grid", x_.At(x), kTop, x_.At(x), bottom);
      Label("tick", "middle", x_.At(x), bottom + 17, chart_.x.text(x));
    }
    for (const double y : y_.RoundTicks(5)) {
      Line("grid", kLeft, y_.At(y), right, y_.At(y));
      Label("tick", "end", kLeft - 8, y_.At(y) + 4, chart_.y.text(y));
    }
    Line("axis", kLeft, bottom, right, bottom);
    Label("tick", "end", right, kHeight - 8, chart_.x.label);
  }

  void Draw(const ChartSeries& series) {
    std::string path;
    bool pen_down = false;
    double first = 0, last = 0;
    for (const auto& [x, y] : series.points) {
      if (!x_.Drawable(x) || !y_.Drawable(y)) {
        pen_down = false;
        continue;
      }
      absl::StrAppendFormat(&path, "%s%.1f %.1f", pen_down ? "L" : "M", x_.At(x), y_.At(y));
      if (!pen_down) first = x_.At(x);
      last = x_.At(x);
      pen_down = true;
      if (!series.dots) continue;
      absl::StrAppendFormat(&svg_, "<circle class=\"f%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>",
                            series.colour, x_.At(x), y_.At(y));
    }
    if (path.empty() || !series.line) return;
    if (series.filled) {
      absl::StrAppendFormat(&svg_, "<path class=\"area f%d\" d=\"%sL%.1f %.1fL%.1f %.1fZ\"/>",
                            series.colour, path, last, kHeight - kBottom, first, kHeight - kBottom);
    }
    absl::StrAppendFormat(&svg_, "<path class=\"line s%d%s\" d=\"%s\"/>\n", series.colour,
                          series.dashed ? " dashed" : "", path);
  }

  void Mark(const ChartMarker& marker) {
    if (!x_.Contains(marker.x)) return;
    const double x = x_.At(marker.x);
    Line("marker", x, kTop, x, kHeight - kBottom);
    const bool right_half = x > (kLeft + kWidth) / 2;
    Label("note", right_half ? "end" : "start", x + (right_half ? -6 : 6), kHeight - kBottom - 8,
          marker.label);
  }

  // On the right of the title, from right to left.
  void Legend() {
    if (chart_.series.size() < 2) return;
    double x = kWidth - kRight;
    for (size_t i = chart_.series.size(); i-- > 0;) {
      const ChartSeries& series = chart_.series[i];
      Label("legend", "end", x, 20, series.label);
      // Wide enough for letters of any of the fonts.
      x -= 7.4 * static_cast<double>(series.label.size()) + 12;
      absl::StrAppendFormat(
          &svg_, "<rect class=\"f%d\" x=\"%.1f\" y=\"11\" width=\"10\" height=\"10\" rx=\"2\"/>",
          series.colour, x - 6);
      x -= 22;
    }
  }

  const Chart& chart_;
  Scale x_;
  Scale y_;
  std::string svg_;
};

}  // namespace

std::string EscapedText(const std::string& text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

std::string ChartSvg(const Chart& chart) { return ChartWriter(chart).Text(); }

std::string ShareBarSvg(const ShareBar& bar) {
  double sum = 0;
  for (const ShareBar::Part& part : bar.parts) sum += part.value;
  const double height = kTop + kBarHeight + 18 + kBarRow * static_cast<double>(bar.parts.size());
  std::string svg = absl::StrFormat(
      "<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"%s\">"
      "<text class=\"chart-title\" x=\"18\" y=\"20\">%s</text>\n",
      kWidth, height, EscapedText(bar.title), EscapedText(bar.title));
  double x = 18;
  const double width = kWidth - 36;
  for (size_t i = 0; i < bar.parts.size() && sum > 0; ++i) {
    const ShareBar::Part& part = bar.parts[i];
    const double share = part.value / sum;
    absl::StrAppendFormat(&svg,
                          "<rect class=\"f%d\" x=\"%.1f\" y=\"%g\" width=\"%.1f\" height=\"%g\"/>",
                          i, x, kTop, std::max(0.0, share * width - 1.5), kBarHeight);
    x += share * width;
    const double y = kTop + kBarHeight + 28 + kBarRow * static_cast<double>(i);
    absl::StrAppendFormat(
        &svg,
        "<rect class=\"f%d\" x=\"18\" y=\"%g\" width=\"10\" height=\"10\" rx=\"2\"/>"
        "<text class=\"legend\" x=\"36\" y=\"%g\">%s</text>"
        "<text class=\"legend\" text-anchor=\"end\" x=\"%g\" y=\"%g\">%s</text>"
        "<text class=\"tick\" text-anchor=\"end\" x=\"%g\" y=\"%g\">%.1f %%</text>\n",
        i, y - 10, y, EscapedText(part.name), kWidth - 90, y, EscapedText(part.text), kWidth - 18,
        y, 100 * share);
  }
  return svg + "</svg>\n";
}

}  // namespace activation::cli
