#include "client/cli/diagnose/diagnose.h"

#include <CLI/CLI.hpp>
#include <atomic>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/commands/commands.h"
#include "client/cli/diagnose/normal_text.h"
#include "client/cli/diagnose/report.h"
#include "client/cli/exit_codes.h"
#include "client/cli/file_io.h"
#include "client/cli/half.h"
#include "client/cli/interrupt.h"
#include "client/cli/message.h"
#include "client/cli/number_text.h"
#include "client/cli/tensor_input.h"
#include "client/cli/terminal.h"
#include "src/functions/catalogue.h"

namespace activation::cli {
namespace {

// Numbers of a sample that nobody gave the size of.
constexpr int kSample = 65536;

struct DiagnoseOptions {
  std::string x;
  std::string normal;
  std::optional<int> sample;
  std::vector<std::string> functions;
  ActivationOptions how;
  std::string dtype;
  bool server = false;
  std::string svg;
  std::string png;
};

// What is wrong with the command line, or "".
std::string Contradiction(const DiagnoseOptions& options, const GlobalOptions& global) {
  if (options.x.empty() == options.normal.empty()) {
    return "give either a tensor or --normal MEAN,DEVIATION";
  }
  if (options.normal.empty() && options.sample.has_value()) return "--sample is for --normal";
  if (!options.how.parameters.empty() && options.functions.size() != 1) {
    return "--param is of one function: name it with --function";
  }
  if (options.svg == "-" && global.json) return "--json and --svg - both want stdout";
  if (options.png == "-" && (global.json || options.svg == "-")) {
    return "--png - wants stdout for itself";
  }
  return "";
}

// Numbers rounded to a dtype.
Tensor TensorOf(const std::vector<double>& values, DType dtype) {
  Tensor tensor{.dtype = dtype, .shape = {static_cast<int64_t>(values.size())}, .bytes = ""};
  const auto append = [&tensor](auto number) {
    tensor.bytes.append(reinterpret_cast<const char*>(&number), sizeof(number));
  };
  for (const double value : values) {
    switch (dtype) {
      case DType::kF64:
        append(value);
        break;
      case DType::kF32:
        append(static_cast<float>(value));
        break;
      case DType::kF16:
        append(HalfFromDouble(value));
        break;
      case DType::kBF16:
        append(BFloat16FromDouble(value));
        break;
    }
  }
  return tensor;
}

absl::StatusOr<diagnose::Subject> SubjectOf(const DiagnoseOptions& options,
                                            const GlobalOptions& global) {
  std::optional<DType> dtype;
  if (!options.dtype.empty()) dtype = DTypeNamed(options.dtype);
  diagnose::Subject subject;
  if (options.server) subject.server = global.address;
  if (options.normal.empty()) {
    absl::StatusOr<InputTensor> input = ReadTensor(options.x, {.dtype = dtype, .shape = {}});
    if (!input.ok()) return input.status();
    const bool named = input->source != Source::kNumbers;
    subject.name = named ? InputName(options.x) : "the numbers given";
    subject.x = std::move(input->tensor);
    if (subject.x->elements() == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(subject.name, ": has 0 elements; a diagnosis needs at least 1"));
    }
    return subject;
  }
  subject.normal = ParseNormal(options.normal);
  subject.name = absl::StrCat("N(", NumberText(subject.normal->mean), ", ",
                              NumberText(subject.normal->deviation), ")");
  // A distribution has no dtype, and no server has it.
  if (options.sample.has_value() || options.server || dtype.has_value()) {
    const auto count = static_cast<size_t>(options.sample.value_or(kSample));
    subject.x =
        TensorOf(diagnosis::StratifiedSample(*subject.normal, count), dtype.value_or(DType::kF32));
  }
  return subject;
}

// The functions of one number, by the names of this program.
std::vector<std::string> AllFunctions() {
  std::vector<std::string> names;
  for (const FunctionInfo& info : ElementwiseFunctions()) names.emplace_back(info.name);
  return names;
}

// Of all functions, unless somebody presses Ctrl-C.
absl::StatusOr<diagnose::Diagnosis> Compute(const DiagnoseOptions& options,
                                            const GlobalOptions& global,
                                            diagnose::Subject subject) {
  const std::atomic<bool>& interrupted = StopOnInterrupt();
  diagnose::Diagnosis result{.subject = std::move(subject), .functions = {}};
  client::Activation activation = options.how.ForClient();
  const std::vector<std::string> names =
      options.functions.empty() ? AllFunctions() : options.functions;
  const bool animate = IsTerminal(Stream::kError) && names.size() > 1;
  absl::Status status;
  for (const std::string& name : names) {
    result.stopped_early = interrupted;
    if (result.stopped_early) break;
    if (animate) {
      ShowProgressLine(
          absl::StrCat(result.functions.size(), " of ", names.size(), " functions, ", name));
    }
    activation.function = name;
    auto figures = options.server
                       ? diagnose::DiagnoseThere(global.ForClient(), activation, result.subject)
                       : diagnose::DiagnoseHere(activation, result.subject);
    status = figures.status();
    if (!status.ok()) break;
    result.functions.push_back(*std::move(figures));
  }
  if (animate) ShowProgressLine("");
  if (!status.ok()) return status;
  return result;
}

absl::Status CheckPictures(const DiagnoseOptions& options) {
  absl::Status status;
  for (const std::string& path : {options.svg, options.png}) {
    if (!path.empty()) status.Update(CheckWritable(path));
  }
  return status;
}

// The figures first: whatever cannot be drawn, they are told, unless stdout is the picture's.
absl::Status Write(const DiagnoseOptions& options, const GlobalOptions& global,
                   const diagnose::Diagnosis& diagnosis) {
  absl::Status status;
  if (options.svg != "-" && options.png != "-") {
    status =
        WriteWhole("-", global.json ? ReportJson(diagnosis)
                                    : absl::StrCat(ReportText(diagnosis), "\n",
                                                   ReportBars(diagnosis, UseColour(Stream::kOut))));
  }
  if (!options.svg.empty()) status.Update(WriteWhole(options.svg, ReportSvg(diagnosis)));
  if (!options.png.empty()) status.Update(WriteWhole(options.png, ReportPng(diagnosis)));
  return status;
}

int RunDiagnose(const DiagnoseOptions& options, const GlobalOptions& global) {
  const std::string contradiction = Contradiction(options, global);
  if (!contradiction.empty()) return FailUsage(contradiction);
  absl::StatusOr<diagnose::Subject> subject = SubjectOf(options, global);
  if (!subject.ok()) return FailInput(subject.status());
  const absl::Status writable = CheckPictures(options);
  if (!writable.ok()) return FailInput(writable);
  const auto diagnosis = Compute(options, global, *std::move(subject));
  if (!diagnosis.ok()) return FailService(diagnosis.status(), global.ForClient());
  const absl::Status written = Write(options, global, *diagnosis);
  if (diagnosis->stopped_early) Say("stopped before the end");
  return written.ok() ? kExitOk : FailInput(written);
}

}  // namespace

