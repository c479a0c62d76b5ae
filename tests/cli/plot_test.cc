#include "client/cli/plot.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_split.h"
#include "client/cli/braille_canvas.h"
#include "client/cli/plot_picture.h"
#include "client/cli/plot_terminal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace activation::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Plot StepPlot() {
  Plot plot{.title = "step <&>", .subtitle = "f(x) = x > 0 ? 1 : 0", .x = {}, .curves = {}};
  Curve curve{.label = "step", .colour = 0, .dashed = false, .y = {}};
  for (int i = 0; i <= 600; ++i) {
    plot.x.push_back(-3 + 0.01 * i);
    curve.y.push_back(i > 300 ? 1 : 0);
  }
  plot.curves.push_back(curve);
  return plot;
}

TEST(PlotTest, TicksAreRound) {
  EXPECT_THAT(Ticks({-6, 6}, 6), ElementsAre(-6, -4, -2, 0, 2, 4, 6));
  EXPECT_THAT(Ticks({0, 1}, 5), ElementsAre(0, ::testing::DoubleEq(0.2), ::testing::DoubleEq(0.4),
                                            ::testing::DoubleEq(0.6), ::testing::DoubleEq(0.8), 1));
  EXPECT_LE(Ticks({-1e308, 1e308}, 5).size(), 20u);
  EXPECT_EQ(TickText(-0.0), "0");
}

TEST(PlotTest, JumpsAreJoinedWhereThePlotSaysSo) {
  Plot plot = StepPlot();
  EXPECT_FALSE(Connected(plot, plot.curves[0], RangeOfY(plot), 300));
  plot.joined = true;
  EXPECT_TRUE(Connected(plot, plot.curves[0], RangeOfY(plot), 300));
}

TEST(PlotTest, TicksOfYHaveTheTextThatThePlotGives) {
  Plot plot = StepPlot();
  plot.y_text = [](double y) { return y == 1 ? "one" : ""; };
  EXPECT_THAT(PlotSvg(plot), HasSubstr(">one<"));
  EXPECT_THAT(PlotText(plot, {}), HasSubstr("one ┤"));
}

TEST(PlotTest, RangeHoldsEveryFinitePointAndZero) {
  Plot plot{.title = "",
            .subtitle = "",
            .x = {0, 1, 2},
            .curves = {{.label = "", .colour = 0, .dashed = false, .y = {2, HUGE_VAL, 4}}}};
  const Range range = RangeOfY(plot);
  EXPECT_LE(range.low, 0);
  EXPECT_GE(range.high, 4);
  EXPECT_LT(range.high, 5);
  plot.curves[0].y = {0, 0, 0};
  EXPECT_LT(RangeOfY(plot).low, RangeOfY(plot).high);
}

TEST(PlotTest, JumpsAndGapsAreNotConnected) {
  Plot plot = StepPlot();
  const Range range = RangeOfY(plot);
  EXPECT_TRUE(Connected(plot, plot.curves[0], range, 10));
  EXPECT_FALSE(Connected(plot, plot.curves[0], range, 300));
  plot.curves[0].y[11] = NAN;
  EXPECT_FALSE(Connected(plot, plot.curves[0], range, 10));
  EXPECT_FALSE(Connected(plot, plot.curves[0], range, 600));
}

TEST(PlotSvgTest, DrawsEachRunAndEscapesText) {
  const std::string svg = PlotSvg(StepPlot());
  EXPECT_THAT(svg, HasSubstr("step &lt;&amp;&gt;"));
  EXPECT_THAT(svg, HasSubstr("x &gt; 0 ? 1 : 0"));
  EXPECT_THAT(svg, HasSubstr("prefers-color-scheme: dark"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  const size_t at = svg.find(" d=\"");
  ASSERT_NE(at, std::string::npos);
  const std::string path = svg.substr(at + 4, svg.find('"', at + 4) - at - 4);
  EXPECT_EQ(std::count(path.begin(), path.end(), 'M'), 2) << "one run on each side of the jump";
}

TEST(BrailleCanvasTest, EachDotHasItsBit) {
  BrailleCanvas canvas(1, 1);
  EXPECT_EQ(canvas.Row(0, false), " ");
  canvas.Set(0, 0, 0);
  EXPECT_EQ(canvas.Row(0, false), "⠁");
  canvas.Set(1, 3, 0);
  EXPECT_EQ(canvas.Row(0, false), "⢁");
  canvas.Line(0, 0, 1, 3, 0);
  canvas.Line(0, 0, 0, 3, 0);
  canvas.Line(1, 0, 1, 3, 0);
  EXPECT_EQ(canvas.Row(0, false), "⣿");
  canvas.Set(5, 5, 0);
  canvas.Set(-1, 0, 0);
}

TEST(PlotTextTest, WithoutColoursCurvesDifferInTheirDots) {
  Plot plot = StepPlot();
  plot.curves.push_back(plot.curves.front());
  plot.curves.back().label = "other";
  EXPECT_THAT(PlotText(plot, {}), HasSubstr("⠒⠒⠒ step   ⠂⠂⠂ other"));
  BrailleCanvas canvas(2, 1);
  canvas.Line(0, 1, 3, 1, 0, 2);
  EXPECT_EQ(canvas.Row(0, false), "⠂⠂");
  BrailleCanvas steep(1, 1);
  steep.Line(1, 0, 1, 3, 0, 2);
  EXPECT_EQ(steep.Row(0, false), "⠨");
}

TEST(PlotTextTest, HasTitleLegendTicksAndNoColourUnlessAsked) {
  const std::string text = PlotText(StepPlot(), {});
  EXPECT_THAT(text, HasSubstr("step <&>"));
  EXPECT_THAT(text, HasSubstr("⠒⠒⠒ step"));
  EXPECT_THAT(text, HasSubstr("-3"));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
  EXPECT_THAT(PlotText(StepPlot(), {.columns = 80, .rows = 24, .colour = true}),
              HasSubstr("\033[94m"));
}

}  // namespace
}  // namespace activation::cli
