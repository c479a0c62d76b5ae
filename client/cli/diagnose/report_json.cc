#include "client/cli/diagnose/report.h"
#include "client/cli/json_text.h"
#include "client/cli/number_json.h"
#include "nlohmann/json.hpp"

namespace activation::cli::diagnose {
namespace {

using Json = nlohmann::ordered_json;

Json SubjectJson(const Subject& subject) {
  Json json = {{"name", subject.name}};
  if (subject.normal.has_value()) {
    json["normal"] = {{"mean", subject.normal->mean}, {"deviation", subject.normal->deviation}};
  }
  if (subject.x.has_value()) {
    json["elements"] = subject.x->elements();
    json["dtype"] = NameOf(subject.x->dtype);
  }
  if (!subject.server.empty()) json["server"] = subject.server;
  return json;
}

Json FunctionJson(const FunctionFigures& of) {
  const diagnosis::Figures& figures = of.figures;
  return {{"function", of.function},
          {"mean", NumberJson(figures.mean)},
          {"variance", NumberJson(figures.variance)},
          {"zero_centred", of.centred()},
          {"zeros", figures.zeros},
          {"dead", figures.dead},
          {"saturated", figures.saturated},
          {"non_finite", figures.non_finite},
          {"gradient_gain", NumberJson(figures.gradient_gain)},
          {"gradient_left_after_10", NumberJson(diagnosis::GradientLeft(figures, 10))},
          {"gradient_left_after_50", NumberJson(diagnosis::GradientLeft(figures, 50))},
          {"forward_init_gain", NumberJson(diagnosis::ForwardGain(figures))},
          {"backward_init_gain", NumberJson(diagnosis::BackwardGain(figures))},
          {"forward_ns_per_element", of.forward_ns},
          {"gradient_ns_per_element", of.gradient_ns}};
}

}  // namespace

std::string ReportJson(const Diagnosis& diagnosis) {
  Json json = {{"schema", kSchema},
               {"input", SubjectJson(diagnosis.subject)},
               {"stopped_early", diagnosis.stopped_early}};
  json["functions"] = Json::array();
  for (const FunctionFigures& of : diagnosis.functions) {
    json["functions"].push_back(FunctionJson(of));
  }
  return JsonText(json, 2);
}

}  // namespace activation::cli::diagnose
