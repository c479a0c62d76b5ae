#include "server/logging.h"

#include <gtest/gtest.h>

#include "server/trace_id.h"

namespace activation {
namespace {

TEST(LoggingTest, JsonMembersAreAlwaysValidJson) {
  const std::string evil = "quote\" backslash\\ newline\n tab\t \x01 not utf-8: \xff\xfe";
  const std::string text =
      "{" + JsonMembers("e", {{"message", evil}, {"port", 7}, {"ok", true}}) + "}";
  const nlohmann::json parsed = nlohmann::json::parse(text);
  EXPECT_EQ(parsed["event"], "e");
  EXPECT_EQ(parsed["port"], 7);
  EXPECT_EQ(parsed["message"].get<std::string>().substr(0, 19), evil.substr(0, 19));
  EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST(LoggingTest, TextQuotesWhatIsNoWord) {
  EXPECT_EQ(TextLine("started", {{"address", "127.0.0.1:5"}, {"pid", 3}}),
            "started address=127.0.0.1:5 pid=3");
  EXPECT_EQ(TextLine("e", {{"message", "two words\n"}, {"empty", ""}}),
            "e message=\"two words\\n\" empty=\"\"");
}

TEST(LoggingTest, OfWhatACallerWroteLittleIsShownAndAllOfItCanBeSeen) {
  EXPECT_EQ(CallersText("/a.Service/Method"), "/a.Service/Method");
  EXPECT_EQ(CallersText("/one\ntwo\x1b[31m\x7f"), "/one?two?[31m?");
  EXPECT_EQ(CallersText("/grün"), "/grün");
  // A terminal's escape in one character, the end of a line, and what shows text backwards.
  EXPECT_EQ(CallersText("a\u009b31m\u0085b"), "a?31m?b");
  EXPECT_EQ(CallersText("a\u2028b\u202ec\u2066d\u200fe"), "a?b?c?d?e");  // NOLINT: escapes show it
  EXPECT_EQ(CallersText("–’€"), "–’€");
  EXPECT_EQ(CallersText("\xc2"), "\xc2");
  EXPECT_EQ(CallersText(std::string(1000, 'x')), std::string(100, 'x'));
  EXPECT_EQ(CallersText(""), "");
}

TEST(LoggingTest, TraceIdOfAWellFormedHeaderOnly) {
  EXPECT_EQ(TraceId("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(TraceId(""), "");
  EXPECT_EQ(TraceId("00-short-00"), "");
  EXPECT_EQ(TraceId("00-4bf92f3577b34da6a3ce929d0e0e473\"-00f067aa0ba902b7-01"), "");
}

}  // namespace
}  // namespace activation
