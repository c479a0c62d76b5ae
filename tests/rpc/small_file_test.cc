#include "rpc/small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace activation {
namespace {

using ::testing::HasSubstr;

class SmallFileTest : public testing::Test {
 protected:
  ~SmallFileTest() override { std::remove(path_.c_str()); }

  void Write(const std::string& text, mode_t mode) const {
    std::ofstream(path_) << text;
    ASSERT_EQ(chmod(path_.c_str(), mode), 0);
  }

  std::string Problem() const {
    return std::string(
        ReadSmallFile(path_, Writers::kNotAll, absl::ZeroDuration()).status().message());
  }

  const std::string path_ =
      testing::TempDir() + "/small_file_test_" + std::to_string(getpid()) + ".txt";
};

TEST_F(SmallFileTest, IsReadWholeUpToItsLimit) {
  for (const size_t bytes : {size_t{0}, size_t{5}, size_t{1} << 20}) {
    Write(std::string(bytes, 'x'), 0600);
    const auto file = ReadSmallFile(path_, Writers::kNotAll, absl::ZeroDuration());
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ(file->text, std::string(bytes, 'x'));
    EXPECT_FALSE(file->readable_by_all);
  }
  Write(std::string((1 << 20) + 1, 'x'), 0600);
  EXPECT_EQ(Problem(), "is larger than 1 MiB");
}

TEST_F(SmallFileTest, SaysWhatEveryUserMayDo) {
  Write("text", 0604);
  EXPECT_TRUE(ReadSmallFile(path_, Writers::kNotAll, absl::ZeroDuration())->readable_by_all);
  Write("text", 0602);
  EXPECT_THAT(Problem(), HasSubstr("may be written by every user of this machine"));
  EXPECT_EQ(ReadSmallFile(path_, Writers::kAny, absl::ZeroDuration())->text, "text");
  // A device is nobody's text.
  EXPECT_EQ(ReadSmallFile("/dev/null", Writers::kNotAll, absl::ZeroDuration())->text, "");
}

TEST_F(SmallFileTest, SaysWhyItCannotBeRead) {
  EXPECT_EQ(Problem(), "cannot be read: No such file or directory");
  EXPECT_THAT(ReadSmallFile("/tmp", Writers::kNotAll, absl::ZeroDuration()).status().message(),
              HasSubstr("Is a directory"));
}

TEST_F(SmallFileTest, APipeIsWaitedForOnlyWhereSomebodyWrites) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  // Settings in whose place there are the defaults would be a server without TLS.
  EXPECT_EQ(ReadSmallFile(path_, Writers::kNotAll, absl::InfiniteDuration()).status().message(),
            "is a pipe that nobody has written to");

  // Holds what is written and not read yet.
  const int reader = open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  const int writer = open(path_.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  ASSERT_GE(writer, 0);
  EXPECT_THAT(Problem(), HasSubstr("temporarily unavailable"));
  std::thread writing([writer] {
    for (const char letter : {'t', 'e', 'x', 't'}) EXPECT_EQ(write(writer, &letter, 1), 1);
    close(writer);
  });
  const auto written = ReadSmallFile(path_, Writers::kNotAll, absl::InfiniteDuration());
  writing.join();
  close(reader);
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(written->text, "text");
}

}  // namespace
}  // namespace activation
