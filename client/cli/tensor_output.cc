#include "client/cli/tensor_output.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/file_io.h"
#include "client/cli/npy.h"
#include "client/cli/number_text.h"
#include "client/cli/tensor_text.h"
#include "client/cli/terminal.h"
#include "nlohmann/json.hpp"

namespace activation::cli {
namespace {

bool WritesNpy(const OutputOptions& options) {
  if (options.format != Format::kAuto) return options.format == Format::kNpy;
  if (options.path == "-") return !options.input_was_raw;
  return absl::EndsWith(options.path, ".npy");
}

std::string Quoted(const std::string& text) { return nlohmann::json(text).dump(); }

std::string JsonMap(const std::map<std::string, double>& values) {
  return absl::StrCat("{",
                      absl::StrJoin(values, ",",
                                    [](std::string* out, const auto& entry) {
                                      const char* value =
                                          reinterpret_cast<const char*>(&entry.second);
                                      absl::StrAppend(out, Quoted(entry.first), ":",
                                                      ElementJson(DType::kF64, value));
                                    }),
                      "}");
}

std::string ParameterGradientsText(const Result& result) {
  std::string text;
  for (const auto& [name, value] : result.parameter_gradients) {
    absl::StrAppend(&text, "d/d(", name, ") = ", NumberText(value), "\n");
  }
  return text;
}

std::string Printed(const Result& result) {
  if (!IsTerminal(Stream::kOut)) return OnePerLine(result.tensor);
  return Bracketed(result.tensor);
}

}  // namespace

std::string ResultJson(const Result& result) {
  std::string json =
      absl::StrCat("{\"function\":", Quoted(result.activation.function),
                   ",\"parameters\":", JsonMap(result.activation.parameters), ",\"tier\":\"",
                   NameOf(result.activation.tier), "\",\"dtype\":\"", NameOf(result.tensor.dtype),
                   "\",\"shape\":[", absl::StrJoin(result.tensor.shape, ","), "],\"", result.name,
                   "\":", JsonArray(result.tensor));
  if (result.has_parameter_gradients) {
    absl::StrAppend(&json, ",\"parameter_gradients\":", JsonMap(result.parameter_gradients));
  }
  return json + "}";
}

absl::Status WriteResult(const Result& result, const OutputOptions& options) {
  if (options.path.empty()) {
    if (options.json) return WriteWhole("-", ResultJson(result) + "\n");
    return WriteWhole("-", Printed(result) + ParameterGradientsText(result));
  }
  absl::Status written =
      WriteWhole(options.path, WritesNpy(options) ? NpyFile(result.tensor) : result.tensor.bytes);
  if (!written.ok() || !result.has_parameter_gradients) return written;
  if (options.json) return WriteWhole("-", JsonMap(result.parameter_gradients) + "\n");
  return WriteWhole("-", ParameterGradientsText(result));
}

}  // namespace activation::cli
