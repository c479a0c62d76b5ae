#include "server/access/token_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "server/logging.h"
#include "tests/base/no_memory_here.h"
#include "tests/integration/authority.h"

namespace activation::access {
namespace {

using ::testing::HasSubstr;

constexpr char kLine[] = "trainer trainer-token-0123456789 compute";

class TokenStoreTest : public testing::Test {
 protected:
  void SetUp() override { StartLogging(LogFormat::kText, "info"); }

  std::string ProblemWith(const std::string& path) const {
    return std::string(TokenStore::Open(path).status().message());
  }

  const TestFolder folder_;
};

TEST_F(TokenStoreTest, AFileThatEveryUserMayWriteIsRefused) {
  const std::string path = folder_.Write("tokens", kLine, 0602);
  EXPECT_THAT(ProblemWith(path), HasSubstr("--token-file: " + path + " may be written"));
}

TEST_F(TokenStoreTest, AFileThatEveryUserMayReadIsAWarningAlsoOnceItHasChanged) {
  const std::string path = folder_.Write("tokens", kLine);
  testing::internal::CaptureStderr();
  const auto store = TokenStore::Open(path);
  ASSERT_TRUE(store.ok());
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  folder_.Write("tokens", std::string("# changed\n") + kLine, 0644);
  testing::internal::CaptureStderr();
  EXPECT_EQ((*store)->Poll(), Reload::kDone);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("every user of this machine"));
  folder_.Write("tokens", std::string("# again\n") + kLine, 0602);
  EXPECT_EQ((*store)->Poll(), Reload::kFailed);
}

// What is away, back as it was, and away again has failed twice.
TEST_F(TokenStoreTest, TheSecondFailureOfTheFileIsInTheLogAsTheFirstWas) {
  const std::string path = folder_.Write("tokens", kLine);
  const auto store = TokenStore::Open(path);
  ASSERT_TRUE(store.ok());
  const auto log_of_poll = [&store] {
    testing::internal::CaptureStderr();
    (*store)->Poll();
    return testing::internal::GetCapturedStderr();
  };
  for (int time = 0; time < 2; ++time) {
    std::filesystem::remove(path);
    EXPECT_THAT(log_of_poll(), HasSubstr("reload_failed")) << time;
    EXPECT_EQ(log_of_poll(), "") << time;
    folder_.Write("tokens", kLine);
    EXPECT_EQ(log_of_poll(), "") << time;
  }
}

TEST_F(TokenStoreTest, AChangeThatIsReadWithoutMemoryForItCountsTheNextTime) {
  const std::string path = folder_.Write("tokens", kLine);
  const auto store = TokenStore::Open(path);
  ASSERT_TRUE(store.ok());
  const auto poll = [&store] { (*store)->Poll(); };
  // What reading takes: more is asked for only by what has changed.
  size_t reading = 0;
  while (AsksMoreOftenThan(reading, poll)) ++reading;
  std::string changed = kLine;
  changed.front() = 'T';
  folder_.Write("tokens", changed);
  EXPECT_TRUE(AsksMoreOftenThan(reading, poll));
  EXPECT_EQ((*store)->Poll(), Reload::kDone);
  EXPECT_EQ((*store)->Poll(), Reload::kUnchanged);
}

TEST_F(TokenStoreTest, ATextForAPathIsNotShown) {
  for (const std::string& text : {std::string(kLine), std::string(kLine) + "\n"}) {
    EXPECT_EQ(ProblemWith(text), "--token-file: wants the path of a file and got its text");
  }
}

TEST_F(TokenStoreTest, ATokenForAPathIsNotShown) {
  for (const std::string& token :
       {std::string("Zk3vQ0wP8xT1mN6bR4yH2sJ7"), std::string("Zk3vQ0w/8xT1mN6bR4yH+sJ7=="),
        std::string("/k3vQ0w8xT1mN6bR4yH+sJ7=="), std::string("eyJhbGciOiJIUzI1NiJ9.e30.c2ln"),
        std::string(1024, 't')}) {
    EXPECT_EQ(ProblemWith(token),
              "--token-file: names no file; it is not shown, as it may be a token");
  }
}

TEST_F(TokenStoreTest, APathInAFolderThatIsThereIsShown) {
  const std::string absent = folder_.Write("tokens", kLine) + "-of-production";
  EXPECT_THAT(ProblemWith(absent), HasSubstr("--token-file: " + absent.substr(0, 60)));
  EXPECT_THAT(ProblemWith("tokens"), HasSubstr("--token-file: tokens cannot be read: No such"));
}

}  // namespace
}  // namespace activation::access
