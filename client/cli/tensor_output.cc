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
  for (size_t i = 0; i < result.weight_gradient.size(); ++i) {
    absl::StrAppend(&text, "d/d(weight[", i, "]) = ", NumberText(result.weight_gradient[i]), "\n");
  }
  return text;
}

// The values of "parameter_gradients", and those of "weight_gradient" where there are
// any.
std::string GradientsJson(const Result& result) {
  std::string json = JsonMap(result.parameter_gradients);
  if (result.weight_gradient.empty()) return json;
  absl::StrAppend(
      &json, ",\"weight_gradient\":[",
      absl::StrJoin(result.weight_gradient, ",",
                    [](std::string* out, double value) {
                      absl::StrAppend(
                          out, ElementJson(DType::kF64, reinterpret_cast<const char*>(&value)));
                    }),
      "]");
  return json;
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
    absl::StrAppend(&json, ",\"parameter_gradients\":", GradientsJson(result));
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
  if (options.json) {
    const std::string gradients =
        result.weight_gradient.empty()
            ? JsonMap(result.parameter_gradients)
            : absl::StrCat("{\"parameter_gradients\":", GradientsJson(result), "}");
    return WriteWhole("-", gradients + "\n");
  }
  return WriteWhole("-", ParameterGradientsText(result));
}

}  // namespace activation::cli
