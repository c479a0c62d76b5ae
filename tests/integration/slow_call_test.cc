// Calls that register and end regions, on a server that takes long for it: its CUDA device, a
// fake one, pins memory when it is told to.
#include <gmock/gmock.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "inference/grpc_service.grpc.pb.h"
#include "src/base/limits.h"
#include "tests/integration/cuda_serving.h"
#include "tests/integration/requests.h"
#include "tests/server/shared_memory/test_object.h"

namespace activation {
namespace {

using testing::HasSubstr;

constexpr uint64_t kBytes = 8000;

class HeldDevice final : public cuda::FakeDevice {
 public:
  absl::Status Pin(void* memory, size_t bytes) override {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      ++pinning_;
      changed_.notify_all();
      changed_.wait(lock, [this] { return !held_; });
      --pinning_;
    }
    return FakeDevice::Pin(memory, bytes);
  }

  void HoldPins() {
    const std::lock_guard<std::mutex> lock(mutex_);
    held_ = true;
  }
  void WaitUntilPinning() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return pinning_ > 0; });
  }
  void LetPin() {
    const std::lock_guard<std::mutex> lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int pinning_ = 0;    // guarded by mutex_
  bool held_ = false;  // guarded by mutex_
};

// A call under way.
template <class Request, class Response>
struct UnderWay {
  std::function<void(grpc::Status)> OnDone() {
    return [this](grpc::Status ended) {
      status = std::move(ended);
      done.Notify();
    };
  }
  grpc::Status Wait() {
    done.WaitForNotification();
    return status;
  }

  grpc::ClientContext context;
  Request request;
  Response response;
  grpc::Status status;
  absl::Notification done;
};
using Registering = UnderWay<v1::RegisterSharedMemoryRequest, v1::RegisterSharedMemoryResponse>;
using Unregistering =
    UnderWay<v1::UnregisterSharedMemoryRequest, v1::UnregisterSharedMemoryResponse>;
using NamedRegistering = UnderWay<::inference::SystemSharedMemoryRegisterRequest,
                                  ::inference::SystemSharedMemoryRegisterResponse>;

class SlowCallTest : public CudaServingTest {
 protected:
  void SetUp() override {
    auto owned = std::make_unique<HeldDevice>();
    held_ = owned.get();
    devices_ = {held_};
    cuda::Discovery found;
    found.devices.push_back(std::move(owned));
    Config config;
    config.shared_memory.enabled = true;
    Serve(config, std::move(found));
    named_stub_ = ::inference::GRPCInferenceService::NewStub(channel_);
  }
  void TearDown() override { held_->LetPin(); }

  std::unique_ptr<Registering> Register() {
    auto call = std::make_unique<Registering>();
    call->request.set_key(object_.name());
    call->request.set_bytes(kBytes);
    call->context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
    stub_->async()->RegisterSharedMemory(&call->context, &call->request, &call->response,
                                         call->OnDone());
    return call;
  }

  std::unique_ptr<Unregistering> Unregister(const std::string& region) {
    auto call = std::make_unique<Unregistering>();
    call->request.set_region(region);
    stub_->async()->UnregisterSharedMemory(&call->context, &call->request, &call->response,
                                           call->OnDone());
    return call;
  }

  std::unique_ptr<NamedRegistering> RegisterName() {
    auto call = std::make_unique<NamedRegistering>();
    call->request.set_name(absl::StrCat("x", ++names_));
    call->request.set_key(object_.name());
    call->request.set_byte_size(kBytes);
    named_stub_->async()->SystemSharedMemoryRegister(&call->context, &call->request,
                                                     &call->response, call->OnDone());
    return call;
  }

  // A registration that keeps all calls like it waiting, until LetPin().
  std::unique_ptr<Registering> KeepWaiting() {
    held_->HoldPins();
    std::unique_ptr<Registering> call = Register();
    held_->WaitUntilPinning();
    return call;
  }

  bool UnderWayAre(int64_t calls) {
    return Eventually([&] { return server_->metrics().inflight_calls() == calls; });
  }

