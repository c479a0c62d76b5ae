#include "src/engine/admission.h"

#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/base/errors.h"

namespace activation {
namespace {

TEST(AdmissionTest, TicketsHoldAndGiveBackBytes) {
  Admission admission(100, 10);
  {
    const auto first = admission.Admit(60);
    ASSERT_TRUE(first.ok());
    EXPECT_EQ(admission.inflight_bytes(), 60U);
    const auto second = admission.Admit(41);
    EXPECT_EQ(second.status().code(), absl::StatusCode::kResourceExhausted);
    EXPECT_GT(RetryDelayOf(second.status()), absl::ZeroDuration());
    EXPECT_TRUE(admission.Admit(40).ok());
  }
  EXPECT_EQ(admission.inflight_bytes(), 0U);
}

TEST(AdmissionTest, JobsAreCountedBesideBytes) {
  Admission admission(100, 2);
  const auto first = admission.Admit(0);
  {
    const auto second = admission.Admit(90);
    ASSERT_TRUE(second.ok());
    const absl::Status third = admission.Admit(0).status();
    EXPECT_EQ(third.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(RefusalOf(third), "jobs");
    EXPECT_GT(RetryDelayOf(third), absl::ZeroDuration());
    // More of a job is no further job.
    EXPECT_TRUE(admission.AdmitMore(*first, 10).ok());
    EXPECT_EQ(RefusalOf(admission.AdmitMore(*first, 11).status()), "inflight_bytes");
    EXPECT_EQ(admission.inflight_jobs(), 2U);
  }
  EXPECT_EQ(admission.inflight_jobs(), 1U);
  // A job refused for its bytes holds no place.
  EXPECT_EQ(RefusalOf(admission.Admit(101).status()), "too_large");
  EXPECT_TRUE(admission.Admit(100).ok());
  EXPECT_EQ(admission.inflight_bytes(), 0U);
}

TEST(AdmissionTest, MovedTicketsCountOnce) {
  Admission admission(100, 10);
  AdmissionTicket outer;
  {
    AdmissionTicket inner = *admission.Admit(70);
    outer = std::move(inner);
  }
  EXPECT_EQ(admission.inflight_bytes(), 70U);
  outer = AdmissionTicket();
  EXPECT_EQ(admission.inflight_bytes(), 0U);
}

TEST(AdmissionTest, WhatNeverFitsIsInvalid) {
  Admission admission(100, 10);
  EXPECT_EQ(admission.Admit(101).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(admission.Admit(SIZE_MAX).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(AdmissionTest, WhatNeverFitsBesideWhatItsJobHoldsIsInvalid) {
  Admission admission(100, 10);
  const auto other = admission.Admit(10);
  const auto held = admission.Admit(2);
  for (const size_t bytes : {size_t{99}, size_t{100}, SIZE_MAX}) {
    const absl::Status status = admission.AdmitMore(*held, bytes).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bytes;
    EXPECT_EQ(RefusalOf(status), "too_large") << bytes;
  }
  EXPECT_THAT(std::string(admission.AdmitMore(*held, 99).status().message()),
              testing::HasSubstr("101 bytes"));
  // A sum that no number holds is as much as one can say.
  EXPECT_THAT(std::string(admission.AdmitMore(*held, SIZE_MAX - 1).status().message()),
              testing::HasSubstr(absl::StrCat(SIZE_MAX, " bytes")));
  // Once the other is done there is room.
  EXPECT_EQ(RefusalOf(admission.AdmitMore(*held, 98).status()), "inflight_bytes");
  EXPECT_EQ(admission.inflight_bytes(), 12U);
}

TEST(AdmissionTest, NeverPassesTheLimitUnderContention) {
  Admission admission(1000, 10);
  std::vector<std::thread> threads;
  std::atomic<int> over{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10000; ++i) {
        const auto ticket = admission.Admit(400);
        if (admission.inflight_bytes() > 1000) over.fetch_add(1);
        if (!ticket.ok()) continue;
        const auto more = admission.AdmitMore(*ticket, 400);
        if (admission.inflight_bytes() > 1000) over.fetch_add(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(over.load(), 0);
  EXPECT_EQ(admission.inflight_bytes(), 0U);
  EXPECT_EQ(admission.inflight_jobs(), 0U);
}

}  // namespace
}  // namespace activation
