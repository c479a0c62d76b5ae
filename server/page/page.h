// The status page: its files, the catalogue and curves, by path. Only reads; thread-safe.
// In the way of a request: HttpServer -> Answer -> StatusPage -> Engine.
#ifndef ACTIVATION_SERVER_PAGE_PAGE_H_
#define ACTIVATION_SERVER_PAGE_PAGE_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "server/http_response.h"
#include "server/page/curve.h"
#include "server/page/figures.h"
#include "server/page/json.h"
#include "src/engine/engine.h"

namespace activation::page {

class StatusPage {
 public:
  // `engine` must outlive this. `stopping` says from any thread that the server is to end: no
  // answer then takes long.
  StatusPage(Engine& engine, const ServerFacts& server, std::function<bool()> stopping);

  // "/" is the page, "/page/NAME" its files, "/api/functions" the catalogue, "/api/curve" a
  // curve and "/api/figures" what its function makes of N(0, 1), both with the fields of
  // ReadCurveRequest. Nothing for another path.
  std::optional<HttpResponse> Answer(absl::string_view path, absl::string_view query);

 private:
  HttpResponse AnswerCurve(const CurveRequest& request) const;
  HttpResponse AnswerFigures(const CurveRequest& request);

  Engine& engine_;
  FiguresDesk figures_;
  const std::string functions_json_;
};

}  // namespace activation::page

#endif  // ACTIVATION_SERVER_PAGE_PAGE_H_
