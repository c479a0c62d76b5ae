// What the page's endpoints answer, as JSON.
#ifndef ACTIVATION_SERVER_PAGE_JSON_H_
#define ACTIVATION_SERVER_PAGE_JSON_H_

#include <string>

#include "absl/status/status.h"
#include "server/page/curve.h"
#include "src/diagnosis/figures.h"
#include "src/engine/engine.h"

namespace activation::page {

// What stands above the gallery.
struct ServerFacts {
  std::string version;
  std::string address;  // where gRPC is served
  std::string instruction_set;
};

// The catalogue, with the bounds of a curve and what was measured of each function.
std::string FunctionsJson(const ServerFacts& server, const Engine& engine);

// Numbers in the shortest form that reads back as the same f32; "Infinity" and "-Infinity" where
// that is the value, null where there is none.
std::string CurveJson(const CurveRequest& request, const Curve& curve);

// The expectations over N(0, 1), and what follows from them; "Infinity", "-Infinity" or "NaN" where
// one is not finite.
std::string FiguresJson(const CurveRequest& request, const diagnosis::Figures& figures);

// {"error": {"code": "INVALID_ARGUMENT", "field": "points", "message": "..."}}
std::string ErrorJson(const absl::Status& status);

}  // namespace activation::page

#endif  // ACTIVATION_SERVER_PAGE_JSON_H_
