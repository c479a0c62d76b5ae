#include "client/cli/commands/tensor_command.h"

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/evaluate.h"
#include "client/cli/exit_codes.h"
#include "client/cli/file_io.h"
#include "client/cli/grpcurl.h"
#include "client/cli/message.h"
#include "client/cli/tensor_input.h"
#include "client/cli/tensor_output.h"
#include "client/cli/terminal.h"

namespace activation::cli {
namespace {

Format FormatNamed(const std::string& name) {
  return name == "npy" ? Format::kNpy : name == "raw" ? Format::kRaw : Format::kAuto;
}

absl::StatusOr<InputOptions> InputOptionsOf(const TensorCommand& options) {
  InputOptions result;
  if (!options.dtype.empty()) result.dtype = DTypeNamed(options.dtype);
  if (options.has_shape) {
    auto shape = ParseShape(options.shape);
    if (!shape.ok()) return shape.status();
    result.shape = *std::move(shape);
  }
  return result;
}

// dy, read as x was; it must be of the same dtype and of the shape of y.
absl::StatusOr<Tensor> ReadDy(const TensorCommand& options, InputOptions input, const Tensor& x) {
  const std::vector<int64_t> y_shape = ResultShape(options.activation.ForClient(), x.shape);
  input.dtype = x.dtype;
  if (input.shape.has_value()) input.shape = y_shape;
  auto dy = ReadTensor(options.dy, input);
  if (!dy.ok()) return dy.status();
  if (dy->tensor.shape != y_shape) {
    return absl::InvalidArgumentError(absl::StrCat("dy has shape ", ShapeText(dy->tensor.shape),
                                                   ", ", y_shape == x.shape ? "x" : "y", " has ",
                                                   ShapeText(y_shape)));
  }
  return std::move(dy->tensor);
}

// The weights, of the dtype of x and of any shape.
absl::StatusOr<Tensor> ReadWeight(const TensorCommand& options, const Tensor& x) {
  auto weight = ReadTensor(options.weight, {.dtype = x.dtype, .shape = {}});
  if (!weight.ok()) return weight.status();
  return std::move(weight->tensor);
}

// What the options contradict themselves in, or "".
std::string Contradiction(const TensorCommand& options, const GlobalOptions& global) {
  const int from_stdin = (options.x == "-") + (options.dy == "-") + (options.weight == "-");
  if (from_stdin > 1) return "only one of x, --dy and --weight can come from stdin";
  if (options.parameter_gradients && options.output == "-") {
    return "with --parameter-gradients stdout is needed for these; give -o a file";
  }
  if (global.json && options.output == "-") return "--json and -o - both want stdout";
  return "";
}

}  // namespace

void AddTensorOptions(CLI::App& command, TensorCommand& options) {
  command
      .add_option("x", options.x,
                  "The input: an .npy file, a raw file (with --dtype), - for stdin,\n"
                  "or numbers as -1,0,0.5")
      ->required();
  AddActivationOptions(command, options.activation);
  AddDTypeOption(command, options.dtype, "What a raw file holds, or what numbers are rounded to");
  command
      .add_option_function<std::string>(
          "--shape",
          [&options](const std::string& text) {
            options.shape = text;
            options.has_shape = true;
          },
          "The shape of x, as 2,3 or 2x3; '' is that of a scalar")
      ->check(
          [](const std::string& text) { return std::string(ParseShape(text).status().message()); },
          "");
  command.add_option("-w,--weight", options.weight,
                     "The weights of a per-channel function, given as x is: one a channel\n"
                     "or one for all");
  command.add_option("-o,--output", options.output,
                     "Where the result goes: a .npy file, any other file for raw elements,\n"
                     "- for stdout; printed when absent");
  command.add_option("--format", options.format, "Of the output, whatever its name")
      ->check(CLI::IsMember({"auto", "npy", "raw"}))
      ->capture_default_str();
}

int RunTensorCommand(const TensorCommand& options, const GlobalOptions& global) {
  const std::string contradiction = Contradiction(options, global);
  if (!contradiction.empty()) return FailUsage(contradiction);
  const auto input = InputOptionsOf(options);
  if (!input.ok()) return FailUsage(std::string(input.status().message()));
  const auto x = ReadTensor(options.x, *input);
  if (!x.ok()) return FailInput(x.status());

  ResultWanted wanted{
      .activation = options.activation.ForClient(), .gradient = options.gradient, .x = &x->tensor};
  absl::StatusOr<Tensor> dy;
  if (!options.dy.empty()) {
    dy = ReadDy(options, *input, x->tensor);
    if (!dy.ok()) return FailInput(dy.status());
    wanted.dy = &*dy;
  }
  absl::StatusOr<Tensor> weight;
  if (!options.weight.empty()) {
    weight = ReadWeight(options, x->tensor);
    if (!weight.ok()) return FailInput(weight.status());
    wanted.weight = &*weight;
  }
  Result result{.activation = wanted.activation,
                .name = options.gradient ? "dx" : "y",
                .tensor = {},
                .has_parameter_gradients = options.parameter_gradients,
                .parameter_gradients = {},
                .weight_gradient = {}};
  if (options.parameter_gradients) {
    wanted.parameter_gradients = &result.parameter_gradients;
    if (wanted.weight != nullptr) wanted.weight_gradient = &result.weight_gradient;
  }
  if (global.print_grpcurl) {
    const auto command = GrpcurlCommand(global, wanted);
    const absl::Status printed = command.ok() ? WriteWhole("-", *command) : command.status();
    return printed.ok() ? kExitOk : FailInput(printed);
  }
  const client::Client client(global.ForClient());
  const bool animate = IsTerminal(Stream::kError);
  if (animate) {
    wanted.on_progress = [](size_t done, size_t all) {
      ShowProgressLine(absl::StrFormat("computed %d %% of %d", 100 * done / all, all));
    };
  }
  const absl::Status computed = Evaluate(client, wanted, result.tensor);
  if (animate) ShowProgressLine("");
  if (!computed.ok()) return FailService(computed, global.ForClient());

  const absl::Status written = WriteResult(result, {.path = options.output,
                                                    .format = FormatNamed(options.format),
                                                    .input_was_raw = x->source == Source::kRaw,
                                                    .json = global.json});
  return written.ok() ? kExitOk : FailInput(written);
}

}  // namespace activation::cli