void AddDiagnose(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "diagnose", "Say which functions saturate, die or shift the mean; needs no server");
  command->footer(
      "  activation-client diagnose x.npy                       all functions on pre-activations\n"
      "  activation-client diagnose --normal 0,1 -f relu,gelu,tanh\n"
      "  activation-client diagnose --normal 0,1 --svg=normal.svg --png=normal.png\n"
      "  activation-client diagnose --normal 0,3 -f leaky_relu -p slope=0.2 --json\n"
      "  activation-client diagnose x.npy --server --address=host:50051");
  auto options = std::make_shared<DiagnoseOptions>();
  command->add_option("x", options->x,
                      "Pre-activations: an .npy file, a raw file (with --dtype), - for stdin, or\n"
                      "numbers as -1,0,0.5");
  command
      ->add_option("--normal", options->normal,
                   "In place of x, a normal distribution: figures are expectations over it, by\n"
                   "numerical integration in f64")
      ->type_name("MEAN,DEVIATION")
      ->check(CheckNormal, "");
  command
      ->add_option("--sample", options->sample,
                   "In place of the integral, so many numbers, the medians of as many ranges of\n"
                   "equal probability; 65536 where --dtype or --server ask for a sample")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1 << 26));
  command
      ->add_option("-f,--function", options->functions,
                   "A function; may be repeated, or several as relu,gelu. All when absent")
      ->type_name("NAME")
      ->delimiter(',')
      ->allow_extra_args(false);
  AddHowOptions(*command, options->how);
  AddDTypeOption(*command, options->dtype, "What raw files hold, or what numbers are rounded to");
  command->add_flag("--server", options->server,
                    "Ask the server at --address for its statistics, in place of this program;\n"
                    "each function has the time of --deadline");
  command->add_option("--svg", options->svg, "Draw into this .svg file")->type_name("FILE");
  command->add_option("--png", options->png, "Draw into this .png file")->type_name("FILE");
  command->callback([options, &context] {
    context.run = [options, &context] { return RunDiagnose(*options, context.global); };
  });
}

}  // namespace activation::cli
