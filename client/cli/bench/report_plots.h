// Which plots a report has. Pure functions.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_REPORT_PLOTS_H_
#define ACTIVATION_CLIENT_CLI_BENCH_REPORT_PLOTS_H_

#include <string>
#include <vector>

#include "client/cli/bench/report.h"

namespace activation::cli {

// Each an SVG; those without anything to show are left out.
std::vector<std::string> ReportPlots(const Report& report);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_REPORT_PLOTS_H_
