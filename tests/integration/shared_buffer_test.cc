// The client library's SharedBuffer against a whole server.
#include "activation/shared_buffer.h"

#include <gmock/gmock.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "client/src/in_place.h"
#include "server/server.h"
#include "src/base/errors.h"
#include "tests/integration/faulty_link.h"
#include "tests/integration/probes.h"

namespace activation {
namespace {

using client::Client;
using client::SharedBuffer;

// Of this process alone: tests run beside each other.
std::string Prefix() { return "/activation-buffer-test-" + std::to_string(getpid()) + "-"; }

// Names of shared memory that clients made and did not remove.
int NamesLeft() {
  int names = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/dev/shm")) {
    names += ("/" + entry.path().filename().string()).starts_with(Prefix()) ? 1 : 0;
  }
  return names;
}

class SharedBufferTest : public testing::Test {
 protected:
  void Serve(bool enabled = true) {
    Config config;
    config.address = "127.0.0.1:0";
    config.http_address = "";
    config.shared_memory.enabled = enabled;
    server_ = *Server::Start(config);
    client_ = Client({.endpoint = server_->target()});
  }

  SharedBuffer Create(size_t bytes) {
    auto buffer = SharedBuffer::Create(client_, bytes, {.prefix = Prefix()});
    EXPECT_TRUE(buffer.ok()) << buffer.status();
    return *std::move(buffer);
  }

