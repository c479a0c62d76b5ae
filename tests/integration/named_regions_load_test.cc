// Regions of the Open Inference Protocol that come and go while calls use them, from several
// connections at once.
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <initializer_list>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "inference/grpc_service.grpc.pb.h"
#include "tests/integration/serving.h"
#include "tests/server/shared_memory/test_object.h"

namespace activation {
namespace {

using shared_memory::TestObject;
using Service = ::inference::GRPCInferenceService;

constexpr size_t kPartCount = 512;
constexpr size_t kPartBytes = kPartCount * sizeof(float);

// One connection's calls about regions.
class Owner {
 public:
  explicit Owner(const std::string& target) : stub_(Service::NewStub(Connect(target))) {}

  grpc::Status Register(const std::string& name, const TestObject& object) {
    grpc::ClientContext context;
    ::inference::SystemSharedMemoryRegisterRequest request;
    request.set_name(name);
    request.set_key(object.name());
    request.set_byte_size(object.size());
    ::inference::SystemSharedMemoryRegisterResponse response;
    return stub_->SystemSharedMemoryRegister(&context, request, &response);
  }

  grpc::Status Unregister(const std::string& name) {
    grpc::ClientContext context;
    ::inference::SystemSharedMemoryUnregisterRequest request;
    request.set_name(name);
    ::inference::SystemSharedMemoryUnregisterResponse response;
    return stub_->SystemSharedMemoryUnregister(&context, request, &response);
  }

  // relu of the first tensor of a region, written to the one that many behind it.
  grpc::Status Infer(const std::string& region, int place = 1) {
    ::inference::ModelInferRequest request;
    request.set_model_name("relu");
    auto* const input = request.add_inputs();
    input->set_name("x");
    input->set_datatype("FP32");
    input->add_shape(kPartCount);
    Place(region, 0, input);
    auto* const output = request.add_outputs();
    output->set_name("y");
    Place(region, place * kPartBytes, output);
    grpc::ClientContext context;
    ::inference::ModelInferResponse response;
    return stub_->ModelInfer(&context, request, &response);
  }

 private:
  template <class Tensor>
  static void Place(const std::string& region, int64_t offset, Tensor* tensor) {
    auto& parameters = *tensor->mutable_parameters();
    parameters["shared_memory_region"].set_string_param(region);
    parameters["shared_memory_byte_size"].set_int64_param(kPartBytes);
    parameters["shared_memory_offset"].set_int64_param(offset);
  }

  const std::unique_ptr<Service::Stub> stub_;
};

// Answers that nobody expected, and how often each came.
class Surprises {
 public:
  void Expect(const char* call, const grpc::Status& status,
              std::initializer_list<grpc::StatusCode> codes) {
    if (absl::c_linear_search(codes, status.error_code())) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    ++counts_[absl::StrCat(call, ": ", status.error_code(), " ", status.error_message())];
  }

  const std::map<std::string, int>& counts() const { return counts_; }

 private:
  std::mutex mutex_;
  std::map<std::string, int> counts_;
};

class NamedRegionsLoadTest : public ServingTest {};

// A client that put its object away and lost its connection, or died, leaves its name free.
TEST_F(NamedRegionsLoadTest, ARestartedClientRegistersItsNameAgain) {
  Config config;
  config.shared_memory.enabled = true;
  Serve(config);
  auto first = std::make_unique<Owner>(server_->target());
  auto object = std::make_unique<TestObject>(2 * kPartBytes);
  ASSERT_EQ(first->Register("one", *object).error_code(), grpc::StatusCode::OK);
  ASSERT_EQ(first->Infer("one").error_code(), grpc::StatusCode::OK);
  first.reset();
  Owner second(server_->target());
  EXPECT_EQ(second.Unregister("").error_code(), grpc::StatusCode::OK);
  EXPECT_EQ(second.Register("one", *object).error_code(), grpc::StatusCode::ALREADY_EXISTS);
  object.reset();
  TestObject anew(2 * kPartBytes);
  std::fill_n(anew.as<float>(), kPartCount, 1.0F);
  ASSERT_EQ(second.Register("one", anew).error_code(), grpc::StatusCode::OK);
  EXPECT_EQ(second.Infer("one").error_code(), grpc::StatusCode::OK);
  EXPECT_EQ(anew.as<float>()[kPartCount], 1.0F);
  EXPECT_EQ(server_->regions().regions(), 1);
}

// Each call is right, or finds no region; nobody's clean-up ends another's region.
TEST_F(NamedRegionsLoadTest, TenThousandRegionsUnderLoad) {
  constexpr int kOwners = 2;
  constexpr int kRounds = 10000 / kOwners;
  Config config;
  config.shared_memory.enabled = true;
  config.threads = 2;
  Serve(config);
  // Calls at the same time write to places of their own.
  constexpr int kLoads = 2;
  constexpr int kCallers = kOwners + kLoads;
  TestObject object((1 + kCallers) * kPartBytes);
  std::fill_n(object.as<float>(), kPartCount, 1.0F);
  const std::string names[kOwners] = {"one", "two"};
  std::atomic<int> right{0};
  Surprises surprises;
  const auto own = [&](int which) {
    Owner owner(server_->target());
    const auto expect_ok = [&](const char* call, const grpc::Status& status) {
      surprises.Expect(call, status, {grpc::StatusCode::OK});
    };
    for (int round = 0; round < kRounds; ++round) {
      expect_ok("register", owner.Register(names[which], object));
      expect_ok("unregister another's", owner.Unregister(names[1 - which]));
      // Nobody else can have ended it.
      if (round % 8 == 0) expect_ok("infer by the owner", owner.Infer(names[which], 1 + which));
      expect_ok("unregister", owner.Unregister(names[which]));
    }
  };
  std::atomic<bool> over{false};
  const auto load = [&](int which) {
    Owner stranger(server_->target());
    for (size_t i = 0; !over; ++i) {
      const grpc::Status status = stranger.Infer(names[i % kOwners], 1 + kOwners + which);
      right += status.ok() ? 1 : 0;
      surprises.Expect("infer by a stranger", status,
                       {grpc::StatusCode::OK, grpc::StatusCode::NOT_FOUND});
    }
  };
  std::vector<std::thread> owners, loads;
  for (int which = 0; which < kOwners; ++which) owners.emplace_back(own, which);
  for (int which = 0; which < kLoads; ++which) loads.emplace_back(load, which);
  for (std::thread& thread : owners) thread.join();
  over = true;
  for (std::thread& thread : loads) thread.join();
  EXPECT_THAT(surprises.counts(), testing::IsEmpty());
  EXPECT_GT(right, 0);
  for (int place = 1; place <= kCallers; ++place) {
    EXPECT_EQ(object.as<float>()[(place + 1) * kPartCount - 1], 1.0F) << place;
  }
  EXPECT_TRUE(ReturnsToRest());
  EXPECT_EQ(server_->regions().regions(), 0);
  EXPECT_EQ(server_->regions().bytes(), 0);
}

}  // namespace
}  // namespace activation
