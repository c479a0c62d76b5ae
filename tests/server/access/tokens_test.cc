#include "server/access/tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace activation::access {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kForward[] = "/activation.v1.ActivationService/Forward";

std::string ProblemWith(const std::string& text) {
  return std::string(Tokens::Parse(text).status().message());
}

TEST(TokensFileTest, ReadsNamesTokensAndGroups) {
  const absl::StatusOr<Tokens> tokens = Tokens::Parse(
      "# comment\n\n  ci \t 0123456789abcdef   compute,inspect \r\nops fedcba9876543210 all");
  ASSERT_TRUE(tokens.ok()) << tokens.status();
  EXPECT_EQ(tokens->size(), 2u);
  EXPECT_TRUE(tokens->Check(kForward, "Bearer 0123456789abcdef").ok());
  EXPECT_TRUE(tokens->Check(kForward, "Bearer fedcba9876543210").ok());
  EXPECT_TRUE(absl::IsUnauthenticated(tokens->Check(kForward, "Bearer 0123456789abcdeg")));
  EXPECT_TRUE(absl::IsUnauthenticated(tokens->Check(kForward, std::nullopt)));
}

TEST(TokensFileTest, NamesTheLineAndNotTheToken) {
  const std::string good = "a 0123456789abcdef all\n";
  EXPECT_THAT(ProblemWith(good + "b secret-of-sixteen"), HasSubstr("line 2: must have a name"));
  EXPECT_THAT(ProblemWith(good + "b secret-of-sixteen all more"), HasSubstr("line 2: "));
  EXPECT_THAT(ProblemWith(good + "b short all"), HasSubstr("line 2: a token has 16 to 1024"));
  EXPECT_THAT(ProblemWith(good + "b " + std::string(1025, 'x') + " all"), HasSubstr("line 2: "));
  EXPECT_THAT(ProblemWith(good + "b secret-of-sixt\xc3\xa4 all"), HasSubstr("visible ASCII"));
  EXPECT_THAT(ProblemWith(good + "b secret-of-sixteen any"), HasSubstr("groups are compute"));
  EXPECT_THAT(ProblemWith(good + "b secret-of-sixteen compute,,inspect"), HasSubstr("groups are"));
  EXPECT_THAT(ProblemWith(good + "a secret-of-sixteen all"), HasSubstr("of 'a' before it"));
  EXPECT_THAT(ProblemWith(good + "b 0123456789abcdef all"), HasSubstr("of 'a' before it"));
  for (const char* words : {"", " all", " any", " all more"}) {
    EXPECT_THAT(ProblemWith(good + "b secret-of-sixteen" + words), Not(HasSubstr("secret")));
  }
}

TEST(TokensFileTest, MustHaveOneAndNotTooMany) {
  EXPECT_THAT(ProblemWith(""), HasSubstr("no token"));
  EXPECT_THAT(ProblemWith("# none\n"), HasSubstr("no token"));
  std::string many;
  for (int i = 0; i < 1025; ++i) {
    const std::string number = std::to_string(10000 + i);
    absl::StrAppend(&many, "name", number, " token-of-length-", number, " all\n");
  }
  EXPECT_THAT(ProblemWith(many), HasSubstr("up to 1024 tokens"));
}

}  // namespace
}  // namespace activation::access
