#include <cmath>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/page/curve.h"
#include "src/base/errors.h"
#include "src/base/words.h"

namespace activation::page {
namespace {

// What f32 holds with room for what functions make of it.
constexpr double kMostX = 1e30;
constexpr char kParameters[] = "parameters.";

// Takes a number in [low, high] out of the query; an absent one leaves `value` as it is.
absl::Status TakeNumber(Query& query, const std::string& name, double low, double high,
                        double* value) {
  const auto field = query.extract(name);
  if (field.empty()) return absl::OkStatus();
  double number = 0;
  if (absl::SimpleAtod(field.mapped(), &number) && number >= low && number <= high) {
    *value = number;
    return absl::OkStatus();
  }
  return InvalidField(name, absl::StrCat("must be a number from ", low, " to ", high));
}

absl::Status TakePoints(Query& query, size_t* points) {
  auto number = static_cast<double>(*points);
  absl::Status status = TakeNumber(query, "points", 2, kMostPoints, &number);
  if (status.ok() && number != std::trunc(number)) {
    status = InvalidField("points", "must be a whole number");
  }
  *points = static_cast<size_t>(number);
  return status;
}

// A curve runs along an axis of its own, so functions with an axis have no parameters here.
absl::StatusOr<Params> TakeParams(Query& query, FunctionId function) {
  const Kind kind = Catalogue()[function].kind;
  NamedValues given;
  for (auto field = query.begin(); field != query.end();) {
    absl::string_view name = field->first;
    if (!absl::ConsumePrefix(&name, kParameters)) {
      ++field;
      continue;
    }
    if (kind == Kind::kRowWise || kind == Kind::kGated) {
      return InvalidField("parameters", "a curve has an axis of its own");
    }
    double value = 0;
    // Refused as such.
    if (!absl::SimpleAtod(field->second, &value)) value = kNotANumber;
    given.emplace(name, value);
    field = query.erase(field);
  }
  return ResolveParams(function, given);
}

}  // namespace

Companion CompanionOf(Kind kind) {
  switch (kind) {
    case Kind::kElementwise:
      return {};
    case Kind::kPerChannel:
      return {"weight", 0.25, "the channel's weight"};
    case Kind::kRowWise:
      return {"other", 0, "the other element of the row [x, other]"};
    case Kind::kGated:
      break;
  }
  return {"a", 1, "the half that b, the other half, gates"};
}

absl::StatusOr<CurveRequest> ReadCurveRequest(Query query) {
  CurveRequest request;
  const auto name = query.extract("function");
  if (name.empty()) return InvalidField("function", "is missing");
  const absl::StatusOr<FunctionId> function = FindFunction(name.mapped());
  if (!function.ok()) return function.status();
  request.function = *function;

  absl::Status status = TakeNumber(query, "from", -kMostX, kMostX, &request.from);
  status.Update(TakeNumber(query, "to", -kMostX, kMostX, &request.to));
  status.Update(TakePoints(query, &request.points));
  const Companion companion = CompanionOf(Catalogue()[*function].kind);
  if (companion.name != nullptr) {
    request.companion = companion.default_value;
    status.Update(
        TakeNumber(query, companion.name, -kMostCompanion, kMostCompanion, &request.companion));
  }
  if (!status.ok()) return status;
  if (request.from >= request.to) return InvalidField("to", "must be above from");

  const absl::StatusOr<Params> params = TakeParams(query, *function);
  if (!params.ok()) return params.status();
  request.params = *params;
  if (!query.empty()) {
    return InvalidField(
        "query",
        absl::StrCat("there is no '", Echo(query.begin()->first), "'; there are function, from, ",
                     "to, points, parameters.NAME", companion.name == nullptr ? "" : ", ",
                     companion.name == nullptr ? "" : companion.name));
  }
  return request;
}

}  // namespace activation::page
