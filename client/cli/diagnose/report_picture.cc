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
constexpr double kOutputReach = 2;

double GainPlace(double gain) {
  const double log2 =
      gain > 0 ? std::clamp<double>(std::log2(gain), -kGainReach, kGainReach) : -kGainReach;
  return kGain.At((log2 + kGainReach) / (2 * kGainReach));
}

double OutputPlace(double y) {
  const double inside = std::clamp(y, -kOutputReach, kOutputReach);
  return kOutput.At((inside + kOutputReach) / (2 * kOutputReach));
}

class Picture {
 public:
  Picture(const Diagnosis& diagnosis, Drawing& drawing)
      : diagnosis_(diagnosis), drawing_(drawing) {}

  void Draw() {
    drawing_.Text("title", Anchor::kStart, {28, 40},
                  absl::StrCat("What functions make of ", TitleOf(diagnosis_),
                               diagnosis_.stopped_early ? "; stopped before the end" : ""));
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
    // From left of the bars on: there are four of them.
    Key("f1", kShares.left - 54, "dead");
    Key("f3", kShares.left + 12, "saturated");
    Key("f2", kShares.left + 110, "learning");
    Key("f4", kShares.left + 196, "not finite");
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
    Share("f4", 1 - figures.non_finite, 1, top);
    Share("f3", 0, figures.saturated, top);
    Share("f1", 0, figures.dead, top);
    Gain(figures.gradient_gain, y);
    Output(figures, y);
  }

  // Neither is drawn where no element has one.
  void Gain(double gain, double y) {
    if (std::isnan(gain)) return;
    const double place = GainPlace(gain);
    drawing_.Line("curve c0", {GainPlace(1), y}, {place, y});
    drawing_.Box("f0", {place - 4, y - 4}, 8, 8);
  }

  void Output(const diagnosis::Figures& figures, double y) {
    if (std::isnan(figures.mean)) return;
    const double deviation = std::sqrt(figures.variance);
    // Of an infinite mean there is no less and more.
    if (std::isfinite(figures.mean) && !std::isnan(deviation)) {
      drawing_.Line("curve c5", {OutputPlace(figures.mean - deviation), y},
                    {OutputPlace(figures.mean + deviation), y});
    }
    drawing_.Box("f5", {OutputPlace(figures.mean) - 4, y - 4}, 8, 8);
  }

  void Share(const char* style, double from, double to, double top) {
    if (to <= from) return;
    // What is there is seen, however little, and within the bar.
    const double width = std::max(1.0, kShares.At(to) - kShares.At(from));
    const double left = std::min(kShares.At(from), kShares.right - width);
    drawing_.Box(style, {left, top}, width, kBarHeight);
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
