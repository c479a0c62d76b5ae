// What a check says: as text, as JSON, as a plot of error against x. Pure functions.
#ifndef ACTIVATION_CLIENT_CLI_CHECK_REPORT_H_
#define ACTIVATION_CLIENT_CLI_CHECK_REPORT_H_

#include <optional>
#include <string>

#include "activation/types.h"
#include "client/cli/check/findings.h"
#include "client/cli/plot.h"
#include "client/cli/tensor.h"

namespace activation::cli::check {

// The schema of the JSON form, "schema" in it.
inline constexpr char kSchema[] = "activation-check/1";

// What a result is made of beside x and dy.
enum class CompanionKind { kNone, kOtherHalf, kWeight };

struct Report {
  client::Activation activation{};
  bool gradient = false;
  bool has_dy = false;
  CompanionKind companion = CompanionKind::kNone;
  DType dtype = DType::kF32;
  std::optional<double> max_ulp{};  // where one is asked for
  bool stopped_early = false;       // not every element was compared
  const Findings* findings = nullptr;

  bool exceeded() const { return max_ulp.has_value() && findings->Exceed(*max_ulp); }
};

// Tables, without the plot.
std::string ReportText(const Report& report);
std::string ReportJson(const Report& report);
// No point where no x was small enough to be drawn, then there is nothing to draw.
Plot ReportPlot(const Report& report);

// "gelu", "gelu'", "leaky_relu slope=0.2".
std::string SubjectText(const Report& report);

}  // namespace activation::cli::check

#endif  // ACTIVATION_CLIENT_CLI_CHECK_REPORT_H_
