// Tensors in shared memory through a whole server and real gRPC: the same bits as when
// sent, leases, and owners that cut their memory while it is used. `shared_memory_test
// --cut NAME BYTES` is such an owner, in a process of its own.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/child_process.h"
#include "tests/integration/requests.h"
#include "tests/integration/serving.h"
#include "tests/server/shared_memory/test_object.h"

namespace activation {
namespace {

using shared_memory::TestObject;

std::string own_path;

class SharedMemoryTest : public ServingTest {
 protected:
  void SetUp() override {
    Config config;
    config.shared_memory.enabled = true;
    config.threads = 2;
    Serve(config);
  }

  grpc::Status Register(const std::string& key, uint64_t bytes, std::string* region,
                        uint32_t lease_seconds = 0) {
    grpc::ClientContext context;
    v1::RegisterSharedMemoryRequest request;
    request.set_key(key);
    request.set_bytes(bytes);
    request.set_lease_seconds(lease_seconds);
    v1::RegisterSharedMemoryResponse response;
    grpc::Status status = stub_->RegisterSharedMemory(&context, request, &response);
    *region = response.region();
    return status;
  }

  std::string Register(const TestObject& object) {
    std::string region;
    const grpc::Status status = Register(object.name(), object.size(), &region);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return region;
  }

  grpc::Status Unregister(const std::string& region) {
    grpc::ClientContext context;
    v1::UnregisterSharedMemoryRequest request;
    request.set_region(region);
    v1::UnregisterSharedMemoryResponse response;
    return stub_->UnregisterSharedMemory(&context, request, &response);
  }

  grpc::Status Status(const std::string& region, v1::SharedMemoryStatusResponse* response) {
    grpc::ClientContext context;
    v1::SharedMemoryStatusRequest request;
    request.set_region(region);
    return stub_->SharedMemoryStatus(&context, request, response);
  }

