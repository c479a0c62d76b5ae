#include "client/cli/commands/curves.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/commands/find_function.h"
#include "client/cli/commands/function_json.h"

namespace activation::cli {
namespace {

constexpr size_t kPoints = 1201;

std::vector<double> Grid(double from, double to) {
  std::vector<double> x(kPoints);
  for (size_t i = 0; i < kPoints; ++i) {
    const double t = static_cast<double>(i) / (kPoints - 1);
    x[i] = from * (1 - t) + to * t;
  }
  return x;
}

std::string Title(const CurvesWanted& wanted) {
  std::string title = wanted.functions.size() > 4
                          ? absl::StrCat(wanted.functions.size(), " functions")
                          : absl::StrJoin(wanted.functions, ", ");
  if (!wanted.how.parameters.empty()) {
    absl::StrAppend(&title, " (", absl::StrJoin(wanted.how.parameters, ", "), ")");
  }
  return wanted.gradient ? title + (wanted.functions.size() == 1 ? " and its derivative"
                                                                 : " and their derivatives")
                         : title;
}

// One function's curve and, where asked, its derivative's. A pair drawn alone
// differs in colour; among several functions the derivative is dashed.
absl::Status AddCurves(const client::Client& client, const CurvesWanted& wanted,
                       const std::string& name, Plot& plot) {
  client::Activation activation = wanted.how.ForClient();
  activation.function = name;
  const bool alone = wanted.functions.size() == 1;
  const int colour = static_cast<int>(plot.curves.size()) / (wanted.gradient ? 2 : 1);
  Curve curve{.label = name, .colour = colour, .dashed = false, .y = std::vector<double>(kPoints)};
  absl::Status forward = client.Forward(activation, plot.x, absl::MakeSpan(curve.y));
  if (!forward.ok()) return forward;
  plot.curves.push_back(std::move(curve));
  if (!wanted.gradient) return absl::OkStatus();
  Curve derivative{.label = name + "'",
                   .colour = alone ? 1 : colour,
                   .dashed = !alone,
                   .y = std::vector<double>(kPoints)};
  absl::Status gradient = client.Gradient(activation, plot.x, {}, absl::MakeSpan(derivative.y));
  plot.curves.push_back(std::move(derivative));
  return gradient;
}

}  // namespace

absl::StatusOr<Plot> ComputeCurves(const client::Client& client, const CurvesWanted& wanted) {
  Plot plot{
      .title = Title(wanted), .subtitle = "", .x = Grid(wanted.from, wanted.to), .curves = {}};
  for (const std::string& name : wanted.functions) {
    const auto function = FindFunction(client, name);
    if (!function.ok()) return function.status();
    if (function->kind != client::FunctionKind::kElementwise) {
      return absl::InvalidArgumentError(
          absl::StrCat("function: ", name, " is ", NameOf(function->kind),
                       "; only functions of one number, which `list` calls elementwise, are "
                       "drawn"));
    }
    if (wanted.functions.size() == 1) plot.subtitle = "f(x) = " + function->formula;
    const absl::Status added = AddCurves(client, wanted, name, plot);
    if (!added.ok()) return added;
  }
  return plot;
}

}  // namespace activation::cli
