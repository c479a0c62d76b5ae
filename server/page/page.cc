#include "server/page/page.h"

#include <utility>

#include "absl/strings/strip.h"
#include "server/page/assets.h"
#include "server/page/curve.h"
#include "server/page/query.h"
#include "src/base/errors.h"

namespace activation::page {
namespace {

constexpr char kJsonType[] = "application/json";

std::optional<HttpResponse> AnswerAsset(absl::string_view name) {
  for (const Asset& asset : Assets()) {
    if (asset.name == name) {
      return HttpResponse{.content_type = std::string(asset.content_type),
                          .body = std::string(asset.body)};
    }
  }
  return std::nullopt;
}

// What is wrong with a request is the caller's; a server that is full says so.
int HttpCode(const absl::Status& status) {
  if (!FieldOf(status).empty()) return 400;
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return 400;
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return 503;
    default:
      return 500;
  }
}

HttpResponse Error(const absl::Status& status) {
  return {.code = HttpCode(status), .content_type = kJsonType, .body = ErrorJson(status)};
}

}  // namespace

StatusPage::StatusPage(Engine& engine, const ServerFacts& server, std::function<bool()> stopping)
    : engine_(engine),
      figures_(engine, std::move(stopping)),
      functions_json_(FunctionsJson(server, engine)) {}

std::optional<HttpResponse> StatusPage::Answer(absl::string_view path, absl::string_view query) {
  if (path == "/") return AnswerAsset("index.html");
  if (path == "/api/functions") {
    return HttpResponse{.content_type = kJsonType, .body = functions_json_};
  }
  const bool curve = path == "/api/curve";
  if (curve || path == "/api/figures") {
    absl::StatusOr<Query> fields = ParseQuery(query);
    if (!fields.ok()) return Error(fields.status());
    const absl::StatusOr<CurveRequest> request = ReadCurveRequest(*std::move(fields));
    if (!request.ok()) return Error(request.status());
    return curve ? AnswerCurve(*request) : AnswerFigures(*request);
  }
  if (absl::ConsumePrefix(&path, "/page/")) return AnswerAsset(path);
  return std::nullopt;
}

HttpResponse StatusPage::AnswerCurve(const CurveRequest& request) const {
  const absl::StatusOr<Curve> curve = ComputeCurve(request, engine_);
  if (!curve.ok()) return Error(curve.status());
  return {.content_type = kJsonType, .body = CurveJson(request, *curve)};
}

HttpResponse StatusPage::AnswerFigures(const CurveRequest& request) {
  const absl::StatusOr<diagnosis::Figures> figures = figures_.Compute(request);
  if (!figures.ok()) return Error(figures.status());
  return {.content_type = kJsonType, .body = FiguresJson(request, *figures)};
}

}  // namespace activation::page
