#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/check/comparison.h"
#include "client/cli/check/inputs.h"
#include "client/cli/check/reference.h"
#include "client/cli/check/report.h"
#include "client/cli/commands/commands.h"
#include "client/cli/evaluate.h"
#include "client/cli/exit_codes.h"
#include "client/cli/file_io.h"
#include "client/cli/interrupt.h"
#include "client/cli/message.h"
#include "client/cli/plot_picture.h"
#include "client/cli/plot_terminal.h"
#include "client/cli/tensor_input.h"
#include "client/cli/terminal.h"

namespace activation::cli {
namespace {

// Elements that are read and compared at a time, but where more belong together (walk.h).
constexpr size_t kBlock = size_t{1} << 18;

struct CheckOptions {
  ActivationOptions activation;
  std::vector<std::string> tensors;
  std::string all_inputs;
  bool gradient = false;
  std::string weight;
  std::string dtype;
  std::optional<std::string> shape;
  std::string svg;
  std::optional<double> max_ulp;
};

// What is wrong with the command line, or "".
std::string Contradiction(const CheckOptions& options, const GlobalOptions& global) {
  if (options.svg == "-" && global.json) return "--json and --svg - both want stdout";
  if (options.max_ulp.has_value() && !(std::isfinite(*options.max_ulp) && *options.max_ulp >= 0)) {
    return "--max-ulp: must be a number from 0 on";
  }
  if (!options.all_inputs.empty()) {
    if (!options.tensors.empty() || !options.weight.empty() || options.shape.has_value()) {
      return "with --all-inputs there is no other tensor to give";
    }
    if (options.dtype == "f16" || options.dtype == "bf16") return "";
    return "--all-inputs needs --dtype=f16 or --dtype=bf16";
  }
  const auto& tensors = options.tensors;
  if (std::count(tensors.begin(), tensors.end(), "-") + (options.weight == "-") > 1) {
    return "only one tensor can come from stdin";
  }
  const size_t most = options.gradient ? 3 : 2;
  if (tensors.size() >= 2 && tensors.size() <= most) return "";
  return options.gradient ? "x, dy and dx are needed, or x and dx, or --all-inputs"
                          : "x and y are needed, or --all-inputs";
}

absl::StatusOr<check::Inputs> OpenInputs(const CheckOptions& options) {
  if (!options.all_inputs.empty()) {
    return check::Inputs::OpenAll(options.all_inputs, DTypeNamed(options.dtype));
  }
  std::optional<DType> dtype;
  if (!options.dtype.empty()) dtype = DTypeNamed(options.dtype);
  std::optional<std::vector<int64_t>> shape;
  if (options.shape.has_value()) {
    shape = *ParseShape(*options.shape);
  }
  return check::Inputs::Open(options.tensors, dtype, std::move(shape));
}

// Brings function, weights and tensors together.
absl::Status Fit(const CheckOptions& options, const check::Inputs& inputs,
                 check::Reference& reference) {
  std::optional<Tensor> weight;
  if (!options.weight.empty()) {
    auto read = ReadTensor(options.weight, {.dtype = inputs.dtype(), .shape = {}});
    if (!read.ok()) return read.status();
    weight = std::move(read->tensor);
  }
  absl::Status fits = reference.Fit(inputs.shape(), weight);
  if (!fits.ok()) return fits;
  const std::vector<int64_t> y = ResultShape(options.activation.ForClient(), inputs.shape());
  return inputs.CheckShapes(y, options.gradient ? inputs.shape() : y);
}

// Elements compared: all, unless somebody presses Ctrl-C.
absl::StatusOr<size_t> Compare(check::Inputs& inputs, const check::Walk& walk,
                               check::Comparison& comparison) {
  const std::atomic<bool>& interrupted = StopOnInterrupt();
  const size_t all = inputs.elements();
  const bool animate = IsTerminal(Stream::kError) && all > kBlock;
  absl::Status status;
  size_t done = 0;
  while (done < all && status.ok() && !interrupted) {
    const size_t count = std::min(walk.CountFrom(done, kBlock), all - done);
    const auto block = inputs.Next(walk, count);
    status = block.ok() ? comparison.Add(*block) : block.status();
    done += count;
    if (animate) {
      ShowProgressLine(absl::StrFormat("compared %d %% of %d", 100 * done / all, all));
    }
  }
  if (animate) ShowProgressLine("");
  if (!status.ok()) return status;
  return done;
}

// A line needs two points.
bool CanBeDrawn(const Plot& plot) { return plot.x.size() >= 2; }

std::string WithPlot(const check::Report& report, const Plot& plot) {
  std::string text = check::ReportText(report);
  if (!CanBeDrawn(plot)) return text;
  const TerminalSize size = SizeOfTerminal();
  return absl::StrCat(text, "\n",
                      PlotText(plot, {.columns = std::min(size.columns, 100),
                                      .rows = std::min(size.rows, 22),
                                      .colour = UseColour(Stream::kOut)}));
}

absl::Status Draw(const std::string& path, const Plot& plot) {
  if (CanBeDrawn(plot)) return WriteWhole(path, PlotSvg(plot));
  // No fault of the results, nor of the file.
  Say("--svg: nothing is drawn, too few inputs are between -128 and 128");
  return absl::OkStatus();
}

// The findings first: whatever cannot be drawn, they are told, unless stdout is the picture's.
absl::Status Write(const CheckOptions& options, const GlobalOptions& global,
                   const check::Report& report) {
  const Plot plot = check::ReportPlot(report);
  absl::Status status;
  if (options.svg != "-") {
    status = WriteWhole("-", global.json ? check::ReportJson(report) : WithPlot(report, plot));
  }
  if (!options.svg.empty()) status.Update(Draw(options.svg, plot));
  return status;
}

int Judge(const check::Report& report) {
  if (report.exceeded()) {
    Say(absl::StrFormat("error: results are more than %g ULP from the exact values, or NaN amiss",
                        *report.max_ulp));
    return kExitWrongNumbers;
  }
  if (!report.stopped_early) return kExitOk;
  Say("stopped before the end");
  // The rest may be wrong.
  return report.max_ulp.has_value() ? kExitThreshold : kExitOk;
}

check::CompanionKind CompanionKindOf(Kind kind) {
  if (kind == Kind::kGated) return check::CompanionKind::kOtherHalf;
  return kind == Kind::kPerChannel ? check::CompanionKind::kWeight : check::CompanionKind::kNone;
}

int RunCheck(const CheckOptions& options, const GlobalOptions& global) {
  const std::string contradiction = Contradiction(options, global);
  if (!contradiction.empty()) return FailUsage(contradiction);
  const client::Activation activation = options.activation.ForClient();
  auto reference = check::Reference::Make(activation, options.gradient);
  if (!reference.ok()) return FailService(reference.status(), global.ForClient());
  if (!options.all_inputs.empty() && reference->kind() != Kind::kElementwise) {
    return FailUsage(absl::StrCat("--all-inputs is for functions of one number; ",
                                  activation.function, " is ", Name(reference->kind())));
  }
  auto inputs = OpenInputs(options);
  if (!inputs.ok()) return FailInput(inputs.status());
  const absl::Status fits = Fit(options, *inputs, *reference);
  if (!fits.ok()) return FailInput(fits);
  // A gate that nothing went through is no pass.
  if (inputs->elements() == 0 && options.max_ulp.has_value()) {
    return FailInput(absl::InvalidArgumentError(
        "nothing to compare: the tensors have 0 elements, and --max-ulp asks for a verdict"));
  }
  if (!options.svg.empty()) {
    const absl::Status writable = CheckWritable(options.svg);
    if (!writable.ok()) return FailInput(writable);
  }
  check::Comparison comparison(*reference, inputs->dtype());
  const auto compared = Compare(*inputs, reference->walk(), comparison);
  if (!compared.ok()) return FailInput(compared.status());
  const check::Report report{.activation = activation,
                             .gradient = options.gradient,
                             .has_dy = inputs->has_dy(),
                             .companion = CompanionKindOf(reference->kind()),
                             .dtype = inputs->dtype(),
                             .max_ulp = options.max_ulp,
                             .stopped_early = *compared < inputs->elements(),
                             .findings = &comparison.findings()};
  const absl::Status written = Write(options, global, report);
  const int verdict = Judge(report);
  if (written.ok()) return verdict;
  const int unwritten = FailInput(written);
  // No fault of a file hides wrong results.
  return verdict == kExitWrongNumbers ? verdict : unwritten;
}

}  // namespace

void AddCheck(CLI::App& app, Context& context) {
  CLI::App* command =
      app.add_subcommand("check", "Hold anyone's results against the exact ones; needs no server");
  command->footer(
      "  activation-client check --function=gelu x.npy y.npy\n"
      "  activation-client check --function=gelu --gradient x.npy dy.npy dx.npy --svg=error.svg\n"
      "  activation-client check --function=gelu --all-inputs=y.bin --dtype=bf16 --max-ulp=1\n"
      "  activation-client check -f leaky_relu -p slope=0.5 -2,-1,3 -1,-0.5,3\n"
      "  activation-client check -f softmax -p axis=-1 x.npy y.npy --max-ulp=1\n"
      "  activation-client check -f prelu --weight=w.npy x.npy y.npy");
  auto options = std::make_shared<CheckOptions>();
  command->add_option("tensors", options->tensors,
                      "x and y; with --gradient x, dy and dx, or x and dx for a dy of ones.\n"
                      "Each is an .npy file, a raw file (with --dtype), - for stdin, or\n"
                      "numbers as -1,0,0.5");
  AddActivationOptions(*command, options->activation);
  // Only EXACT results can judge others.
  command->remove_option(command->get_option("--tier"));
  command->add_flag("-g,--gradient", options->gradient, "Check dx = dy * f'(x)");
  command
      ->add_option("--all-inputs", options->all_inputs,
                   "Results for every f16 or bf16 number in the order of their bits, 0 to\n"
                   "65535: such a file alone, no x")
      ->type_name("FILE");
  command->add_option("-w,--weight", options->weight,
                      "The weights of a per-channel function, given as x is: one a channel\n"
                      "or one for all");
  command
      ->add_option("--shape", options->shape,
                   "The shape of x, as 2,3 or 2x3: what row-wise, gated and per-channel\n"
                   "functions need of a raw file or numbers, which else have one axis")
      ->check(
          [](const std::string& text) { return std::string(ParseShape(text).status().message()); },
          "");
  AddDTypeOption(*command, options->dtype, "What raw files hold, or what numbers are rounded to");
  command->add_option("--svg", options->svg, "Draw the error against x into this file")
      ->type_name("FILE");
  command->add_option("--max-ulp", options->max_ulp,
                      "Exit with 98 where any error is larger, or NaN is amiss; 0.5 asks for\n"
                      "correct rounding. Exit with 3 where there is nothing to compare");
  command->callback([options, &context] {
    context.run = [options, &context] { return RunCheck(*options, context.global); };
  });
}

}  // namespace activation::cli