  grpc::Status Call(const v1::ForwardRequest& request, v1::ForwardResponse* response) {
    grpc::ClientContext context;
    return stub_->Forward(&context, request, response);
  }
};

// f(x) of `count` f32 at the beginning of a region, written to as many behind them: those of place
// 1 to the next. Calls at the same time take places of their own.
v1::ForwardRequest InRegion(const std::string& function, const std::string& region, size_t count,
                            size_t place = 1) {
  v1::Tensor x;
  x.set_dtype(v1::DTYPE_F32);
  x.add_shape(static_cast<int64_t>(count));
  x.mutable_shared_memory()->set_region(region);
  v1::ForwardRequest request = Forward(function, x);
  v1::SharedMemorySlice* y = request.mutable_items(0)->mutable_output();
  y->set_region(region);
  y->set_offset(place * count * sizeof(float));
  return request;
}

absl::string_view BytesOf(const float* x, size_t count) {
  return {reinterpret_cast<const char*>(x), count * sizeof(float)};
}

TEST_F(SharedMemoryTest, TensorsAreReadAndWrittenWhereTheyAre) {
  constexpr size_t kCount = 100000;  // enough for the pool of workers
  TestObject object(2 * kCount * sizeof(float));
  auto* const x = object.as<float>();
  for (size_t i = 0; i < kCount; ++i) x[i] = static_cast<float>(i) * 1e-4F - 5;
  const std::string region = Register(object);
  v1::ForwardResponse response;
  ASSERT_TRUE(Call(InRegion("gelu", region, kCount), &response).ok());
  EXPECT_EQ(response.results(0).y().shared_memory().region(), region);
  EXPECT_EQ(response.results(0).y().shared_memory().offset(), kCount * sizeof(float));
  v1::ForwardResponse sent;
  const std::vector<float> values(x, x + kCount);
  ASSERT_TRUE(Call(Forward("gelu", MakeTensor(v1::DTYPE_F32, values)), &sent).ok());
  EXPECT_TRUE(BytesOf(x + kCount, kCount) == sent.results(0).y().data());
  v1::ForwardRequest half = InRegion("gelu", region, kCount);
  half.mutable_items(0)->clear_output();
  ASSERT_TRUE(Call(half, &response).ok());
  EXPECT_EQ(response.results(0).y().data(), sent.results(0).y().data());
}

TEST_F(SharedMemoryTest, CallsCountTheBytesOfTheirRegions) {
  Config config;
  config.shared_memory.enabled = true;
  config.limits.max_inflight_bytes = 1 << 20;
  Serve(config);
  TestObject object(2 << 20);
  v1::ForwardResponse response;
  const grpc::Status status = Call(InRegion("gelu", Register(object), 1 << 18), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
  EXPECT_TRUE(ReturnsToRest());
}

TEST_F(SharedMemoryTest, ItemsOfAStreamUseIt) {
  constexpr size_t kCount = 100000;
  TestObject object(2 * kCount * sizeof(float));
  auto* const x = object.as<float>();
  for (size_t i = 0; i < kCount; ++i) x[i] = static_cast<float>(i) * 1e-4F - 5;
  v1::ForwardResponse sent;
  const std::vector<float> values(x, x + kCount);
  ASSERT_TRUE(Call(Forward("gelu", MakeTensor(v1::DTYPE_F32, values)), &sent).ok());
  const std::string region = Register(object);
  grpc::ClientContext context;
  const auto stream = stub_->Stream(&context);
  v1::StreamResponse response;
  ASSERT_TRUE(stream->Write(ItemOf(1, InRegion("gelu", region, kCount))));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.forward().y().shared_memory().offset(), kCount * sizeof(float));
  EXPECT_TRUE(BytesOf(x + kCount, kCount) == sent.results(0).y().data());
  ASSERT_TRUE(stream->Write(ItemOf(2, InRegion("gelu", "guess", 1))));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.error().field(), "forward.x.shared_memory.region");
}

TEST_F(SharedMemoryTest, AStreamThatIsNotReadHoldsABoundedShareOfThemToo) {
  constexpr int64_t kMost = 4 << 20;
  constexpr int64_t kTensorBytes = 256 << 10;
  Config config;
  config.shared_memory.enabled = true;
  config.limits.max_stream_bytes = kMost;
  Serve(config);
  const TestObject object(kTensorBytes);
  v1::ForwardRequest request = InRegion("gelu", Register(object), kTensorBytes / sizeof(float));
  request.mutable_items(0)->clear_output();
  grpc::ClientContext context;
  const auto stream = stub_->Stream(&context);
  for (uint64_t id = 1; id <= 200; ++id) ASSERT_TRUE(stream->Write(ItemOf(id, request)));
  int64_t greatest = 0;
  int quiet = 0;
  EXPECT_TRUE(Eventually([&] {
    const auto now = static_cast<int64_t>(server_->engine().inflight_bytes());
    quiet = now <= greatest ? quiet + 1 : 0;
    greatest = std::max(greatest, now);
    return (quiet >= 50 && greatest >= kMost) || greatest > 2 * kMost;
  }));
  // An item counts what it holds once it is decoded, when others may be on their way.
  EXPECT_LE(greatest, 2 * kMost);
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(ReturnsToRest());
}

// A region of the middle of an object, and one of all of it: the order in which they are named
// does not matter, and that the result lies upon the input is seen in either.
TEST_F(SharedMemoryTest, RegionsOfOneObjectStandInOneCallInAnyOrder) {
  constexpr size_t kCount = 1000;
  constexpr size_t kBytes = kCount * sizeof(float);
  TestObject object(3 * kBytes);
  const std::string whole = Register(object);
  std::string part;
  ASSERT_TRUE(Register(object.name(), 2 * kBytes, &part).ok());
  for (const auto& [from, to] : {std::pair(part, whole), std::pair(whole, part)}) {
    std::fill_n(object.as<float>(), 3 * kCount, -1.0F);
    v1::ForwardRequest request = InRegion("relu", from, kCount);
    v1::SharedMemorySlice* const y = request.mutable_items(0)->mutable_output();
    y->set_region(to);
    v1::ForwardResponse response;
    const grpc::Status status = Call(request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(object.as<float>()[kCount], 0.0F);
    EXPECT_EQ(object.as<float>()[kCount - 1], -1.0F);
    // In place, also as an item of a stream.
    y->set_offset(0);
    grpc::ClientContext context;
    const auto stream = stub_->Stream(&context);
    v1::StreamResponse reply;
    ASSERT_TRUE(stream->Write(ItemOf(1, request)));
    ASSERT_TRUE(stream->Read(&reply));
    EXPECT_TRUE(reply.has_forward()) << reply.error().message();
    EXPECT_EQ(object.as<float>()[kCount - 1], 0.0F);
    y->set_offset(4);
    EXPECT_EQ(Call(request, &response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    context.TryCancel();
    stream->Finish();
  }
}

TEST_F(SharedMemoryTest, IsOffByDefault) {
  Serve();
  const TestObject object(4096);
  std::string region;
  v1::SharedMemoryStatusResponse status;
  v1::ForwardResponse response;
  const auto off = grpc::StatusCode::UNIMPLEMENTED;
  EXPECT_EQ(Register(object.name(), 4096, &region).error_code(), off);
  EXPECT_EQ(Unregister("x").error_code(), off);
  EXPECT_EQ(Status("x", &status).error_code(), off);
  EXPECT_EQ(Call(InRegion("gelu", "x", 1), &response).error_code(), off);
}

TEST_F(SharedMemoryTest, SaysWhatIsWrongAndWhere) {
  std::string region;
  const grpc::Status bad_key = Register("/secret", 1, &region);
  EXPECT_EQ(bad_key.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(bad_key.error_message(), testing::HasSubstr("key: must begin with /activation-"));
  EXPECT_EQ(Register("/activation-none", 1, &region).error_code(), grpc::StatusCode::NOT_FOUND);
  v1::ForwardResponse response;
  const grpc::Status unknown = Call(InRegion("gelu", "guess", 1), &response);
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(unknown.error_message(), testing::StartsWith("items[0].x.shared_memory.region: "));
  TestObject object(4096);
  const grpc::Status outside = Call(InRegion("gelu", Register(object), 513), &response);
  EXPECT_EQ(outside.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(outside.error_message(), testing::StartsWith("items[0].output.offset: "));
}

TEST_F(SharedMemoryTest, RegionsEndWithUnregisterOrTheirLease) {
  const TestObject object(4096);
  const std::string region = Register(object);
  v1::SharedMemoryStatusResponse status;
  ASSERT_TRUE(Status(region, &status).ok());
  EXPECT_EQ(status.bytes(), 4096);
  EXPECT_EQ(status.lease_seconds(), 300);
  EXPECT_FALSE(status.broken());
  EXPECT_EQ(Metric("activation_shared_memory_bytes"), 4096);
  EXPECT_TRUE(Unregister(region).ok());
  EXPECT_EQ(Status(region, &status).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(server_->regions().regions(), 0);
  std::string short_lived;
  ASSERT_TRUE(Register(object.name(), 4096, &short_lived, 1).ok());
  EXPECT_TRUE(Eventually([this] { return server_->regions().regions() == 0; }));
}

TEST_F(SharedMemoryTest, AnOwnerThatCutsItsMemoryGetsAnErrorAndNobodyIsHurt) {
  constexpr size_t kCount = size_t{1} << 20;
  constexpr int kRounds = 8;
  constexpr size_t kThreads = 3;
  for (int round = 0; round < kRounds; ++round) {
    TestObject object((1 + kThreads) * kCount * sizeof(float));
    const std::string region = Register(object);
    std::atomic<int> answered{0};
    std::vector<std::thread> threads;
    std::vector<grpc::Status> ends(kThreads);
    for (size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        const v1::ForwardRequest request = InRegion("gelu", region, kCount, 1 + i);
        v1::ForwardResponse response;
        while ((ends[i] = Call(request, &response)).ok()) ++answered;
      });
    }
    EXPECT_TRUE(Eventually([&] { return answered > static_cast<int>(kThreads); }));
    const size_t left = round % 2 == 0 ? 0 : object.size() / 3 + 5;
    ChildProcess owner({own_path, "--cut", object.name(), std::to_string(left)});
    EXPECT_EQ(owner.Wait(), 0);
    for (std::thread& thread : threads) thread.join();
    for (const grpc::Status& end : ends) {
      EXPECT_EQ(end.error_code(), grpc::StatusCode::FAILED_PRECONDITION) << end.error_message();
    }
    v1::SharedMemoryStatusResponse status;
    ASSERT_TRUE(Status(region, &status).ok());
    EXPECT_TRUE(status.broken());
    EXPECT_TRUE(IsRight(*stub_));
    EXPECT_TRUE(Unregister(region).ok());
  }
  EXPECT_TRUE(ReturnsToRest());
  EXPECT_EQ(server_->regions().regions(), 0);
}

// A number that another process may change at any time does no harm.
TEST_F(SharedMemoryTest, InputsMayChangeWhileTheyAreRead) {
  constexpr size_t kCount = size_t{1} << 18;
  TestObject object(2 * kCount * sizeof(float));
  const std::string region = Register(object);
  std::atomic<bool> over{false};
  std::thread changing([&] {
    volatile uint32_t* const x = object.as<uint32_t>();
    for (uint32_t bits = 1; !over; bits = bits * 1664525 + 1013904223) {
      for (size_t i = bits % 64; i < kCount; i += 64) x[i] = bits ^ static_cast<uint32_t>(i * i);
    }
  });
  v1::ForwardResponse response;
  for (const char* function : {"gelu", "softmax", "mish", "erf"}) {
    for (int i = 0; i < 5; ++i) {
      EXPECT_TRUE(Call(InRegion(function, region, kCount), &response).ok());
    }
  }
  over = true;
  changing.join();
}

// Regions come and go while calls use them: each call is right, or finds no region.
TEST_F(SharedMemoryTest, TenThousandRegionsUnderLoad) {
  constexpr int kRounds = 10000;
  constexpr size_t kCount = 512;
  TestObject object(3 * kCount * sizeof(float));
  std::fill_n(object.as<float>(), kCount, 1.0F);
  std::mutex mutex;
  std::string current;  // guarded by mutex
  std::atomic<bool> over{false};
  std::atomic<int> right{0};
  std::atomic<int> wrong{0};
  const auto load = [&](size_t place) {
    while (!over) {
      std::string region;
      {
        const std::lock_guard<std::mutex> lock(mutex);
        region = current;
      }
      v1::ForwardResponse response;
      const grpc::Status status = Call(InRegion("relu", region, kCount, place), &response);
      if (status.ok()) ++right;
      if (!status.ok() && status.error_code() != grpc::StatusCode::NOT_FOUND) ++wrong;
    }
  };
  std::thread loads[] = {std::thread(load, 1), std::thread(load, 2)};
  for (int round = 0; round < kRounds; ++round) {
    const std::string region = Register(object);
    {
      const std::lock_guard<std::mutex> lock(mutex);
      current = region;
    }
    ASSERT_TRUE(Unregister(region).ok());
  }
  over = true;
  for (std::thread& thread : loads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(right, 0);
  EXPECT_EQ(object.as<float>()[2 * kCount - 1], 1.0F);
  EXPECT_EQ(object.as<float>()[3 * kCount - 1], 1.0F);
  EXPECT_TRUE(ReturnsToRest());
  EXPECT_EQ(server_->regions().regions(), 0);
  EXPECT_EQ(server_->regions().bytes(), 0);
}

int Cut(const char* name, const char* bytes) {
  const int file = shm_open(name, O_RDWR, 0);
  return file >= 0 && ftruncate(file, std::atoll(bytes)) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace activation

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "--cut") == 0) return activation::Cut(argv[2], argv[3]);
  activation::own_path = argv[0];
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
