#include "src/functions/catalogue.h"

#include <cmath>
#include <limits>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/base/errors.h"

namespace activation {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

TEST(CatalogueTest, NamesAreUniqueAndFound) {
  std::set<std::string> names;
  for (FunctionId id = 0; id < Catalogue().size(); ++id) {
    EXPECT_TRUE(names.insert(Catalogue()[id].name).second) << Catalogue()[id].name;
    EXPECT_EQ(*FindFunction(Catalogue()[id].name), id);
  }
}

TEST(CatalogueTest, EveryFunctionIsDescribed) {
  for (const FunctionInfo& info : Catalogue()) {
    for (const char* text : {info.formula, info.description, info.range, info.reference,
                             info.used_in, info.strengths, info.weaknesses, info.saturation}) {
      ASSERT_NE(text, nullptr) << info.name;
      EXPECT_STRNE(text, "") << info.name;
    }
    for (size_t i = 0; i < ParamCount(info); ++i) {
      const ParamInfo& param = info.params[i];
      EXPECT_LE(param.minimum, param.default_value) << info.name << "." << param.name;
      EXPECT_LE(param.default_value, param.maximum) << info.name << "." << param.name;
      EXPECT_STRNE(param.description, "") << info.name << "." << param.name;
    }
  }
}

TEST(CatalogueTest, KindsStandTogether) {
  EXPECT_EQ(PlaceInKind(*FindFunction("tanh")), 1U);
  EXPECT_EQ(PlaceInKind(*FindFunction("prelu")), 0U);
  EXPECT_EQ(PlaceInKind(*FindFunction("log_softmax")), 1U);
  EXPECT_EQ(PlaceInKind(*FindFunction("reglu")), 4U);
  for (FunctionId id = 0; id < Catalogue().size(); ++id) {
    const bool elementwise = id < ElementwiseFunctions().size();
    EXPECT_EQ(Catalogue()[id].kind == Kind::kElementwise, elementwise) << Catalogue()[id].name;
  }
}

TEST(CatalogueTest, SaturationFollowsTheValuesFarAway) {
  const auto saturation = [](const char* name) {
    return Saturation(Catalogue()[*FindFunction(name)]);
  };
  EXPECT_EQ(saturation("tanh"), "below at -1, above at 1");
  EXPECT_EQ(saturation("gelu"), "below at 0");
  EXPECT_EQ(saturation("log_sigmoid"), "above at 0");
  EXPECT_EQ(saturation("log1p"), "no");
  EXPECT_EQ(saturation("prelu"), "no");
  EXPECT_EQ(saturation("softmax"), "below at 0, above at 1");
}

TEST(CatalogueTest, UnknownNameSuggestsNearest) {
  const absl::Status status = FindFunction("geluu").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(FieldOf(status), "function");
  EXPECT_THAT(NearestNames("geluu"), Contains("gelu"));
  EXPECT_EQ(NearestNames("GELU").front(), "gelu");
  EXPECT_EQ(NearestNames("LeakyReLU").front(), "leaky_relu");
  EXPECT_TRUE(NearestNames("completely different").empty());
  EXPECT_TRUE(NearestNames("").empty());
  EXPECT_TRUE(NearestNames(std::string(100000, 'g')).empty());
}

TEST(ResolveParamsTest, DefaultsAndGivenValues) {
  const FunctionId leaky = *FindFunction("leaky_relu");
  EXPECT_EQ(ResolveParams(leaky, {})->values[0], 0.01);
  EXPECT_EQ(ResolveParams(leaky, {{"slope", 0.25}})->values[0], 0.25);
}

TEST(ResolveParamsTest, RefusesWhatIsNotInTheCatalogue) {
  const FunctionId leaky = *FindFunction("leaky_relu");
  const absl::Status unknown = ResolveParams(leaky, {{"slop", 0.25}}).status();
  EXPECT_EQ(FieldOf(unknown), "parameters[\"slop\"]");
  EXPECT_THAT(std::string(unknown.message()), HasSubstr("which has: slope"));
  EXPECT_EQ(ResolveParams(*FindFunction("relu"), {{"slope", 1}}).status().code(),
            absl::StatusCode::kInvalidArgument);
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(), 1.1e6, -1.1e6}) {
    const absl::Status status = ResolveParams(leaky, {{"slope", bad}}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_EQ(FieldOf(status), "parameters[\"slope\"]");
  }
}

TEST(ResolveParamsTest, HostileNamesAreEchoedSafely) {
  const absl::Status status =
      ResolveParams(0, {{std::string("a\"\n\xff") + std::string(1000, 'b'), 1}}).status();
  EXPECT_LT(status.message().size(), 200U);
  for (const char c : status.message()) EXPECT_TRUE(c >= ' ' && c <= '~') << int{c};
}

}  // namespace
}  // namespace activation
