// What calls meet when something behind the server is at fault: a backend that stands
// still or is slow, memory that is not to be had, more calls than it takes.
#include <gmock/gmock.h>

#include <future>

#include "activation/client.h"
#include "google/rpc/error_details.pb.h"
#include "tests/integration/faulty_backend.h"
#include "tests/integration/requests.h"
#include "tests/integration/serving.h"
#include "tests/server/shared_memory/test_object.h"

namespace activation {
namespace {

using ::testing::HasSubstr;

constexpr size_t kLarge = 4 << 20;  // bytes; for the workers
// So large that no buffer of another test's is kept for it.
constexpr size_t kLarger = 12 << 20;

class FaultsTest : public ServingTest {
 protected:
  struct Ended {
    grpc::Status status;
    std::string pushback;
  };

  Ended Call(const v1::ForwardRequest& request, absl::Duration deadline = absl::Minutes(1)) {
    v1::ForwardResponse response;
    return CallWith(deadline, [&](grpc::ClientContext* context) {
      return stub_->Forward(context, request, &response);
    });
  }

  Ended Call(const v1::GradientRequest& request) {
    v1::GradientResponse response;
    return CallWith(absl::Minutes(1), [&](grpc::ClientContext* context) {
      return stub_->Gradient(context, request, &response);
    });
  }

  template <class Send>
  Ended CallWith(absl::Duration deadline, const Send& send) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
    Ended ended{.status = send(&context), .pushback = ""};
    const auto found = context.GetServerTrailingMetadata().find("grpc-retry-pushback-ms");
    if (found != context.GetServerTrailingMetadata().end()) {
      ended.pushback = std::string(found->second.data(), found->second.size());
    }
    return ended;
  }

  // One row of zeros.
  static v1::ForwardRequest OfHalves(const std::string& function, size_t elements) {
    v1::ForwardRequest request = SmallRequest();
    v1::ForwardItem& item = *request.mutable_items(0);
    item.mutable_activation()->set_function(function);
    item.mutable_x()->set_dtype(v1::DTYPE_F16);
    item.mutable_x()->clear_shape();
    item.mutable_x()->add_shape(static_cast<int64_t>(elements));
    item.mutable_x()->set_data(std::string(elements * sizeof(uint16_t), '\0'));
    return request;
  }

  std::future<Ended> CallLater(const v1::ForwardRequest& request) {
    return std::async(std::launch::async, [this, request] { return Call(request); });
  }

  // Refused for now, for a reason, and with a delay, as an error and in the trailer.
  void ExpectRefused(const Ended& ended, const std::string& reason) {
    EXPECT_EQ(ended.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED)
        << ended.status.error_message();
    google::rpc::RetryInfo retry;
    ASSERT_EQ(DetailsOf(ended.status).details_size(), 1);
    ASSERT_TRUE(DetailsOf(ended.status).details(0).UnpackTo(&retry));
    EXPECT_NE(ended.pushback, "");
    EXPECT_EQ(Rejected(reason), 1) << reason;
  }

  double Rejected(const std::string& reason) {
    return Metric("activation_rejected_total{reason=\"" + reason + "\"}");
  }

  void ExpectServesAgain() {
    EXPECT_TRUE(Call(LargeRequest(kLarge)).status.ok());
    // The server may still be putting away what its client has already.
    EXPECT_TRUE(ReturnsToRest());
    EXPECT_TRUE(IsRight(*stub_));
    EXPECT_TRUE(ReturnsToRest());
    EXPECT_EQ(server_->engine().inflight_jobs(), 0U);
    EXPECT_EQ(server_->engine().queued(), absl::ZeroDuration());
  }

