#include "src/base/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace activation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string> kWords = {
    "--threads",      "--token-file",       "--max-items", "--max-rank",
    "--max-elements", "--max-stream-items", "gelu",        "glu"};

TEST(WordsTest, NearestAreThoseOfFewestEdits) {
  EXPECT_THAT(Nearest("--thraeds", kWords), ElementsAre("--threads"));
  EXPECT_THAT(Nearest("--TOKEN_FILE", kWords), ElementsAre("--token-file"));
  EXPECT_THAT(Nearest("gleu", kWords), ElementsAre("gelu", "glu"));
  EXPECT_THAT(Nearest("gelu", kWords), ElementsAre("gelu"));
  EXPECT_THAT(Nearest("--foo", kWords), IsEmpty());
  EXPECT_THAT(Nearest("", kWords), IsEmpty());
  EXPECT_THAT(Nearest(std::string(100000, 'g'), kWords), IsEmpty());
}

TEST(WordsTest, ABeginningIsNearWhereItIsOfFew) {
  EXPECT_THAT(Nearest("--tok", kWords), ElementsAre("--token-file"));
  EXPECT_THAT(Nearest("--max-ele", kWords), ElementsAre("--max-elements"));
  EXPECT_THAT(Nearest("--max", kWords), IsEmpty());
  EXPECT_THAT(Nearest("--", kWords), IsEmpty());
}

TEST(WordsTest, EchoIsShortAndPrintable) {
  EXPECT_EQ(Echo("a\n\x1b\xff'b"),
            "a?"
            "?"
            "?'b");
  EXPECT_EQ(Echo(std::string(1000, 'x')), std::string(64, 'x') + "...");
}

TEST(WordsTest, AnUnknownFlagStandsBeforeWhatIsBesideIt) {
  EXPECT_EQ(NoSuchArgument({"3", "--thread=3"}, kWords),
            "there is no flag --thread; did you mean '--threads'?");
  EXPECT_EQ(NoSuchArgument({"--foo"}, kWords), "there is no flag --foo");
  EXPECT_EQ(NoSuchArgument({"3"}, kWords), "nothing takes the argument '3'");
}

}  // namespace
}  // namespace activation
