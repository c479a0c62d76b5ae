#include <cmath>

#include "client/cli/check/report.h"
#include "client/cli/json_text.h"
#include "client/cli/number_json.h"
#include "nlohmann/json.hpp"

namespace activation::cli::check {
namespace {

using Json = nlohmann::ordered_json;

Json WrongJson(const Report& report, const Wrong& wrong) {
  Json json = {{"index", wrong.index}, {"x", NumberJson(wrong.x)}};
  if (report.companion == CompanionKind::kOtherHalf) {
    json["other_half"] = NumberJson(wrong.companion);
  }
  if (report.companion == CompanionKind::kWeight) json["weight"] = NumberJson(wrong.companion);
  if (report.has_dy) json["dy"] = NumberJson(wrong.dy);
  json["result"] = NumberJson(wrong.result);
  json["expected"] = NumberJson(wrong.expected);
  json["truth"] = NumberJson(wrong.truth);
  json["ulp"] = std::isinf(wrong.ulp) ? Json(nullptr) : Json(wrong.ulp);
  return json;
}

Json TallyJson(const Report& report, const Tally& tally) {
  Json json = {{"inputs", tally.inputs},
               {"correctly_rounded", tally.right()},
               {"wrong", tally.wrong},
               {"not_next", tally.far},
               {"wrong_zeros", tally.wrong_zeros},
               {"wrong_signs", tally.wrong_signs},
               {"nan_for_number", tally.nan_made},
               {"number_for_nan", tally.nan_lost},
               {"infinity_for_number", tally.inf_made},
               {"number_for_infinity", tally.inf_lost},
               {"other_sign_of_zero", tally.zero_signs}};
  json["largest"] = tally.worst.ulp == 0 ? Json(nullptr) : WrongJson(report, tally.worst);
  return json;
}

Json HistogramJson(const UlpHistogram& histogram) {
  Json json = Json::array();
  for (size_t bin = 0; bin < UlpHistogram::kBins; ++bin) {
    if (histogram.count(bin) == 0) continue;
    json.push_back(
        {{"up_to_ulp", NumberJson(UlpHistogram::Limit(bin))}, {"results", histogram.count(bin)}});
  }
  return json;
}

}  // namespace

std::string ReportJson(const Report& report) {
  const Findings& findings = *report.findings;
  Json json = {{"schema", kSchema},
               {"function", report.activation.function},
               {"parameters", report.activation.parameters},
               {"direction", report.gradient ? "gradient" : "forward"},
               {"dtype", NameOf(report.dtype)},
               {"unit", report.dtype == DType::kF64 ? "numbers from the reference" : "ulp"}};
  json["stopped_early"] = report.stopped_early;
  json["finite_inputs"] = TallyJson(report, findings.finite());
  json["special_inputs"] = TallyJson(report, findings.special());
  json["histogram"] = HistogramJson(findings.histogram());
  json["worst"] = Json::array();
  for (const Wrong& wrong : findings.worst()) json["worst"].push_back(WrongJson(report, wrong));
  if (report.max_ulp) {
    json["max_ulp"] = *report.max_ulp;
    json["passed"] = !report.exceeded() && !report.stopped_early;
  }
  return JsonText(json, 2);
}

}  // namespace activation::cli::check
