#include "server/page/curve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "absl/strings/str_cat.h"
#include "src/base/errors.h"

namespace activation::page {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;

EngineOptions Small() {
  EngineOptions options;
  options.cpu_threads = 1;
  return options;
}

absl::StatusOr<CurveRequest> Read(absl::string_view query) {
  return ReadCurveRequest(*ParseQuery(query));
}

absl::StatusOr<Curve> Compute(absl::string_view query) {
  Engine engine(Small());
  const auto request = Read(query);
  return request.ok() ? ComputeCurve(*request, engine) : request.status();
}

TEST(CurveTest, Elementwise) {
  const auto curve = Compute("function=relu&from=-1&to=1&points=3");
  ASSERT_TRUE(curve.ok()) << curve.status();
  EXPECT_THAT(curve->x, ElementsAre(-1, 0, 1));
  EXPECT_THAT(curve->y, ElementsAre(0, 0, 1));
  EXPECT_THAT(curve->derivative, ElementsAre(0, 0, 1));
}

TEST(CurveTest, WithAParameter) {
  const auto curve = Compute("function=leaky_relu&from=-2&to=2&points=2&parameters.slope=0.25");
  ASSERT_TRUE(curve.ok()) << curve.status();
  EXPECT_THAT(curve->y, ElementsAre(-0.5f, 2));
  EXPECT_THAT(curve->derivative, ElementsAre(0.25f, 1));
}

TEST(CurveTest, PerChannelHasItsWeight) {
  const auto curve = Compute("function=prelu&from=-2&to=2&points=2&weight=-0.5");
  ASSERT_TRUE(curve.ok()) << curve.status();
  EXPECT_THAT(curve->y, ElementsAre(1, 2));
  EXPECT_THAT(curve->derivative, ElementsAre(-0.5f, 1));
}

// softmax of [x, c] is sigmoid(x - c).
TEST(CurveTest, RowWiseIsTheFirstOfTwo) {
  const auto curve = Compute("function=softmax&from=-3&to=3&points=13&other=1");
  ASSERT_TRUE(curve.ok()) << curve.status();
  for (size_t i = 0; i < curve->x.size(); ++i) {
    const double s = 1 / (1 + std::exp(1 - static_cast<double>(curve->x[i])));
    EXPECT_THAT(curve->y[i], FloatEq(static_cast<float>(s)));
    EXPECT_THAT(curve->derivative[i], FloatEq(static_cast<float>(s * (1 - s))));
  }
}

TEST(CurveTest, GatedIsAlongTheGate) {
  const auto curve = Compute("function=glu&from=-3&to=3&points=13&a=-2");
  ASSERT_TRUE(curve.ok()) << curve.status();
  for (size_t i = 0; i < curve->x.size(); ++i) {
    const double s = 1 / (1 + std::exp(-static_cast<double>(curve->x[i])));
    EXPECT_THAT(curve->y[i], FloatEq(static_cast<float>(-2 * s)));
    EXPECT_THAT(curve->derivative[i], FloatEq(static_cast<float>(-2 * s * (1 - s))));
  }
}

TEST(CurveTest, EveryFunctionHasOne) {
  for (const FunctionInfo& info : Catalogue()) {
    const auto curve = Compute(absl::StrCat("function=", info.name));
    ASSERT_TRUE(curve.ok()) << info.name << ": " << curve.status();
    EXPECT_EQ(curve->x.size(), 241u);
    EXPECT_EQ(curve->y.size(), 241u);
    EXPECT_EQ(curve->derivative.size(), 241u);
    // The derivative is that of the curve, wherever both are smooth and moderate.
    size_t close = 0;
    for (size_t i = 1; i + 1 < curve->x.size(); ++i) {
      const float slope = (curve->y[i + 1] - curve->y[i - 1]) / (curve->x[i + 1] - curve->x[i - 1]);
      close += std::fabs(slope - curve->derivative[i]) < 0.02f * (1 + std::fabs(slope)) ? 1 : 0;
    }
    // log1p has half of the range.
    EXPECT_GT(close, 140u) << info.name;
  }
}

TEST(CurveTest, NamesTheFieldAtFault) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "function"},
      {"from=1", "function"},
      {"function=", "function"},
      {"function=gleu", "function"},
      {"function=gelu&from=x", "from"},
      {"function=gelu&from=nan", "from"},
      {"function=gelu&from=-inf", "from"},
      {"function=gelu&to=1e31", "to"},
      {"function=gelu&from=4&to=4", "to"},
      {"function=gelu&from=5&to=4", "to"},
      {"function=gelu&points=1", "points"},
      {"function=gelu&points=2002", "points"},
      {"function=gelu&points=2.5", "points"},
      {"function=gelu&points=1e9", "points"},
      {"function=gelu&points=-2", "points"},
      {"function=gelu&other=1", "query"},
      {"function=gelu&parameter.slope=1", "query"},
      {"function=gelu&parameters.slope=1", "parameters[\"slope\"]"},
      {"function=leaky_relu&parameters.slope=", "parameters[\"slope\"]"},
      {"function=leaky_relu&parameters.slope=1e7", "parameters[\"slope\"]"},
      {"function=hard_tanh&parameters.min=2", "parameters[\"max\"]"},
      {"function=softmax&parameters.axis=0", "parameters"},
      {"function=softmax&other=1e7", "other"},
      {"function=swiglu&a=", "a"},
  };
  for (const auto& [query, field] : cases) {
    const auto request = Read(query);
    ASSERT_FALSE(request.ok()) << query;
    EXPECT_EQ(FieldOf(request.status()), field) << query;
  }
  EXPECT_THAT(std::string(Read("function=gelu&points=1").status().message()),
              HasSubstr("from 2 to 2001"));
  EXPECT_THAT(std::string(Read("function=gleu").status().message()), HasSubstr("'gelu'"));
}

// Fields of any kind in any mixture: refused about a field, or computed.
TEST(CurveTest, AnyMixtureOfFields) {
  std::mt19937 random(11);
  const std::string names[] = {"function",       "from",  "to", "points", "parameters.alpha",
                               "parameters.min", "other", "a",  "weight", "x"};
  const std::string values[] = {"gelu", "elu",  "clip",  "softmax", "glu", "prelu", "-1",  "0",
                                "3",    "1e30", "-1e30", "1e-40",   "nan", "",      "2001"};
  Engine engine(Small());
  size_t computed = 0;
  for (int round = 0; round < 20'000; ++round) {
    Query query = {{"function", values[random() % 6]}};
    for (size_t i = random() % 4; i > 0; --i) {
      query[names[random() % std::size(names)]] = values[random() % std::size(values)];
    }
    const auto request = ReadCurveRequest(query);
    if (!request.ok()) {
      ASSERT_NE(FieldOf(request.status()), "") << request.status();
      continue;
    }
    const auto curve = ComputeCurve(*request, engine);
    ASSERT_TRUE(curve.ok()) << curve.status();
    ASSERT_EQ(curve->y.size(), request->points);
    ++computed;
  }
  EXPECT_GT(computed, 1000u);
  EXPECT_EQ(engine.inflight_bytes(), 0u);
}

TEST(CurveTest, IsRefusedWhereTheEngineIsFull) {
  EngineOptions options = Small();
  options.limits.max_inflight_bytes = 10'000;
  Engine engine(options);
  const auto ticket = engine.Admit(9'000);
  ASSERT_TRUE(ticket.ok());
  const auto curve = ComputeCurve(*Read("function=gelu"), engine);
  EXPECT_EQ(curve.status().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace activation::page