  // Where there is none for buffers of kLarger: asked once, and what needs less goes on.
  template <class Request>
  void ExpectRefusedWithoutMemory(const Request& request) {
    Serve();
    {
      const NoMemory none(kLarger);
      ExpectRefused(Call(request), "memory");
      EXPECT_EQ(NoMemory::failures(), 1U);
      EXPECT_TRUE(IsRight(*stub_));
      EXPECT_TRUE(ReturnsToRest());
    }
    ExpectServesAgain();
  }
};

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
    const Ended ended = Call(LargeRequest(kLarge), absl::Milliseconds(200));
    EXPECT_EQ(ended.status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
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
  EXPECT_THAT(status.error_message(), testing::HasSubstr("max_inflight_bytes"));
  EXPECT_EQ(Rejected("too_large"), 1);
  EXPECT_TRUE(IsRight(*stub_));
  EXPECT_TRUE(ReturnsToRest());
}

TEST_F(FaultsTest, WithoutMemoryACallIsRefusedAndTheServerLives) {
  Serve();
  {
    const NoMemory none(kLarger);
    ExpectRefused(Call(LargeRequest(kLarger)), "memory");
    EXPECT_EQ(NoMemory::failures(), 1U);
    EXPECT_TRUE(IsRight(*stub_));
    EXPECT_TRUE(ReturnsToRest());
  }
  ExpectServesAgain();
}

TEST_F(FaultsTest, WithoutMemoryForManySmallResultsTheCallIsRefused) {
  constexpr size_t kItemBytes = 60 << 10;  // has no buffer of its own
  v1::ForwardRequest request;
  const v1::ForwardItem item = LargeRequest(kItemBytes).items(0);
  while (static_cast<size_t>(request.items_size()) * kItemBytes < kLarger)
    *request.add_items() = item;
  ExpectRefusedWithoutMemory(request);
}

TEST_F(FaultsTest, WithoutMemoryForGradientsByWeightsTheCallIsRefused) {
  // Twice as many bytes as weights have, and more than any tensor of the request.
  constexpr size_t kWeights = kLarger / sizeof(double);
  const v1::Tensor weight = MakeTensor(v1::DTYPE_F32, std::vector<float>(kWeights, 0.25F));
  v1::Tensor x = weight;
  x.clear_shape();
  x.add_shape(1);
  x.add_shape(static_cast<int64_t>(kWeights));
  v1::GradientRequest request = Gradient("prelu", x);
  request.mutable_items(0)->set_parameter_gradients(true);
  *request.mutable_items(0)->mutable_weight() = weight;
  ExpectRefusedWithoutMemory(request);
}

// A row of 16 bits is computed in floats: 11 bytes an element beside those of request and reply.
TEST_F(FaultsTest, ALongRowCountsForWhatComputingItTakes) {
  constexpr size_t kElements = 3 << 20;
  Config config;
  config.limits.max_inflight_bytes = 14 * kElements;
  Serve(config);
  EXPECT_TRUE(Call(OfHalves("sigmoid", kElements)).status.ok());
  EXPECT_EQ(Call(OfHalves("softmax", kElements)).status.error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Rejected("too_large"), 1);
  EXPECT_TRUE(ReturnsToRest());
}

TEST_F(FaultsTest, WithoutMemoryForALongRowTheCallIsRefused) {
  constexpr size_t kElements = 3 << 20;
  Serve();
  const v1::ForwardRequest request = OfHalves("softmax", kElements);
  Ended refused;
  {
    const NoMemory none(kElements * sizeof(float), NoMemory::Of::kOthers);
    refused = Call(request);
    EXPECT_EQ(NoMemory::failures(), 1U);
  }
  // The work had begun, so nobody is told to try again.
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(refused.pushback, "");
  EXPECT_EQ(Rejected("memory"), 1);
  EXPECT_TRUE(ReturnsToRest());
  EXPECT_TRUE(Call(request).status.ok());
  ExpectServesAgain();
}

// With an item in place beside it, which may have been computed.
TEST_F(FaultsTest, WithoutMemoryForALongRowACallInPlaceHasFailed) {
  constexpr size_t kElements = 3 << 20;
  constexpr size_t kBytes = 4096;
  Config config;
  config.shared_memory.enabled = true;
  Serve(config);
  shared_memory::TestObject object(kBytes);
  v1::RegisterSharedMemoryRequest registering;
  registering.set_key(object.name());
  registering.set_bytes(kBytes);
  v1::RegisterSharedMemoryResponse region;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->RegisterSharedMemory(&context, registering, &region).ok());
  v1::ForwardRequest request = OfHalves("softmax", kElements);
  v1::ForwardItem& item = *request.add_items();
  item = SmallRequest().items(0);
  item.mutable_x()->mutable_shared_memory()->set_region(region.region());
  item.mutable_x()->clear_shape();
  item.mutable_x()->add_shape(kBytes / sizeof(float));
  item.mutable_output()->set_region(region.region());
  const NoMemory none(kElements * sizeof(float), NoMemory::Of::kOthers);
  const Ended failed = Call(request);
  EXPECT_EQ(failed.status.error_code(), grpc::StatusCode::INTERNAL)
      << failed.status.error_message();
  EXPECT_EQ(failed.pushback, "");
}