  std::unique_ptr<Server> server_;
  Client client_;
};

std::vector<float> Ramp(size_t count) {
  std::vector<float> x(count);
  for (size_t i = 0; i < count; ++i) x[i] = static_cast<float>(i) * 0.01F - 5;
  return x;
}

TEST_F(SharedBufferTest, GivesTheSameBitsAsSending) {
  Serve();
  constexpr size_t kCount = 1000;
  const std::vector<float> values = Ramp(kCount);
  std::vector<float> wanted_y(kCount), wanted_dx(kCount);
  const client::Activation gelu{.function = "gelu"};
  ASSERT_TRUE(client_.Forward(gelu, values, absl::MakeSpan(wanted_y)).ok());
  ASSERT_TRUE(client_.Gradient(gelu, values, values, absl::MakeSpan(wanted_dx)).ok());

  const SharedBuffer buffer = Create(3 * kCount * sizeof(float));
  const absl::Span<float> x = buffer.as<float>().first(kCount);
  const absl::Span<float> dy = buffer.as<float>().subspan(kCount, kCount);
  const absl::Span<float> out = buffer.as<float>().last(kCount);
  std::copy(values.begin(), values.end(), x.begin());
  std::copy(values.begin(), values.end(), dy.begin());
  ASSERT_TRUE(client_.Forward(gelu, x, out).ok());
  EXPECT_THAT(out, testing::ElementsAreArray(wanted_y));
  ASSERT_TRUE(client_.Gradient(gelu, x, dy, out).ok());
  EXPECT_THAT(out, testing::ElementsAreArray(wanted_dx));
  ASSERT_TRUE(client_.Forward(gelu, x, x).ok()) << "in place";
  EXPECT_THAT(x, testing::ElementsAreArray(wanted_y));
}

// What a message could not carry can be evaluated all the same: nothing is sent.
TEST_F(SharedBufferTest, SendsNoTensor) {
  Serve();
  client_ = Client({.endpoint = server_->target(), .max_message_bytes = 1024});
  constexpr size_t kCount = 10000;
  const SharedBuffer buffer = Create(2 * kCount * sizeof(float));
  const absl::Span<float> x = buffer.as<float>().first(kCount);
  EXPECT_TRUE(client_.Forward({.function = "gelu"}, x, buffer.as<float>().last(kCount)).ok());
  const std::vector<float> outside(kCount);
  std::vector<float> y(kCount);
  EXPECT_TRUE(
      absl::IsResourceExhausted(client_.Forward({.function = "gelu"}, outside, absl::MakeSpan(y))));
}

TEST_F(SharedBufferTest, MixesWithOtherMemory) {
  Serve();
  constexpr size_t kCount = 100;
  const std::vector<float> values = Ramp(kCount);
  const SharedBuffer buffer = Create(2 * kCount * sizeof(float));
  const absl::Span<float> inside = buffer.as<float>().first(kCount);
  std::copy(values.begin(), values.end(), inside.begin());
  std::vector<float> outside(kCount), wanted(kCount);
  const client::Activation mish{.function = "mish"};
  ASSERT_TRUE(client_.Forward(mish, values, absl::MakeSpan(wanted)).ok());
  ASSERT_TRUE(client_.Forward(mish, inside, absl::MakeSpan(outside)).ok());
  EXPECT_EQ(outside, wanted);
  const absl::Span<float> result = buffer.as<float>().last(kCount);
  ASSERT_TRUE(client_.Forward(mish, values, result).ok());
  EXPECT_THAT(result, testing::ElementsAreArray(wanted));
}

TEST_F(SharedBufferTest, ABatchOfManyItemsAndKinds) {
  Serve();
  constexpr int64_t kRows = 64, kColumns = 6;
  const SharedBuffer buffer = Create(4096);
  const absl::Span<float> x = buffer.as<float>().first(kRows * kColumns);
  const absl::Span<float> weight = buffer.as<float>().last(kColumns);
  const std::vector<float> values = Ramp(kRows * kColumns);
  std::copy(values.begin(), values.end(), x.begin());
  std::fill(weight.begin(), weight.end(), 0.25F);
  std::vector<float> prelu(kRows * kColumns), glu(kRows * kColumns / 2);
  const client::ConstTensor tensor{.shape = {kRows, kColumns}, .data = x.data()};
  std::vector<client::ForwardItem> items = {
      {.activation = {.function = "prelu"},
       .x = tensor,
       .y = prelu.data(),
       .weight = {.shape = {kColumns}, .data = weight.data()}},
      {.activation = {.function = "glu"},
       .x = tensor,
       .y = glu.data(),
       .y_shape = {kRows, kColumns / 2}}};
  ASSERT_TRUE(client_.ForwardAsync(items).get().ok());
  EXPECT_EQ(prelu[0], x[0] * 0.25F);
  std::vector<float> glu_again(glu.size());
  items[1].x.data = values.data();
  items[1].y = glu_again.data();
  ASSERT_TRUE(client_.Forward(absl::MakeConstSpan(&items[1], 1)).ok());
  EXPECT_EQ(glu, glu_again);
}

TEST_F(SharedBufferTest, LeavesNothingBehind) {
  Serve();
  {
    SharedBuffer buffer = Create(1 << 20);
    EXPECT_EQ(buffer.size(), 1 << 20);
    EXPECT_EQ(server_->regions().bytes(), 1 << 20);
    EXPECT_EQ(NamesLeft(), 0) << "also while it lives";
    const SharedBuffer moved = std::move(buffer);
    EXPECT_EQ(server_->regions().regions(), 1);
  }
  EXPECT_EQ(server_->regions().regions(), 0);
}

TEST_F(SharedBufferTest, KeepsItsLeaseWhileNobodyCalls) {
  Serve();
  const auto buffer = SharedBuffer::Create(client_, 4096, {.lease = std::chrono::seconds(1)});
  ASSERT_TRUE(buffer.ok()) << buffer.status();
  // One call a third of the lease: it would have ended twice.
  const int64_t before = server_->metrics().calls_started();
  EXPECT_TRUE(Eventually([&] { return server_->metrics().calls_started() >= before + 7; }));
  EXPECT_EQ(server_->regions().regions(), 1);
  EXPECT_TRUE(client_.Forward({.function = "relu"}, buffer->as<float>(), buffer->as<float>()).ok());
}

TEST_F(SharedBufferTest, SaysWhyThereIsNone) {
  Serve(false);
  EXPECT_TRUE(absl::IsUnimplemented(SharedBuffer::Create(client_, 4096).status()));
  EXPECT_EQ(client_.GetServerInfo()->max_shared_memory_bytes, 0);
  Serve();
  EXPECT_TRUE(absl::IsInvalidArgument(SharedBuffer::Create(client_, 0).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      SharedBuffer::Create(client_, 1, {.prefix = "/buffer-test-"}).status()));
  EXPECT_GT(client_.GetServerInfo()->max_shared_memory_bytes, 0);
  server_.reset();
  client_ = Client({.endpoint = "127.0.0.1:1", .retry = {.max_attempts = 1}});
  EXPECT_TRUE(absl::IsUnavailable(SharedBuffer::Create(client_, 4096).status()));
  EXPECT_EQ(NamesLeft(), 0);
}

// The connection breaks after the server has written results that nobody hears of.
class LostReplyTest : public SharedBufferTest {
 protected:
  void SetUp() override {
    Serve();
    link_ = std::make_unique<FaultyLink>(server_->target(), FaultyLink::Options());
    client_ = Client({.endpoint = link_->address(),
                      .connections = 1,
                      .hedging = {.delay = std::chrono::milliseconds(1), .max_copies = 3}});
    buffer_.emplace(Create(2 * kCount * sizeof(float)));
    std::copy(values_.begin(), values_.end(), all().begin());
    std::copy(values_.begin(), values_.end(), all().last(kCount).begin());
    std::vector<float> y(kCount);
    ASSERT_TRUE(client_.Forward(silu_, values_, absl::MakeSpan(y)).ok());
    once_ = y;
  }

