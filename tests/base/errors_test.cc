#include "src/base/errors.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/base/no_memory_here.h"

namespace activation {
namespace {

using ::testing::HasSubstr;

TEST(ErrorsTest, InvalidFieldCarriesItsField) {
  const absl::Status status = InvalidField("x.shape", "extent -1 is negative");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "x.shape: extent -1 is negative");
  EXPECT_EQ(FieldOf(status), "x.shape");
}

TEST(ErrorsTest, WithinPutsTheItemBeforeFieldAndMessage) {
  const absl::Status status = Within("items[3].", InvalidField("x.shape", "too long"));
  EXPECT_EQ(FieldOf(status), "items[3].x.shape");
  EXPECT_EQ(status.message(), "items[3].x.shape: too long");
}

TEST(ErrorsTest, WithinLeavesAStatusWithoutFieldAlone) {
  const absl::Status status = Within("items[3].", Draining());
  EXPECT_EQ(status, Draining());
  EXPECT_EQ(FieldOf(status), "");
}

// Nobody may be above who would catch what is thrown.
TEST(ErrorsTest, WhatMayBeSaidAtWorkIsTheCodeAloneWithoutMemory) {
  for (const auto status : {OutOfMemory, OutOfMemoryAtWork, DeadlinePassed, CallCancelled, Draining,
                            BrokenRegion, RegionWithoutPage}) {
    absl::Status said;
    {
      const NoMemoryHere none;
      said = status();
    }
    EXPECT_EQ(said, absl::Status(status().code(), "")) << status();
  }
}

TEST(ErrorsTest, UnknownFunctionNamesTheNearestAndCutsLongNames) {
  const absl::Status near = UnknownFunction("function", "gelo", {"gelu", "relu"});
  EXPECT_EQ(near.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(near.message()), HasSubstr("did you mean 'gelu' or 'relu'?"));
  const absl::Status none = UnknownFunction("function", "", {});
  EXPECT_EQ(none.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(none.message(), "function: is required");
  const absl::Status far = UnknownFunction("function", std::string(10000, 'g'), {});
  EXPECT_LT(far.message().size(), 200U);
}

TEST(ErrorsTest, AdmissionTellsWhenToTryAgain) {
  const absl::Status status = TooManyBytesInFlight(10, 95, 100, absl::Milliseconds(10));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(RetryDelayOf(status), absl::Milliseconds(10));
  EXPECT_EQ(RetryDelayOf(absl::OkStatus()), absl::ZeroDuration());
}

TEST(ErrorsTest, WhatNoRetryCanHelpIsInvalid) {
  EXPECT_EQ(RequestLargerThanAdmission(101, 100).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace activation
