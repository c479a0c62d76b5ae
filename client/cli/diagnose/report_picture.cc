#include <algorithm>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/diagnose/report.h"
#include "client/cli/drawing.h"
#include "client/cli/png_drawing.h"
#include "client/cli/svg_drawing.h"

namespace activation::cli::diagnose {
namespace {

constexpr double kWidth = 880, kTop = 118, kRow = 24, kBottom = 22;
constexpr double kBarHeight = 13;

// A part of the picture from left to right.
struct Panel {
  double left;
  double right;

  double At(double share) const { return left + share * (right - left); }
};

constexpr Panel kShares = {150, 400};
constexpr Panel kGain = {450, 642};
constexpr Panel kOutput = {678, 852};

// Gains are drawn from 2^-4 to 2^4, outputs from -2 to 2; what is beyond, at the edge.
constexpr double kGainReach = 4;
constexpr double kOutputReach = 2;

double GainPlace(double gain) {
  const double log2 = gain > 0 ? std::clamp(std::log2(gain), -kGainReach, kGainReach) : -kGainReach;
  return kGain.At((log2 + kGainReach) / (2 * kGainReach));
}

double OutputPlace(double y) {
  const double inside = std::isnan(y) ? 0 : std::clamp(y, -kOutputReach, kOutputReach);
  return kOutput.At((inside + kOutputReach) / (2 * kOutputReach));
}

class Picture {
 public:
  Picture(const Diagnosis& diagnosis, Drawing& drawing)
      : diagnosis_(diagnosis), drawing_(drawing) {}

  void Draw() {
    drawing_.Text("title", Anchor::kStart, {28, 40},
                  absl::StrCat("What functions make of ", TitleOf(diagnosis_)));
    Heading();
    for (size_t i = 0; i < diagnosis_.functions.size(); ++i) {
      Draw(diagnosis_.functions[i], kTop + static_cast<double>(i) * kRow);
    }
  }

 private:
  double Bottom() const {
    return kTop + static_cast<double>(diagnosis_.functions.size()) * kRow - kRow / 2;
  }

  void Key(const char* style, double x, const char* text) {
    drawing_.Box(style, {x, 63}, 11, 11);
    drawing_.Text("", Anchor::kStart, {x + 17, 73}, text);
  }

  void Tick(double x, const std::string& text, bool axis) {
    drawing_.Line(axis ? "axis" : "grid", {x, kTop - kRow / 2}, {x, Bottom()});
    drawing_.Text("", Anchor::kMiddle, {x, kTop - 20}, text);
  }

  void Heading() {
    Key("f1", kShares.left, "dead");
    Key("f3", kShares.left + 66, "saturated");
    Key("f2", kShares.left + 164, "learning");
    drawing_.Text("", Anchor::kStart, {kGain.left, 73}, "gradient gain, mean of f'^2");
    drawing_.Text("", Anchor::kStart, {kOutput.left, 73}, "output, mean ± deviation");
    for (const int percent : {0, 50, 100}) {
      Tick(kShares.At(percent / 100.0), absl::StrCat(percent, " %"), false);
    }
    for (const int log2 : {-4, -2, 0, 2, 4}) {
      Tick(GainPlace(std::exp2(log2)),
           log2 < 0 ? absl::StrCat("1/", 1 << -log2) : absl::StrCat(1 << log2), log2 == 0);
    }
    for (const int y : {-2, -1, 0, 1, 2}) Tick(OutputPlace(y), absl::StrCat(y), y == 0);
  }

  void Draw(const FunctionFigures& of, double y) {
    const diagnosis::Figures& figures = of.figures;
    const double top = y - kBarHeight / 2;
    drawing_.Text("legend", Anchor::kEnd, {kShares.left - 12, y + 5}, of.function);
    drawing_.Box("f2", {kShares.left, top}, kShares.right - kShares.left, kBarHeight);
    Share("f3", 0, figures.saturated, top);
    Share("f1", 0, figures.dead, top);
    const double gain = GainPlace(figures.gradient_gain);
    drawing_.Line("curve c0", {GainPlace(1), y}, {gain, y});
    drawing_.Box("f0", {gain - 4, y - 4}, 8, 8);
    const double deviation = std::sqrt(figures.variance);
    const double mean = OutputPlace(figures.mean);
    drawing_.Line("curve c5", {OutputPlace(figures.mean - deviation), y},
                  {OutputPlace(figures.mean + deviation), y});
    drawing_.Box("f5", {mean - 4, y - 4}, 8, 8);
  }

  void Share(const char* style, double from, double to, double top) {
    if (to <= from) return;
    // What is there is seen, however little.
    const double width = std::max(1.0, kShares.At(to) - kShares.At(from));
    drawing_.Box(style, {kShares.At(from), top}, width, kBarHeight);
  }

  const Diagnosis& diagnosis_;
  Drawing& drawing_;
};

template <class AnyDrawing>
std::string Drawn(const Diagnosis& diagnosis) {
  const double height = kTop + static_cast<double>(diagnosis.functions.size()) * kRow + kBottom;
  AnyDrawing drawing(kWidth, height, TitleOf(diagnosis));
  Picture(diagnosis, drawing).Draw();
  return drawing.Finish();
}

}  // namespace

std::string ReportSvg(const Diagnosis& diagnosis) { return Drawn<SvgDrawing>(diagnosis); }

std::string ReportPng(const Diagnosis& diagnosis) { return Drawn<PngDrawing>(diagnosis); }

}  // namespace activation::cli::diagnose
