#include "client/cli/plot_terminal.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "client/cli/braille_canvas.h"
#include "client/cli/terminal.h"

namespace activation::cli {
namespace {

constexpr int kLabelWidth = 7;
// Title, formula, tick labels, legend.
constexpr int kOtherRows = 5;

// How the first curve, the second and those after it are told apart without colours: by one of
// how many dots is set.
struct Stroke {
  int every;
  absl::string_view sample;
};
constexpr Stroke kStrokes[] = {{1, "⠒⠒⠒"}, {2, "⠂⠂⠂"}, {4, "⠂ ⠂"}};

class TextPlotter {
 public:
  TextPlotter(const Plot& plot, const TextPlotOptions& options)
      : plot_(plot),
        colour_(options.colour),
        columns_(std::clamp(options.columns, 40, 160) - kLabelWidth - 2),
        rows_(std::clamp(options.rows, 16, 50) - kOtherRows),
        canvas_(columns_, rows_),
        x_{plot.x.front(), plot.x.back()},
        y_(RangeOfY(plot)) {}

  std::string Text() {
    Axes();
    for (size_t i = 0; i < plot_.curves.size(); ++i) Draw(plot_.curves[i], StrokeOf(i));
    return Heading() + Body() + TickRow() + Legend();
  }

 private:
  int DotX(double x) const {
    return static_cast<int>(std::lround(x_.Fraction(x) * (canvas_.width() - 1)));
  }
  int DotY(double y) const {
    return static_cast<int>(std::lround((1 - y_.Fraction(y)) * (canvas_.height() - 1)));
  }
  int Column(double x) const { return DotX(x) / BrailleCanvas::kDotsAcross; }
  int RowOf(double y) const { return DotY(y) / BrailleCanvas::kDotsDown; }

  void Axes() {
    const bool vertical = x_.low <= 0 && x_.high >= 0;
    for (int row = 0; vertical && row < rows_; ++row) canvas_.Under(Column(0), row, "│");
    for (int column = 0; column < columns_; ++column) canvas_.Under(column, RowOf(0), "─");
    if (vertical) canvas_.Under(Column(0), RowOf(0), "┼");
  }

  const Stroke& StrokeOf(size_t curve) const {
    return kStrokes[colour_ ? 0 : std::min(curve, std::size(kStrokes) - 1)];
  }

  void Draw(const Curve& curve, const Stroke& stroke) {
    for (size_t i = 0; i < plot_.x.size(); ++i) {
      if (!Connected(plot_, curve, y_, i)) continue;
      canvas_.Line(DotX(plot_.x[i]), DotY(curve.y[i]), DotX(plot_.x[i + 1]), DotY(curve.y[i + 1]),
                   curve.colour, stroke.every);
    }
  }

  std::string Heading() const {
    const std::string indent(kLabelWidth + 2, ' ');
    std::string text = absl::StrCat(indent, Styled(plot_.title, "1", colour_), "\n");
    if (!plot_.subtitle.empty()) absl::StrAppend(&text, indent, plot_.subtitle, "\n");
    return text;
  }

  std::string Body() const {
    std::vector<std::string> labels(static_cast<size_t>(rows_));
    for (const double y : Ticks(y_, std::max(2, rows_ / 4))) {
      labels[static_cast<size_t>(RowOf(y))] = plot_.y_text(y);
    }
    std::string text;
    for (int row = 0; row < rows_; ++row) {
      const std::string& label = labels[static_cast<size_t>(row)];
      const size_t pad = label.size() < kLabelWidth ? kLabelWidth - label.size() : 0;
      absl::StrAppend(&text, std::string(pad, ' '), label, label.empty() ? " ▏" : " ┤",
                      canvas_.Row(row, colour_), "\n");
    }
    return text;
  }

  std::string TickRow() const {
    std::string row(static_cast<size_t>(kLabelWidth + 2 + columns_ + kLabelWidth), ' ');
    size_t free_from = 0;
    for (const double x : Ticks(x_, std::max(2, columns_ / 10))) {
      const std::string label = TickText(x);
      const int column = kLabelWidth + 2 + Column(x);
      const auto centre = static_cast<size_t>(column);
      const size_t at = centre - std::min(centre, label.size() / 2);
      if (at < free_from || at + label.size() > row.size()) continue;
      row.replace(at, label.size(), label);
      free_from = at + label.size() + 1;
    }
    row.erase(row.find_last_not_of(' ') + 1);
    return row + "\n";
  }

  std::string Legend() const {
    std::string text(kLabelWidth + 2, ' ');
    for (size_t i = 0; i < plot_.curves.size(); ++i) {
      const Curve& curve = plot_.curves[i];
      absl::StrAppend(&text, Styled(StrokeOf(i).sample, AnsiColour(curve.colour), colour_), " ",
                      curve.label, "   ");
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
  }

  const Plot& plot_;
  const bool colour_;
  const int columns_;
  const int rows_;
  BrailleCanvas canvas_;
  const Range x_;
  const Range y_;
};

}  // namespace

absl::string_view AnsiColour(int colour) {
  constexpr absl::string_view kStyles[] = {"94", "33", "92", "95", "91", "96"};
  return kStyles[colour % 6];
}

std::string PlotText(const Plot& plot, const TextPlotOptions& options) {
  return TextPlotter(plot, options).Text();
}

}  // namespace activation::cli
