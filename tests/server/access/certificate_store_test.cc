#include "server/access/certificate_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "server/logging.h"
#include "tests/base/no_memory_here.h"
#include "tests/integration/authority.h"

namespace activation::access {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CertificateStoreTest : public testing::Test {
 protected:
  void SetUp() override { StartLogging(LogFormat::kText, "info"); }

  void Present(const Identity& identity) const {
    folder_.Write("tls.key", identity.key);
    folder_.Write("tls.crt", identity.certificate);
  }

  std::unique_ptr<CertificateStore> Open() const {
    auto store = CertificateStore::Open({folder_.Path("tls.crt"), folder_.Path("tls.key"), ""});
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  }

  static std::string LogOf(CertificateStore& store, absl::Time now) {
    testing::internal::CaptureStderr();
    store.Poll(now);
    return testing::internal::GetCapturedStderr();
  }

  const Authority authority_{"authority"};
  const TestFolder folder_;
  const absl::Time start_ = absl::Now();
};

TEST_F(CertificateStoreTest, SaysOnceADayWhatExpires) {
  Present(authority_.Issue("server", start_ - absl::Hours(1), start_ + absl::Hours(24 * 10)));
  const std::unique_ptr<CertificateStore> store = Open();
  EXPECT_THAT(LogOf(*store, start_ + absl::Hours(24 * 2)), Not(HasSubstr("expires")));
  EXPECT_THAT(LogOf(*store, start_ + absl::Hours(24 * 4)), HasSubstr("tls.crt expires on "));
  EXPECT_EQ(LogOf(*store, start_ + absl::Hours(24 * 4 + 23)), "");
  EXPECT_THAT(LogOf(*store, start_ + absl::Hours(24 * 5)), HasSubstr("tls.crt expires on "));
  EXPECT_THAT(LogOf(*store, start_ + absl::Hours(24 * 11)), HasSubstr("tls.crt expired on "));
}

TEST_F(CertificateStoreTest, ABrokenBlockLeavesWhatWasServed) {
  const Identity first = authority_.Issue("server");
  Present(first);
  const std::unique_ptr<CertificateStore> store = Open();
  const absl::Time expiry = store->expiry().certificate;
  const Identity second = authority_.Issue("server", start_, start_ + absl::Hours(24 * 60));
  folder_.Write("tls.key", second.key);
  folder_.Write("tls.crt", second.certificate + authority_.certificate().substr(0, 300));
  EXPECT_THAT(LogOf(*store, start_), HasSubstr("reload_failed"));
  EXPECT_EQ(store->expiry().certificate, expiry);
  Present(second);
  EXPECT_EQ(store->Poll(start_), Reload::kDone);
  EXPECT_GT(store->expiry().certificate, expiry);
  EXPECT_EQ(store->expiry().client_ca, absl::InfiniteFuture());
}

TEST_F(CertificateStoreTest, AKeyThatIsTooWeakIsAFailedReloadAndWhatWasServedStays) {
  Present(authority_.Issue("server"));
  const std::unique_ptr<CertificateStore> store = Open();
  const absl::Time expiry = store->expiry().certificate;
  Present(authority_.IssueRsa("server", 1024));
  EXPECT_EQ(store->Poll(start_), Reload::kFailed);
  EXPECT_EQ(store->expiry().certificate, expiry);
  Present(authority_.Issue("server", start_, start_ + absl::Hours(24 * 60)));
  EXPECT_EQ(store->Poll(start_), Reload::kDone);
}

TEST_F(CertificateStoreTest, AChangeThatIsReadWithoutMemoryForItCountsTheNextTime) {
  Present(authority_.Issue("server"));
  const std::unique_ptr<CertificateStore> store = Open();
  const auto poll = [&] { store->Poll(start_); };
  // What reading takes: more is asked for only by what has changed.
  size_t reading = 0;
  while (AsksMoreOftenThan(reading, poll)) ++reading;
  Present(authority_.Issue("server", start_, start_ + absl::Hours(24 * 60)));
  EXPECT_TRUE(AsksMoreOftenThan(reading, poll));
  EXPECT_EQ(store->Poll(start_), Reload::kDone);
  EXPECT_EQ(store->Poll(start_), Reload::kUnchanged);
}

// What is away, back as it was, and away again has failed twice.
TEST_F(CertificateStoreTest, TheSecondFailureOfAFileIsInTheLogAsTheFirstWas) {
  const Identity identity = authority_.Issue("server");
  Present(identity);
  const std::unique_ptr<CertificateStore> store = Open();
  for (int time = 0; time < 2; ++time) {
    std::filesystem::remove(folder_.Path("tls.key"));
    EXPECT_THAT(LogOf(*store, start_), HasSubstr("reload_failed")) << time;
    EXPECT_EQ(LogOf(*store, start_), "") << time;
    Present(identity);
    EXPECT_EQ(LogOf(*store, start_), "") << time;
  }
}

}  // namespace
}  // namespace activation::access
