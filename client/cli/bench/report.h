// A finished load test, and the forms it is written in. Pure functions of it.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_REPORT_H_
#define ACTIVATION_CLIENT_CLI_BENCH_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "activation/types.h"
#include "client/cli/bench/baseline.h"
#include "client/cli/bench/experiment.h"
#include "client/cli/bench/machine.h"
#include "client/cli/bench/prepared_calls.h"
#include "client/cli/bench/workload.h"

namespace activation::cli {

// Names the layout of the JSON, which report.schema.json describes; a change that could
// break a reader changes it.
inline constexpr char kReportSchema[] = "activation-bench/2";

struct Report {
  // A case of the workload, without its tensors.
  struct Case {
    CaseOptions options;
    size_t request_bytes = 0;  // of the tensors of one call
    size_t reply_bytes = 0;
  };

  std::string address;
  std::optional<client::ServerInfo> server{};  // where it says
  Machine machine{};
  std::vector<Case> cases{};
  Protocol protocol{};
  Expect expect = Expect::kResult;
  bool shared_memory = false;
  int connections = 1;  // asked for; ConnectionsOf says how many a load opens
  Experiment experiment{};
  Outcome outcome{};
  std::optional<Baseline> baseline{};

  const RunResult& result() const { return outcome.main().result; }
  const Load& load() const { return outcome.main().load; }
  // Of all points, wherever the headline is.
  uint64_t wrong() const;
  // On the headline and on what was found.
  std::vector<std::string> notes() const;
};

std::string ReportText(const Report& report);
// What a search found, in a sentence.
std::string SearchText(const Report& report);
std::string ReportJson(const Report& report);
// One line a point, with a line of names before.
std::string ReportCsv(const Report& report);
std::string ReportMarkdown(const Report& report);
// One file that needs no other, with plots as SVG, light or dark as the reader has it.
std::string ReportHtml(const Report& report);
// The percentiles of the latency in milliseconds, as HdrHistogram's tools read them
// (http://hdrhistogram.github.io/HdrHistogram/plotFiles.html).
std::string ReportHgrm(const Report& report);

// In the form that the file's name asks for: .txt, .json, .csv, .md, .html or .hgrm.
std::string ReportFor(const std::string& path, const Report& report);
// For CLI11: "" where it asks for one of them, or is - for stdout.
std::string CheckReportName(const std::string& path);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_REPORT_H_