// What the workers divide it by is a list that grows with it.
TEST_F(FaultsTest, WithoutMemoryForTheWorkersListsTheCallIsRefused) {
  constexpr size_t kBytes = 48 << 20;
  constexpr size_t kOfLists = 12'000;
  Config config;
  config.shared_memory.enabled = true;
  Serve(config);
  // A tensor that arrived in pieces would need longer lists before.
  shared_memory::TestObject object(kBytes);
  v1::RegisterSharedMemoryRequest registering;
  registering.set_key(object.name());
  registering.set_bytes(kBytes);
  v1::RegisterSharedMemoryResponse region;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->RegisterSharedMemory(&context, registering, &region).ok());
  v1::ForwardRequest request = SmallRequest();
  v1::ForwardItem& item = *request.mutable_items(0);
  item.mutable_x()->clear_data();
  item.mutable_x()->mutable_shared_memory()->set_region(region.region());
  item.mutable_x()->clear_shape();
  item.mutable_x()->add_shape(kBytes / sizeof(float));
  item.mutable_output()->set_region(region.region());
  Ended refused;
  {
    const NoMemory none(kOfLists, NoMemory::Of::kOthers);
    refused = Call(request);
    EXPECT_EQ(NoMemory::failures(), 1U);
  }
  // A scrape needs as much.
  ExpectRefused(refused, "memory");
  EXPECT_TRUE(ReturnsToRest());
  EXPECT_EQ(server_->engine().queued(), absl::ZeroDuration());
  EXPECT_TRUE(Call(request).status.ok());
  ExpectServesAgain();
}

TEST_F(FaultsTest, WithoutMemoryAnItemFailsAndItsStreamGoesOn) {
  Serve();
  grpc::ClientContext context;
  const auto stream = stub_->Stream(&context);
  v1::StreamResponse response;
  {
    const NoMemory none(kLarger);
    ASSERT_TRUE(stream->Write(ItemOf(1, LargeRequest(kLarger))));
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.error().code(), static_cast<int>(grpc::StatusCode::RESOURCE_EXHAUSTED));
    EXPECT_GT(response.error().retry_delay_ms(), 0);
  }
  ASSERT_TRUE(stream->Write(ItemOf(2, SmallRequest())));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.id(), 2U);
  EXPECT_EQ(response.error().code(), 0);
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
  ExpectServesAgain();
}

// A text that came in several slices is brought together: its size is the client's choice.
TEST_F(FaultsTest, WithoutMemoryForANameAnItemFailsAndItsStreamGoesOn) {
  Serve();
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
  const auto stream = stub_->Stream(&context);
  v1::StreamRequest item = ItemOf(1, SmallRequest());
  item.mutable_forward()->mutable_activation()->set_function(std::string(kLarger, 'f'));
  v1::StreamResponse response;
  {
    const NoMemory none(kLarger, NoMemory::Of::kOthers);
    ASSERT_TRUE(stream->Write(item));
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(NoMemory::failures(), 1U);
  }
  EXPECT_EQ(response.id(), 1U);
  EXPECT_EQ(response.error().code(), static_cast<int>(grpc::StatusCode::RESOURCE_EXHAUSTED));
  EXPECT_GT(response.error().retry_delay_ms(), 0);
  EXPECT_EQ(Rejected("memory"), 1);
  ASSERT_TRUE(stream->Write(ItemOf(2, SmallRequest())));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.id(), 2U);
  EXPECT_EQ(response.error().code(), 0);
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
  ExpectServesAgain();
}

}  // namespace
}  // namespace activation
