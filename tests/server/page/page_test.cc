#include "server/page/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <new>
#include <utility>

#include "absl/strings/str_replace.h"
#include "nlohmann/json.hpp"
#include "server/page/accuracy.h"
#include "server/page/assets.h"
#include "src/functions/catalogue.h"

namespace activation::page {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

EngineOptions SmallEngine() {
  EngineOptions options;
  options.cpu_threads = 1;
  options.limits.max_inflight_bytes = 10'000;
  return options;
}

class PageTest : public ::testing::Test {
 protected:
  HttpResponse Get(absl::string_view path, absl::string_view query = "") {
    return page_.Answer(path, query).value_or(HttpResponse{.code = 404});
  }

  static nlohmann::json Json(const HttpResponse& response) {
    EXPECT_EQ(response.content_type, "application/json");
    return nlohmann::json::parse(response.body);
  }

  Engine engine_{SmallEngine()};
  std::atomic<bool> stopping_{false};
  StatusPage page_{
      engine_, {"1.2.3", "127.0.0.1:50051", "AVX2"}, [this] { return stopping_.load(); }};
};

TEST_F(PageTest, ServesItsFiles) {
  EXPECT_THAT(Get("/").body, StartsWith("<!doctype html>"));
  EXPECT_EQ(Get("/").content_type, "text/html; charset=utf-8");
  for (const Asset& asset : Assets()) {
    const HttpResponse response = Get("/page/" + std::string(asset.name));
    EXPECT_EQ(response.code, 200) << asset.name;
    EXPECT_EQ(response.body, asset.body);
    EXPECT_NE(response.body, "") << asset.name;
  }
}

// All that it needs is on this server.
TEST_F(PageTest, FilesNameNoOtherServer) {
  for (const Asset& asset : Assets()) {
    // Names of XML vocabularies, which nothing fetches.
    const std::string body = absl::StrReplaceAll(asset.body, {{"http://www.w3.org/", ""}});
    EXPECT_THAT(body, Not(HasSubstr("http:"))) << asset.name;
    EXPECT_THAT(body, Not(HasSubstr("https:"))) << asset.name;
  }
}

TEST_F(PageTest, OtherPathsAreNotItsOwn) {
  for (const char* path : {"/page", "/page/", "/page/../index.html", "/page/x", "/api",
                           "/index.html", "", "/api/curve/", "//"}) {
    EXPECT_FALSE(page_.Answer(path, "").has_value()) << path;
  }
}

TEST_F(PageTest, ComputesWhatAFunctionMakesOfTheNormalDistribution) {
  const nlohmann::json relu = Json(Get("/api/figures", "function=relu"));
  EXPECT_NEAR(relu["mean"].get<double>(), 0.3989422804014327, 1e-12);
  EXPECT_NEAR(relu["variance"].get<double>(), 0.3408450569081047, 1e-12);
  EXPECT_NEAR(relu["dead"].get<double>(), 0.5, 1e-12);
  EXPECT_NEAR(relu["forward_init_gain"].get<double>(), std::sqrt(2.0), 1e-12);
  const nlohmann::json leaky =
      Json(Get("/api/figures", "function=leaky_relu&parameters.slope=0.5"));
  EXPECT_NEAR(leaky["gradient_gain"].get<double>(), 0.625, 1e-12);
  EXPECT_EQ(Get("/api/figures", "function=exp&parameters.x=1").code, 400);
  const HttpResponse rows = Get("/api/figures", "function=softmax");
  EXPECT_EQ(rows.code, 400);
  EXPECT_EQ(Json(rows)["error"]["field"], "function");
}

TEST_F(PageTest, WhatIsInfiniteSaysSo) {
  const nlohmann::json log1p = Json(Get("/api/figures", "function=log1p"));
  EXPECT_EQ(log1p["gradient_gain"], "Infinity");
  EXPECT_EQ(log1p["gradient_left_after_50"], "Infinity");
  EXPECT_NEAR(log1p["non_finite"].get<double>(), 0.158655253931457, 1e-12);
}

// Its slope is lost in the rounding of f.
TEST_F(PageTest, AFlatFunctionsFiguresComeToo) {
  const HttpResponse flat = Get("/api/figures", "function=hard_sigmoid&parameters.alpha=1e-11");
  EXPECT_EQ(flat.code, 200);
  EXPECT_EQ(Json(flat)["saturated"], 1);
}

TEST_F(PageTest, AStoppingServerComputesNoFigures) {
  stopping_ = true;
  const HttpResponse response = Get("/api/figures", "function=gelu");
  EXPECT_EQ(response.code, 503);
  EXPECT_EQ(Json(response)["error"]["code"], "UNAVAILABLE");
  stopping_ = false;
  EXPECT_EQ(Get("/api/figures", "function=gelu").code, 200);
}

// `stopping` is asked while figures are computed: a second request then finds them busy.
TEST_F(PageTest, FiguresAreComputedOneAtATime) {
  HttpResponse other;
  bool asked = false;
  StatusPage* page = nullptr;
  StatusPage busy{engine_, {"1.2.3", "127.0.0.1:50051", "AVX2"}, [&] {
                    if (asked) return false;
                    asked = true;
                    other = *page->Answer("/api/figures", "function=relu");
                    return false;
                  }};
  page = &busy;
  EXPECT_EQ(busy.Answer("/api/figures", "function=gelu")->code, 200);
  EXPECT_EQ(other.code, 503);
  EXPECT_THAT(other.body, HasSubstr("one request at a time"));
  EXPECT_EQ(busy.Answer("/api/figures", "function=relu")->code, 200);
}

TEST_F(PageTest, FiguresForWhichThereWasNoMemoryKeepNoOthersAway) {
  bool asked = false;
  StatusPage page{engine_, {"1.2.3", "127.0.0.1:50051", "AVX2"}, [&asked] {
                    if (!std::exchange(asked, true)) throw std::bad_alloc();
                    return false;
                  }};
  EXPECT_THROW(page.Answer("/api/figures", "function=gelu"), std::bad_alloc);
  EXPECT_EQ(page.Answer("/api/figures", "function=gelu")->code, 200);
}

TEST_F(PageTest, ListsTheCatalogue) {
  const nlohmann::json all = Json(Get("/api/functions"));
  EXPECT_EQ(all["server"]["version"], "1.2.3");
  EXPECT_EQ(all["server"]["devices"][0]["backend"], "cpu");
  EXPECT_EQ(all["curve"]["most_points"], 2001);
  ASSERT_EQ(all["functions"].size(), Catalogue().size());
  for (const nlohmann::json& function : all["functions"]) {
    const FunctionId id = *FindFunction(function["name"].get<std::string>());
    EXPECT_EQ(function["formula"], Catalogue()[id].formula);
    EXPECT_EQ(function["parameters"].size(), ParamCount(Catalogue()[id]));
    EXPECT_EQ(function["companion"].is_null(), Catalogue()[id].kind == Kind::kElementwise);
    // Where a function ends is within its picture.
    EXPECT_EQ(function["curve"]["to"], function["name"] == "relu6" ? 8 : 4) << function["name"];
    EXPECT_EQ(function["curve"]["from"], -function["curve"]["to"].get<double>());
  }
}

// The figures are those of the page they come from.
TEST_F(PageTest, ShowsWhatWasMeasured) {
  const nlohmann::json all = Json(Get("/api/functions"));
  EXPECT_EQ(all["accuracy_measured"].get<std::string>().size(), std::string("2026-11-25").size());
  size_t measured = 0;
  for (const nlohmann::json& function : all["functions"]) {
    if (function["accuracy"].empty()) {
      EXPECT_FALSE(function["kind"] == "elementwise" && function["name"] != "hat") << function;
      continue;
    }
    ++measured;
    for (const char* dtype : {"f32", "f64", "f16", "bf16"}) {
      const nlohmann::json& row = function["accuracy"][dtype];
      EXPECT_LE(std::stod(row["exact_forward"]["ulp"].get<std::string>()), 1.0) << function["name"];
      EXPECT_LE(std::stod(row["fast_gradient"]["ulp"].get<std::string>()), 4.0) << function["name"];
    }
    EXPECT_EQ(function["accuracy"]["f32"]["exact_forward"]["misrounded"], "0");
    EXPECT_EQ(function["accuracy"]["f16"]["inputs"], "63,488");
  }
  EXPECT_EQ(measured * 4, MeasuredAccuracies().size());
  EXPECT_GE(measured, 34u);
}

TEST_F(PageTest, ComputesCurves) {
  const nlohmann::json curve = Json(Get("/api/curve", "function=log1p&from=-2&to=2&points=5"));
  EXPECT_EQ(curve["function"], "log1p");
  EXPECT_EQ(curve["x"], nlohmann::json({-2, -1, 0, 1, 2}));
  EXPECT_TRUE(curve["y"][0].is_null());
  EXPECT_EQ(curve["y"][1], "-Infinity");
  EXPECT_EQ(curve["derivative"][1], "Infinity");
  EXPECT_EQ(curve["y"][3].get<float>(), 0.6931472f);
  EXPECT_EQ(curve["derivative"][3].get<float>(), 0.5f);
}

TEST_F(PageTest, RefusesWithTheField) {
  const HttpResponse response = Get("/api/curve", "function=gelu&points=1");
  EXPECT_EQ(response.code, 400);
  const nlohmann::json error = Json(response)["error"];
  EXPECT_EQ(error["code"], "INVALID_ARGUMENT");
  EXPECT_EQ(error["field"], "points");
  EXPECT_EQ(error["message"], "points: must be a number from 2 to 2001");
  EXPECT_EQ(Get("/api/curve", "function=gleu").code, 400);
  const auto message = [this](const std::string& query) {
    const HttpResponse refused = Get("/api/curve", query);
    EXPECT_EQ(refused.code, 400) << query;
    EXPECT_EQ(refused.content_type, "application/json") << query;
    return Json(refused)["error"]["message"].get<std::string>();
  };
  // What is wrong is quoted, as far as it is short, in no page.
  EXPECT_THAT(message("function=<b>\""), HasSubstr("no function named '<b>\"'"));
  EXPECT_THAT(message("function=gelu&<i>=1"),
              HasSubstr("there is no '<i>'; there are function, from"));
  EXPECT_THAT(message("function=gelu&" + std::string(70, 'a') + "=1"),
              HasSubstr("'" + std::string(64, 'a') + "...'"));
  EXPECT_THAT(message("function=gelu&to=1&to=2"), HasSubstr("'to' is there twice"));
  EXPECT_THAT(message("function=gelu&parameters.<u>=1"), HasSubstr("<u>"));
  EXPECT_THAT(message("function=leaky_relu&parameters.slope=x"), HasSubstr("must be a number"));
  EXPECT_EQ(Get("/api/curve", "%").code, 400);
}

TEST_F(PageTest, AFullServerSaysSo) {
  const auto ticket = engine_.Admit(9'999);
  ASSERT_TRUE(ticket.ok());
  const HttpResponse response = Get("/api/curve", "function=gelu");
  EXPECT_EQ(response.code, 503);
  EXPECT_EQ(Json(response)["error"]["code"], "RESOURCE_EXHAUSTED");
  // More than may ever be in flight is the caller's mistake.
  EXPECT_EQ(Get("/api/curve", "function=gelu&points=2001").code, 400);
}

}  // namespace
}  // namespace activation::page
