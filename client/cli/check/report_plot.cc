#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/check/report.h"

namespace activation::cli::check {
namespace {

constexpr size_t kRanges = 240;

// The error whose logarithm is `log2`, where that is whole: ticks between have no name.
std::string PowerText(double log2) {
  if (log2 != std::floor(log2)) return "";
  return std::fabs(log2) < 10 ? TickText(std::exp2(log2)) : absl::StrCat("2^", TickText(log2));
}

}  // namespace

Plot ReportPlot(const Report& report) {
  Plot plot{.title = absl::StrCat(SubjectText(report), ": error in ULP, ", NameOf(report.dtype)),
            .subtitle = "the largest at every x; 0.5: correctly rounded",
            .x = {},
            .curves = {},
            .y_text = PowerText,
            .joined = true};
  Curve curve{.label = "max ULP", .colour = 1, .dashed = false, .y = {}};
  for (const auto& [x, ulp] : report.findings->profile().Points(kRanges)) {
    plot.x.push_back(x);
    curve.y.push_back(std::log2(ulp));
  }
  plot.curves.push_back(std::move(curve));
  return plot;
}

}  // namespace activation::cli::check
