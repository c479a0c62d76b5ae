#include "src/base/settings_file.h"

#include <gtest/gtest.h>

#include <string>

namespace activation {
namespace {

std::string Problem(const std::string& text) {
  return std::string(ParseSettings(text).status().message());
}

TEST(SettingsFileTest, ReadsNamesValuesAndComments) {
  const auto settings = ParseSettings("# a\n\n ; b\nx = 1 # c\n y='# =' # d\nz\r\n'w' =\n");
  ASSERT_TRUE(settings.ok()) << settings.status();
  ASSERT_EQ(settings->size(), 4);
  const char* const expected[][2] = {{"x", "1"}, {"y", "# ="}, {"z", "true"}, {"w", ""}};
  const int lines[] = {4, 5, 6, 7};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ((*settings)[i].name, expected[i][0]);
    EXPECT_EQ((*settings)[i].value, expected[i][1]);
    EXPECT_EQ((*settings)[i].line, lines[i]);
  }
  EXPECT_TRUE(ParseSettings("")->empty());
}

TEST(SettingsFileTest, RefusesWhatIsNoSettingByItsLine) {
  EXPECT_EQ(Problem("x=1\nx=2"), "line 2: x is there already, on line 1");
  EXPECT_EQ(Problem("\n=2"), "line 2: there is no name before the =");
  EXPECT_EQ(Problem("[a]"), "line 1: settings have no sections");
  EXPECT_EQ(Problem("x=\"a"), "line 1: x: a quote is not closed");
  EXPECT_EQ(Problem("x='a'b"), "line 1: x: there is more after the closing quote");
}

TEST(SettingsFileTest, AppliesWhatIsKnownAndNamesTheRest) {
  const std::string path = "folder/settings.toml";
  std::string applied;
  const auto apply = [&applied](const Setting& setting) -> std::string {
    applied += setting.name + setting.value;
    return setting.value == "bad" ? "is bad" : "";
  };
  const auto problem_of = [&](const std::string& text) {
    const auto settings = SettingsOf(path, text);
    EXPECT_TRUE(settings.ok()) << settings.status();
    return std::string(ApplySettings(*settings, path, {"address", "threads"}, apply).message());
  };
  EXPECT_EQ(problem_of("address=x\nthreads=3\n"), "");
  EXPECT_EQ(applied, "addressxthreads3");
  EXPECT_EQ(problem_of("\nthreads=bad\n"), path + ": line 2: is bad");
  EXPECT_EQ(problem_of("tread = 2\n"), path + ": line 1: there is no setting 'tread'");
  EXPECT_EQ(problem_of("thread = 2\n"),
            path + ": line 1: there is no setting 'thread'; did you mean 'threads'?");
}

TEST(SettingsFileTest, WhatIsWrongNamesTheFile) {
  EXPECT_EQ(SettingsOf("name", std::string("[a]")).status().message(),
            "name: line 1: settings have no sections");
  EXPECT_EQ(SettingsOf("name", absl::InvalidArgumentError("is large")).status().message(),
            "name: is large");
}

}  // namespace
}  // namespace activation
