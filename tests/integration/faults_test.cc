// What calls meet when something behind the server is at fault: a backend that stands
// still or is slow, more calls than it takes.
#include "tests/integration/faults.h"

#include <gmock/gmock.h>

#include <future>

#include "activation/client.h"
#include "tests/integration/faulty_backend.h"
#include "tests/integration/requests.h"

namespace activation {
namespace {

using ::testing::HasSubstr;

TEST_F(FaultsTest, MoreCallsThanMayBeUnderWayAreRefusedAndTheClientTriesAgain) {
  Config config;
  config.limits.max_inflight_jobs = 1;
  Serve(config);
  const client::Client client({.endpoint = server_->target()});
  std::vector<float> x = {-1, 2}, y(2);
  std::future<absl::Status> later;
  {
    const absl::StatusOr<AdmissionTicket> other = server_->engine().Admit(10);
    ASSERT_TRUE(other.ok());
    EXPECT_EQ(Metric("activation_inflight_jobs"), 1);
    ExpectRefused(Call(SmallRequest()), "jobs");
    const client::ConstTensor tensor{.dtype = client::DType::kF32, .shape = {2}, .data = x.data()};
    later = client.ForwardAsync(
        {client::ForwardItem{.activation = {.function = "relu"}, .x = tensor, .y = y.data()}});
    EXPECT_TRUE(Eventually([this] { return Rejected("jobs") >= 2; }));
  }
  EXPECT_EQ(later.get(), absl::OkStatus());
  EXPECT_EQ(y, (std::vector<float>{0, 2}));
  ExpectServesAgain();
}

TEST_F(FaultsTest, WorkBeyondTheLimitIsRefusedWhileSmallCallsGoOn) {
  Config config;
  config.limits.max_queue_milliseconds = 0;
  Serve(config);
  std::future<Ended> first;
  {
    const StuckBackend stuck;
    first = CallLater(LargeRequest(kLarge));
    ASSERT_TRUE(Eventually([] { return StuckBackend::held() == 1; }));
    EXPECT_GT(Metric("activation_queue_seconds"), 0);
    const Ended second = Call(LargeRequest(kLarge));
    ExpectRefused(second, "work");
    EXPECT_THAT(second.status.error_message(), HasSubstr("max_queue_milliseconds"));
    EXPECT_TRUE(IsRight(*stub_));
  }
  EXPECT_TRUE(first.get().status.ok());
  ExpectServesAgain();
}

TEST_F(FaultsTest, FewElementsThatTakeLongAreQueuedToo) {
  Serve();
  const v1::ForwardRequest slow =
      Forward("mish", MakeTensor(v1::DTYPE_F64, std::vector<double>(32 << 10, 0.7)));
  // The first three are computed where they are read, as less is no proof that the kind is slow.
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Call(slow).status.ok());
  std::future<Ended> next;
  {
    const StuckBackend stuck;
    next = CallLater(slow);
    EXPECT_TRUE(Eventually([] { return StuckBackend::held() == 1; }));
    EXPECT_GT(Metric("activation_queue_seconds"), 0);
    EXPECT_TRUE(IsRight(*stub_));
  }
  EXPECT_TRUE(next.get().status.ok());
  ExpectServesAgain();
}

TEST_F(FaultsTest, ACallThatWouldBeLateIsRefusedInsteadOfComputed) {
  Config config;
  config.limits.max_queue_milliseconds = 3'600'000;
  Serve(config);
  constexpr absl::Duration kSlow = absl::Milliseconds(600);
  // Enough elements that each may be believed to take its part of that, at first sight.
  constexpr size_t kManyBytes = 48 << 20;
  std::future<Ended> slow;
  {
    // What the server learns from: a backend that took so long.
    const StuckBackend stuck;
    slow = CallLater(LargeRequest(kManyBytes));
    ASSERT_TRUE(Eventually([] { return StuckBackend::held() == 1; }));
    const absl::Time begin = absl::Now();
    ASSERT_TRUE(Eventually([&] { return absl::Now() > begin + kSlow; }));
  }
  ASSERT_TRUE(slow.get().status.ok());
  std::future<Ended> first;
  {
    const StuckBackend stuck;
    first = CallLater(LargeRequest(kManyBytes));
    ASSERT_TRUE(Eventually([] { return StuckBackend::held() == 1; }));
    EXPECT_GE(server_->engine().queued(), kSlow / 2);
    // Both would be done after 1.2 s at the earliest, and it takes a while to get there.
    ExpectRefused(Call(LargeRequest(kManyBytes), 2 * kSlow - absl::Milliseconds(100)), "deadline");
    EXPECT_EQ(StuckBackend::held(), 1U) << "nothing of it reached the backend";
  }
  EXPECT_TRUE(first.get().status.ok());
  ExpectServesAgain();
}

TEST_F(FaultsTest, CallsOfAStuckBackendEndAtTheirDeadlines) {
  Serve();
  {
    const StuckBackend stuck;
    // On a machine that has much to do a call may not come so far in time.
    for (absl::Duration within = absl::Milliseconds(200); StuckBackend::held() == 0; within *= 2) {
      ASSERT_LT(within, absl::Minutes(1));
      const Ended ended = Call(LargeRequest(kLarge), within);
      ASSERT_EQ(ended.status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
      ASSERT_TRUE(Eventually(
          [this] { return StuckBackend::held() == 1 || server_->engine().inflight_bytes() == 0; }));
    }
    EXPECT_TRUE(IsRight(*stub_));
    EXPECT_EQ(StuckBackend::held(), 1U);
    // The server knows it too, and does not do the work once it could.
    EXPECT_TRUE(Eventually([] { return StuckBackend::interrupted() == 1; }));
  }
  EXPECT_TRUE(ReturnsToRest());
  EXPECT_LE(Metric(R"(activation_elements_total{backend="cpu",direction="forward",dtype="f32",)"
                   R"(function="gelu",tier="exact"})"),
            0);
  ExpectServesAgain();
}

// Of nothing but shapes: many times their bytes once decoded.
TEST_F(FaultsTest, ManySmallItemsCountForWhatTheyTake) {
  constexpr int kItems = 1000;
  constexpr int kRank = 32;
  v1::ForwardRequest request;
  for (int i = 0; i < kItems; ++i) {
    v1::ForwardItem* const item = request.add_items();
    item->mutable_activation()->set_function("relu");
    item->mutable_x()->set_dtype(v1::DTYPE_F32);
    item->mutable_x()->set_data("");
    for (int j = 0; j < kRank; ++j) item->mutable_x()->add_shape(0);
  }
  Config config;
  // Room for the request and a reply as large, and for the items, but not for both.
  config.limits.max_inflight_bytes = static_cast<int64_t>(
      request.ByteSizeLong() +
      kItems * (sizeof(Evaluation) + sizeof(wire::Extents) + kRank * sizeof(int64_t)));
  Serve(config);
  const grpc::Status status = Call(request).status;
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("max_inflight_bytes"));
  EXPECT_EQ(Rejected("too_large"), 1);
  EXPECT_TRUE(IsRight(*stub_));
  EXPECT_TRUE(ReturnsToRest());
}

}  // namespace
}  // namespace activation
