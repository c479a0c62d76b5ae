// A diagnosis for people and for programs: a table, JSON, and a picture of bars. Pure.
#ifndef ACTIVATION_CLIENT_CLI_DIAGNOSE_REPORT_H_
#define ACTIVATION_CLIENT_CLI_DIAGNOSE_REPORT_H_

#include <string>

#include "client/cli/diagnose/diagnosis.h"

namespace activation::cli::diagnose {

// The schema of the JSON form, "schema" in it.
inline constexpr char kSchema[] = "activation-diagnosis/1";

// Gains are drawn from 2^-kGainReach to 2^kGainReach.
inline constexpr int kGainReach = 4;

std::string ReportText(const Diagnosis& diagnosis);
std::string ReportJson(const Diagnosis& diagnosis);

// For each function a bar of what of its inputs is dead, saturated, learning and not finite,
// and its gradient gain on a logarithmic scale. A figure that is NaN is not drawn.
std::string ReportBars(const Diagnosis& diagnosis, bool colour);
// The same as files, and the mean and deviation of the output.
std::string ReportSvg(const Diagnosis& diagnosis);
std::string ReportPng(const Diagnosis& diagnosis);

// What all forms say above: "N(0, 1)".
std::string TitleOf(const Diagnosis& diagnosis);

}  // namespace activation::cli::diagnose

#endif  // ACTIVATION_CLIENT_CLI_DIAGNOSE_REPORT_H_
