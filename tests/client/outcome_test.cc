#include "client/src/outcome.h"

#include <gtest/gtest.h>

#include "activation/types.h"

namespace activation::client {
namespace {

std::string Field(int number, const std::string& bytes) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(bytes.size())} + bytes;
}

std::string Varint(int number, char value) {
  return std::string{static_cast<char>(number << 3), value};
}

std::string Any(const std::string& type, const std::string& value) {
  return Field(1, "type.googleapis.com/" + type) + Field(2, value);
}

// google.rpc.Status with one detail.
std::string Details(const std::string& any) {
  return Varint(1, 8) + Field(2, "full") + Field(3, any);
}

TEST(OutcomeTest, ReadsTheDelayOfRetryInfo) {
  const std::string duration = Varint(1, 2) + Varint(2, 100);
  EXPECT_EQ(ParseRetryInfo(Details(Any("google.rpc.RetryInfo", Field(1, duration)))),
            absl::Seconds(2) + absl::Nanoseconds(100));
}

TEST(OutcomeTest, RetryInfoWithoutADelayMeansAtOnce) {
  EXPECT_EQ(ParseRetryInfo(Details(Any("google.rpc.RetryInfo", ""))), absl::ZeroDuration());
}

TEST(OutcomeTest, OtherDetailsSayNothing) {
  EXPECT_EQ(ParseRetryInfo(Details(Any("google.rpc.BadRequest", Field(1, "x")))), std::nullopt);
  EXPECT_EQ(ParseRetryInfo(""), std::nullopt);
}

TEST(OutcomeTest, FindsRetryInfoAmongOtherDetails) {
  const std::string retry = Any("google.rpc.RetryInfo", Field(1, Varint(1, 3)));
  EXPECT_EQ(ParseRetryInfo(Details(Any("google.rpc.Help", "")) + Field(3, retry)),
            absl::Seconds(3));
}

TEST(OutcomeTest, BrokenDetailsSayNothing) {
  const std::string whole =
      Details(Any("google.rpc.RetryInfo", Field(1, Varint(1, 2) + Varint(2, 100))));
  for (size_t cut = 0; cut < whole.size(); ++cut) {
    EXPECT_EQ(ParseRetryInfo(whole.substr(0, cut)), std::nullopt) << cut;
  }
}

TEST(OutcomeTest, ReadsPushbackInMilliseconds) {
  EXPECT_EQ(ParsePushback("0"), absl::ZeroDuration());
  EXPECT_EQ(ParsePushback("250"), absl::Milliseconds(250));
}

TEST(OutcomeTest, NegativeOrBrokenPushbackForbidsRetries) {
  for (const char* value : {"-1", "", "soon", "99999999999999999999", "1.5"}) {
    EXPECT_LT(ParsePushback(value), absl::ZeroDuration()) << value;
  }
}

TEST(OutcomeTest, AStatusKeepsTheDelayInWholeMilliseconds) {
  const absl::Status full = absl::ResourceExhaustedError("full");
  EXPECT_EQ(RetryDelay(full), std::nullopt);
  EXPECT_EQ(RetryDelay(absl::OkStatus()), std::nullopt);
  const absl::Status told = WithRetryDelay(full, absl::Microseconds(1500));
  EXPECT_EQ(RetryDelay(told), std::chrono::milliseconds(2));
  EXPECT_EQ(told.code(), full.code());
  EXPECT_EQ(told.message(), full.message());
}

TEST(OutcomeTest, KeepsCodeAndMessage) {
  for (int code = 0; code <= 16; ++code) {
    const absl::Status status =
        ToStatus(grpc::Status(static_cast<grpc::StatusCode>(code), code == 0 ? "" : "why"));
    EXPECT_EQ(static_cast<int>(status.code()), code);
    EXPECT_EQ(status.message(), code == 0 ? "" : "why");
  }
}

}  // namespace
}  // namespace activation::client
