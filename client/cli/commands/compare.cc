#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/bench/comparison.h"
#include "client/cli/commands/commands.h"
#include "client/cli/exit_codes.h"
#include "client/cli/file_io.h"
#include "client/cli/message.h"
#include "client/cli/options.h"

namespace activation::cli {
namespace {

struct CompareOptions {
  std::string first;
  std::string second;
  double least_percent = 2;
  bool fail_if_worse = false;
};

int RunCompare(const CompareOptions& options, const GlobalOptions& global) {
  const auto first = ReadWhole(options.first);
  if (!first.ok()) return FailInput(first.status());
  const auto second = ReadWhole(options.second);
  if (!second.ok()) return FailInput(second.status());
  const auto comparison =
      CompareReports({InputName(options.first), *first}, {InputName(options.second), *second},
                     options.least_percent / 100);
  if (!comparison.ok()) return FailInput(comparison.status());
  const absl::Status written =
      WriteWhole("-", global.json ? ComparisonJson(*comparison) : ComparisonText(*comparison));
  if (!written.ok()) return FailInput(written);
  if (!options.fail_if_worse) return kExitOk;
  const std::vector<std::string> failures = comparison->Failures();
  for (const std::string& failure : failures) Say(absl::StrCat("error: ", failure));
  return failures.empty() ? kExitOk : kExitThreshold;
}

}  // namespace

void AddCompare(CLI::App& app, Context& context) {
  CLI::App* command =
      app.add_subcommand("compare", "Say whether one load test differs from another");
  command->footer(
      "  activation-client compare before.json after.json\n"
      "  activation-client compare before.json after.json --least=5 --fail-if-worse");
  auto options = std::make_shared<CompareOptions>();
  command->add_option("first", options->first, "A report of bench in JSON")
      ->type_name("FILE")
      ->required();
  command->add_option("second", options->second, "Another")->type_name("FILE")->required();
  command
      ->add_option("--least", options->least_percent,
                   "Differences of so many per cent or less are none")
      ->check(NumberFrom(0, 1000), "")
      ->capture_default_str();
  command->add_flag("--fail-if-worse", options->fail_if_worse,
                    "Exit with 99 where a figure of the second is worse or has too few calls\n"
                    "to say, or a run is invalid or had wrong replies");
  command->callback([options, &context] {
    context.run = [options, &context] { return RunCompare(*options, context.global); };
  });
}

}  // namespace activation::cli
