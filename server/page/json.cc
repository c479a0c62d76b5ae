#include "server/page/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "server/page/accuracy.h"
#include "src/base/errors.h"

namespace activation::page {
namespace {

using Json = nlohmann::ordered_json;

std::string Text(absl::string_view text) { return std::string(text); }

Json FigureJson(const Figure& figure) {
  return {{"misrounded", Text(figure.misrounded)}, {"ulp", Text(figure.ulp)}};
}

// By dtype; empty for a function that has no row.
Json AccuracyJson(absl::string_view function) {
  Json accuracy = Json::object();
  for (const MeasuredAccuracy& row : MeasuredAccuracies()) {
    if (row.function != function) continue;
    accuracy[Text(row.dtype)] = {{"inputs", Text(row.inputs)},
                                 {"exact_forward", FigureJson(row.exact_forward)},
                                 {"exact_gradient", FigureJson(row.exact_gradient)},
                                 {"fast_forward", FigureJson(row.fast_forward)},
                                 {"fast_gradient", FigureJson(row.fast_gradient)}};
  }
  return accuracy;
}

Json ParametersJson(const FunctionInfo& info) {
  Json parameters = Json::array();
  for (size_t i = 0; i < ParamCount(info); ++i) {
    const ParamInfo& param = info.params[i];
    parameters.push_back({{"name", param.name},
                          {"default_value", param.default_value},
                          {"minimum", param.minimum},
                          {"maximum", param.maximum},
                          {"differentiable", param.differentiable},
                          {"integral", param.integral},
                          {"description", param.description}});
  }
  return parameters;
}

Json CompanionJson(Kind kind) {
  const Companion companion = CompanionOf(kind);
  if (companion.name == nullptr) return nullptr;
  return {{"name", companion.name},
          {"default_value", companion.default_value},
          {"minimum", -kMostCompanion},
          {"maximum", kMostCompanion},
          {"description", companion.description}};
}

// The range of a function's picture at first: wide enough to show where it ends, as relu6 at 6.
Json RangeJson(const FunctionInfo& info) {
  CurveRequest range;
  if (info.kind == Kind::kElementwise) {
    constexpr double kBeyond = 4.0 / 3;
    for (const double end : {info.special.forward.front(), info.special.forward.back()}) {
      if (!std::isfinite(end)) continue;
      range.to = std::max(range.to, kBeyond * std::abs(end));
    }
    range.from = -range.to;
  }
  return {{"from", range.from}, {"to", range.to}};
}

Json FunctionJson(const FunctionInfo& info) {
  return {{"name", info.name},
          {"kind", Name(info.kind)},
          {"formula", info.formula},
          {"description", info.description},
          {"parameters", ParametersJson(info)},
          {"companion", CompanionJson(info.kind)},
          {"range", info.range},
          {"curve", RangeJson(info)},
          {"monotone", info.monotone},
          {"smooth", info.smooth},
          {"saturation", Saturation(info)},
          {"reference", info.reference},
          {"used_in", info.used_in},
          {"strengths", info.strengths},
          {"weaknesses", info.weaknesses},
          {"accuracy", AccuracyJson(info.name)}};
}

std::string Numbers(const std::vector<float>& values) {
  std::string text = "[";
  for (const float value : values) {
    if (text.size() > 1) text += ',';
    // JSON has no such numbers: infinities as protobuf and activation-client write them.
    if (!std::isfinite(value)) {
      text += std::isnan(value) ? "null" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
      continue;
    }
    char digits[32];
    text.append(digits, std::to_chars(digits, digits + sizeof(digits), value).ptr);
  }
  return text + "]";
}

}  // namespace

std::string FunctionsJson(const ServerFacts& server, const Engine& engine) {
  Json devices = Json::array();
  for (const DeviceInfo& device : engine.devices()) {
    devices.push_back({{"backend", device.backend}, {"description", device.Shown()}});
  }
  Json functions = Json::array();
  for (const FunctionInfo& info : Catalogue()) functions.push_back(FunctionJson(info));
  const Json all = {{"server",
                     {{"version", server.version},
                      {"address", server.address},
                      {"instruction_set", server.instruction_set},
                      {"devices", devices}}},
                    {"curve", {{"most_points", kMostPoints}}},
                    {"accuracy_measured", Text(DayOfMeasurement())},
                    {"functions", functions}};
  // A description of a device comes from outside and may be any bytes.
  return all.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string CurveJson(const CurveRequest& request, const Curve& curve) {
  const FunctionInfo& info = Catalogue()[request.function];
  return absl::StrCat("{\"function\":\"", info.name,
                      "\",\"dtype\":\"f32\",\"tier\":\"exact\",\"x\":", Numbers(curve.x),
                      ",\"y\":", Numbers(curve.y), ",\"derivative\":", Numbers(curve.derivative),
                      "}\n");
}

std::string FiguresJson(const CurveRequest& request, const diagnosis::Figures& figures) {
  // JSON has no such numbers: as protobuf and activation-client write them.
  const auto number = [](double value) -> Json {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
    return value;
  };
  const Json json = {{"function", Catalogue()[request.function].name},
                     {"distribution", {{"mean", 0}, {"deviation", 1}}},
                     {"mean", number(figures.mean)},
                     {"variance", number(figures.variance)},
                     {"zeros", figures.zeros},
                     {"dead", figures.dead},
                     {"saturated", figures.saturated},
                     {"non_finite", figures.non_finite},
                     {"gradient_gain", number(figures.gradient_gain)},
                     {"gradient_left_after_10", number(diagnosis::GradientLeft(figures, 10))},
                     {"gradient_left_after_50", number(diagnosis::GradientLeft(figures, 50))},
                     {"forward_init_gain", number(diagnosis::ForwardGain(figures))}};
  return json.dump() + "\n";
}

std::string ErrorJson(const absl::Status& status) {
  const Json error = {{"error",
                       {{"code", absl::StatusCodeToString(status.code())},
                        {"field", FieldOf(status)},
                        {"message", Text(status.message())}}}};
  return error.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace activation::page
