#include "server/page/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "src/base/errors.h"

namespace activation::page {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// As a browser's form writes it, every character escaped.
std::string Encode(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    absl::StrAppend(&encoded, absl::StrFormat("%%%02X", static_cast<unsigned char>(c)));
  }
  return encoded;
}

TEST(QueryTest, TakesApart) {
  EXPECT_THAT(*ParseQuery(""), IsEmpty());
  EXPECT_THAT(*ParseQuery("function=gelu&from=-4&to=4"),
              ElementsAre(Pair("from", "-4"), Pair("function", "gelu"), Pair("to", "4")));
  EXPECT_THAT(*ParseQuery("&a=1&&b=2&"), ElementsAre(Pair("a", "1"), Pair("b", "2")));
  EXPECT_THAT(*ParseQuery("a&b="), ElementsAre(Pair("a", ""), Pair("b", "")));
  EXPECT_THAT(*ParseQuery("a=1=2"), ElementsAre(Pair("a", "1=2")));
}

TEST(QueryTest, Decodes) {
  EXPECT_THAT(*ParseQuery("a=%2d1%2B2"), ElementsAre(Pair("a", "-1+2")));
  EXPECT_THAT(*ParseQuery("%61+b=c+d"), ElementsAre(Pair("a b", "c d")));
}

TEST(QueryTest, RefusesWhatIsNoQuery) {
  for (const std::string bad :
       {"a=%", "a=%4", "a=%4g", "%zz=1", "=1", "a=1&a=2", "a=%00", "a=%0a", "a=%c3%bc", "a=\xff"}) {
    const auto query = ParseQuery(bad);
    ASSERT_FALSE(query.ok()) << bad;
    EXPECT_EQ(query.status().code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_EQ(FieldOf(query.status()), "query") << bad;
  }
}

TEST(QueryTest, BoundsTheNumberOfNames) {
  std::string text;
  for (int i = 0; i < 16; ++i) absl::StrAppend(&text, "&n", i, "=1");
  EXPECT_TRUE(ParseQuery(text).ok());
  EXPECT_EQ(FieldOf(ParseQuery(text + "&n16=1").status()), "query");
}

// Whatever comes is refused about `query` or becomes printable text, and what was made by
// encoding comes back.
TEST(QueryTest, AnyBytes) {
  std::mt19937 random(7);
  const std::string alphabet = "a1=&%+2F\xff\n;";
  for (int round = 0; round < 200'000; ++round) {
    std::string text(random() % 24, ' ');
    for (char& c : text) {
      c = random() % 8 == 0 ? static_cast<char>(random()) : alphabet[random() % alphabet.size()];
    }
    const auto query = ParseQuery(text);
    if (!query.ok()) {
      ASSERT_EQ(FieldOf(query.status()), "query");
      continue;
    }
    std::string again;
    for (const auto& [name, value] : *query) {
      ASSERT_FALSE(name.empty());
      for (const char c : name + value) {
        ASSERT_TRUE(absl::ascii_isprint(static_cast<unsigned char>(c))) << text;
      }
      absl::StrAppend(&again, "&", Encode(name), "=", Encode(value));
    }
    ASSERT_EQ(*ParseQuery(again), *query) << text;
  }
}

}  // namespace
}  // namespace activation::page