  absl::Span<float> all() { return buffer_->as<float>(); }

  client::ForwardItem Item(const float* x, float* y, size_t count = kCount) const {
    return {.activation = silu_, .x = {.shape = {static_cast<int64_t>(count)}, .data = x}, .y = y};
  }

  // How the call ends whose reply is lost after `written` was changed.
  absl::Status LoseTheReply(std::vector<client::ForwardItem> items, const float* written) {
    const float before = *written;
    link_->HoldReplies();
    std::future<absl::Status> pending = client_.ForwardAsync(std::move(items));
    EXPECT_TRUE(Eventually([&] { return *written != before; }));
    link_->Break();
    return pending.get();
  }

  void ExpectChanged(const absl::Status& status) {
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr("x may have been changed"));
  }

  static constexpr size_t kCount = 100;
  const std::vector<float> values_ = Ramp(kCount);
  const client::Activation silu_{.function = "silu"};
  std::vector<float> once_;
  std::unique_ptr<FaultyLink> link_;
  std::optional<SharedBuffer> buffer_;  // says goodbye through the link
};

TEST_F(LostReplyTest, ACallInPlaceIsNotDoneTwice) {
  const absl::Span<float> x = all().first(kCount);
  ExpectChanged(LoseTheReply({Item(x.data(), x.data())}, &x[0]));
  EXPECT_THAT(x, testing::ElementsAreArray(once_));
}

TEST_F(LostReplyTest, NorOneThatWritesOverAnotherItemsInput) {
  float* const y = all().last(kCount).data();
  std::vector<float> sent(kCount);
  ExpectChanged(LoseTheReply({Item(values_.data(), y), Item(y + kCount / 2, sent.data(), 10)}, y));
}

TEST_F(LostReplyTest, ACallBesideItsInputIsTriedAgain) {
  const absl::Span<float> y = all().last(kCount);
  EXPECT_EQ(LoseTheReply({Item(all().data(), y.data())}, &y[0]), absl::OkStatus());
  EXPECT_THAT(y, testing::ElementsAreArray(once_));
}

TEST_F(SharedBufferTest, TheClientKnowsTheRefusalOfADrainingServer) {
  EXPECT_TRUE(client::WasRefused({.status = Draining(), .pushback = {}}));
}

TEST_F(SharedBufferTest, OutlivesItsServer) {
  Serve();
  const SharedBuffer buffer = Create(4096);
  server_.reset();
  buffer.as<float>()[0] = 1;
  EXPECT_FALSE(client_.Forward({.function = "relu"}, buffer.as<float>(), buffer.as<float>()).ok());
}

// Hears what a buffer asks for.
class Listener final : public v1::ActivationService::Service {
 public:
  grpc::Status RegisterSharedMemory(grpc::ServerContext*,
                                    const v1::RegisterSharedMemoryRequest* request,
                                    v1::RegisterSharedMemoryResponse* response) override {
    lease_seconds_ = request->lease_seconds();
    response->set_region("region");
    response->set_lease_seconds(60);
    return grpc::Status::OK;
  }

  uint32_t lease_seconds() const { return lease_seconds_; }

 private:
  std::atomic<uint32_t> lease_seconds_{0};
};

TEST(SharedBufferLeaseTest, IsAskedForAsNearAsTheProtocolCanSayIt) {
  Listener listener;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&listener);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  ASSERT_NE(server, nullptr);
  const Client client({.endpoint = "127.0.0.1:" + std::to_string(port)});
  constexpr uint32_t kMost = std::numeric_limits<uint32_t>::max();
  for (const auto& [lease, asked] :
       {std::pair<int64_t, uint32_t>{300, 300}, {-1, 0}, {int64_t{kMost} + 1, kMost}, {0, 0}}) {
    const auto buffer = SharedBuffer::Create(
        client, 64, {.prefix = Prefix(), .lease = std::chrono::seconds(lease)});
    ASSERT_TRUE(buffer.ok()) << buffer.status();
    EXPECT_EQ(listener.lease_seconds(), asked) << lease;
  }
}

}  // namespace
}  // namespace activation