  // What the connection brought before, as a cancellation, was read when this is answered.
  void RoundTrip() {
    grpc::ClientContext context;
    v1::ForwardResponse response;
    const grpc::Status status = stub_->Forward(&context, SmallRequest(), &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }

  // Whether no region is there of a registration that `start` began and that was cancelled while
  // it waited. The server may learn of that too late, but not every time.
  template <class Start>
  bool IsSkipped(const Start& start) {
    for (int i = 0; i < 50; ++i) {
      const size_t before = server_->regions().regions();
      const auto first = KeepWaiting();
      const auto second = start();
      EXPECT_TRUE(UnderWayAre(2));
      second->context.TryCancel();
      EXPECT_EQ(second->Wait().error_code(), grpc::StatusCode::CANCELLED);
      RoundTrip();
      held_->LetPin();
      EXPECT_TRUE(first->Wait().ok());
      EXPECT_TRUE(ReturnsToRest());
      if (server_->regions().regions() == before + 1) return true;
    }
    return false;
  }

  double Rejected(const std::string& reason) {
    return Metric("activation_rejected_total{reason=\"" + reason + "\"}");
  }

  shared_memory::TestObject object_{kBytes};
  HeldDevice* held_ = nullptr;  // the server's
  int names_ = 0;
  std::unique_ptr<::inference::GRPCInferenceService::Stub> named_stub_;
};

// More of them than there can be threads that read requests.
TEST_F(SlowCallTest, OtherCallsAreAnsweredWhileRegionsAreBeingRegistered) {
  constexpr size_t kRegions = 64;
  std::vector<std::unique_ptr<Registering>> calls;
  calls.push_back(KeepWaiting());
  while (calls.size() < kRegions) calls.push_back(Register());
  EXPECT_TRUE(UnderWayAre(kRegions));
  RoundTrip();
  held_->LetPin();
  for (const auto& call : calls) {
    const grpc::Status registered = call->Wait();
    EXPECT_TRUE(registered.ok()) << registered.error_message();
  }
  EXPECT_EQ(server_->regions().regions(), kRegions);
}

TEST_F(SlowCallTest, ARegionIsEndedAlsoForAClientThatHasStoppedWaiting) {
  const std::string region = Region(0, kBytes);  // is not pinned
  const auto registering = KeepWaiting();
  const auto ending = Unregister(region);
  EXPECT_TRUE(UnderWayAre(2));
  ending->context.TryCancel();
  EXPECT_EQ(ending->Wait().error_code(), grpc::StatusCode::CANCELLED);
  RoundTrip();
  held_->LetPin();
  EXPECT_TRUE(registering->Wait().ok());
  EXPECT_TRUE(ReturnsToRest());
  EXPECT_EQ(server_->regions().regions(), 1U);
}

TEST_F(SlowCallTest, ARegistrationThatIsCancelledWhileItWaitsLeavesNoRegion) {
  EXPECT_TRUE(IsSkipped([this] { return Register(); }));
}

TEST_F(SlowCallTest, ANamedRegistrationThatIsCancelledWhileItWaitsLeavesNoRegion) {
  EXPECT_TRUE(IsSkipped([this] { return RegisterName(); }));
}

TEST_F(SlowCallTest, MoreThanMayWaitAreRefusedForNow) {
  const auto registering = KeepWaiting();
  std::vector<std::unique_ptr<Unregistering>> waiting;
  while (waiting.size() < kMaxErrands) waiting.push_back(Unregister("none"));
  EXPECT_TRUE(UnderWayAre(kMaxErrands + 1));
  const auto refused = Register();
  const grpc::Status status = refused->Wait();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("256"));
  ASSERT_EQ(DetailsOf(status).details_size(), 1);
  google::rpc::RetryInfo retry;
  EXPECT_TRUE(DetailsOf(status).details(0).UnpackTo(&retry));
  EXPECT_EQ(refused->context.GetServerTrailingMetadata().count("grpc-retry-pushback-ms"), 1U);
  EXPECT_EQ(Rejected("regions"), 1);
  EXPECT_EQ(Rejected("jobs"), 0);
  held_->LetPin();
  EXPECT_TRUE(registering->Wait().ok());
  for (const auto& call : waiting) EXPECT_TRUE(call->Wait().ok());
}

TEST_F(SlowCallTest, InADrainNothingIsRegisteredAnyMoreAndRegionsAreEnded) {
  const std::string region = Region(0, kBytes);
  const auto first = KeepWaiting();
  const auto second = Register();
  const auto ending = Unregister(region);
  EXPECT_TRUE(UnderWayAre(3));
  std::thread draining([this] { server_->Drain(); });
  EXPECT_TRUE(Eventually([this] {
    grpc::ClientContext context;
    v1::ForwardResponse response;
    return stub_->Forward(&context, SmallRequest(), &response).error_code() ==
           grpc::StatusCode::UNAVAILABLE;
  }));
  const double rejected = Rejected("draining");
  // At once, though others wait.
  EXPECT_EQ(Register()->Wait().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(RegisterName()->Wait().error_code(), grpc::StatusCode::UNAVAILABLE);
  // A drain that does not wait for it cancels it about a second after nothing else is left.
  EXPECT_FALSE(first->done.WaitForNotificationWithTimeout(absl::Milliseconds(2500)));
  held_->LetPin();
  EXPECT_TRUE(first->Wait().ok());
  const grpc::Status waited = second->Wait();
  EXPECT_EQ(waited.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(waited.error_message(), "the server is draining");
  EXPECT_TRUE(ending->Wait().ok());
  EXPECT_EQ(server_->regions().regions(), 1U);
  EXPECT_EQ(Rejected("draining"), rejected + 3);
  draining.join();
}

}  // namespace
}  // namespace activation
