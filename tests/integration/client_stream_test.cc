// The client library's Stream against a real server.
#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <thread>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "activation/client.h"
#include "activation/stream.h"
#include "tests/integration/serving.h"

namespace activation {
namespace {

using ::testing::HasSubstr;

std::vector<float> Wave(size_t count) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = std::sin(static_cast<float>(i)) * 8;
  return values;
}

client::ForwardItem ForwardOf(const std::string& function, const std::vector<float>& x,
                              std::vector<float>* y) {
  return {.activation = {.function = function},
          .x = {.shape = {static_cast<int64_t>(x.size())}, .data = x.data()},
          .y = y->data()};
}

bool SameBits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

class ClientStreamTest : public ServingTest {
 protected:
  client::ClientOptions Options() const { return {.endpoint = server_->target()}; }

  const std::vector<float> x_ = {-1, 0, 2};
  std::vector<float> y_ = std::vector<float>(3);
};

TEST_F(ClientStreamTest, ItemsAreAnsweredInOrder) {
  Serve();
  constexpr size_t kItems = 1000;
  client::Stream stream(Options(), {.max_pending = 10});
  std::vector<std::vector<float>> xs(kItems), ys(kItems, {-1});
  std::vector<size_t> order;
  for (size_t i = 0; i < kItems; ++i) {
    xs[i] = {static_cast<float>(i)};
    stream.Submit(ForwardOf("relu", xs[i], &ys[i]), [&order, i](const absl::Status& status) {
      EXPECT_EQ(status, absl::OkStatus());
      order.push_back(i);
    });
  }
  EXPECT_EQ(stream.Finish(), absl::OkStatus());
  ASSERT_EQ(order.size(), kItems);
  for (size_t i = 0; i < kItems; ++i) {
    EXPECT_EQ(order[i], i);
    EXPECT_EQ(ys[i][0], static_cast<float>(i));
  }
}

TEST_F(ClientStreamTest, ForwardAndGradientHaveTheBitsOfCalls) {
  Serve();
  const client::Client client(Options());
  client::Stream stream(Options());
  const std::vector<float> x = Wave(10000);
  std::vector<float> y(x.size()), dx(x.size()), called(x.size());
  auto forward = stream.Submit(ForwardOf("mish", x, &y));
  std::map<std::string, double> by_stream, by_call;
  client::GradientItem item{.activation = {.function = "swish"},
                            .x = {.shape = {100, 100}, .data = x.data()},
                            .dy = x.data(),
                            .dx = dx.data(),
                            .parameter_gradients = &by_stream};
  auto gradient = stream.Submit(item);
  EXPECT_EQ(forward.get(), absl::OkStatus());
  EXPECT_EQ(gradient.get(), absl::OkStatus());
  ASSERT_TRUE(client.Forward({.function = "mish"}, x, absl::MakeSpan(called)).ok());
  EXPECT_TRUE(SameBits(y, called));
  item.dx = called.data();
  item.parameter_gradients = &by_call;
  ASSERT_TRUE(client.Gradient(absl::MakeConstSpan(&item, 1)).ok());
  EXPECT_TRUE(SameBits(dx, called));
  EXPECT_EQ(by_stream, by_call);
  EXPECT_EQ(by_stream.size(), 1u);
}

TEST_F(ClientStreamTest, TensorsBeyondTheMessageLimitAreOneCallBitForBit) {
  Serve();
  const std::vector<float> x = Wave(1000003);
  std::vector<float> called(x.size()), called_dx(x.size());
  const client::Client client(Options());
  ASSERT_TRUE(client.Forward({.function = "gelu"}, x, absl::MakeSpan(called)).ok());
  client::Statistics whole;
  const client::GradientItem called_item{.activation = {.function = "elu"},
                                         .x = {.shape = {1000003}, .data = x.data()},
                                         .dy = x.data(),
                                         .dx = called_dx.data(),
                                         .statistics = &whole};
  ASSERT_TRUE(client.Gradient(absl::MakeConstSpan(&called_item, 1)).ok());

  Config config;
  config.limits.max_message_bytes = 1 << 20;
  Serve(config);
  client::Stream stream(Options(), {.chunk_bytes = 1 << 18});
  std::vector<float> y(x.size()), dx(x.size());
  std::map<std::string, double> gradients;
  client::Statistics in_chunks;
  auto forward = stream.Submit(ForwardOf("gelu", x, &y));
  auto gradient = stream.Submit(client::GradientItem{.activation = {.function = "elu"},
                                                     .x = {.shape = {1000003}, .data = x.data()},
                                                     .dy = x.data(),
                                                     .dx = dx.data(),
                                                     .parameter_gradients = &gradients,
                                                     .statistics = &in_chunks});
  auto small = stream.Submit(ForwardOf("relu", x_, &y_));
  EXPECT_EQ(forward.get(), absl::OkStatus());
  EXPECT_EQ(gradient.get(), absl::OkStatus());
  EXPECT_EQ(small.get(), absl::OkStatus());
  EXPECT_TRUE(SameBits(y, called));
  EXPECT_TRUE(SameBits(dx, called_dx));
  // Of d/dalpha elu = e^x - 1 below zero.
  double alpha = 0;
  for (const float v : x)
    alpha += v < 0 ? static_cast<double>(v) * std::expm1(static_cast<double>(v)) : 0;
  EXPECT_NEAR(gradients.at("alpha"), alpha, 1e-9 * std::abs(alpha));
  EXPECT_EQ(in_chunks.elements, whole.elements);
  EXPECT_EQ(in_chunks.saturated, whole.saturated);
  EXPECT_NEAR(in_chunks.mean, whole.mean, 1e-13 * std::abs(whole.mean));
  EXPECT_NEAR(in_chunks.variance, whole.variance, 1e-13 * whole.variance);
  EXPECT_NEAR(in_chunks.gradient_gain, whole.gradient_gain, 1e-13 * whole.gradient_gain);
}

TEST_F(ClientStreamTest, WhatIsNotElementwiseIsNotCut) {
  Serve();
  client::Stream stream(Options(), {.chunk_bytes = 400});
  const std::vector<float> x = Wave(1000);
  std::vector<float> y(x.size()), called(x.size());
  EXPECT_EQ(stream.Submit(ForwardOf("softmax", x, &y)).get(), absl::OkStatus());
  EXPECT_EQ(stream.Submit(ForwardOf("gello", x, &called)).get().code(),
            absl::StatusCode::kNotFound);
  ASSERT_TRUE(
      client::Client(Options()).Forward({.function = "softmax"}, x, absl::MakeSpan(called)).ok());
  EXPECT_TRUE(SameBits(y, called));
}

TEST_F(ClientStreamTest, ABadItemFailsAlone) {
  Serve();
  client::Stream stream(Options());
  std::vector<float> first(3), last(3);
  // In a row and without waiting, so that one is buffered for the next.
  auto good = stream.Submit(ForwardOf("relu", x_, &first));
  auto unknown = stream.Submit(ForwardOf("gellu", x_, &y_));
  client::ForwardItem without_memory = ForwardOf("relu", x_, &y_);
  without_memory.y = nullptr;
  auto local = stream.Submit(without_memory);
  auto last_good = stream.Submit(ForwardOf("relu", x_, &last));
  auto last_bad = stream.Submit(without_memory);
  EXPECT_EQ(good.get(), absl::OkStatus());
  const absl::Status not_found = unknown.get();
  EXPECT_EQ(not_found.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(not_found.message()), HasSubstr("forward.activation.function"));
  EXPECT_EQ(local.get(), absl::InvalidArgumentError("y: is null"));
  EXPECT_EQ(last_good.get(), absl::OkStatus());
  EXPECT_EQ(last_bad.get(), absl::InvalidArgumentError("y: is null"));
  EXPECT_EQ(first, (std::vector<float>{0, 0, 2}));
  EXPECT_EQ(last, first);
  EXPECT_EQ(stream.Finish(), absl::OkStatus());
}

// The first replies of a stream, which bring its metadata, may be written in one run.
TEST_F(ClientStreamTest, TheFirstItemsOfAStreamAreAnswered) {
  Serve();
  const std::vector<float> x = Wave(10000);
  for (int round = 0; round < 50; ++round) {
    client::Stream stream(Options());
    std::vector<float> first(x.size()), second(x.size());
    auto done = stream.Submit(ForwardOf("relu", x, &first));
    EXPECT_EQ(stream.Submit(ForwardOf("relu", x, &second)).get(), absl::OkStatus());
    EXPECT_EQ(done.get(), absl::OkStatus());
  }
}

TEST_F(ClientStreamTest, CallbacksMaySubmit) {
  Serve();
  client::Stream stream(Options(), {.max_pending = 1});
  absl::Notification done;
  int left = 500;
  std::function<void(absl::Status)> next = [&](const absl::Status& status) {
    EXPECT_EQ(status, absl::OkStatus());
    if (--left == 0) return done.Notify();
    stream.Submit(ForwardOf("relu", x_, &y_), next);
  };
  stream.Submit(ForwardOf("relu", x_, &y_), next);
  done.WaitForNotification();
}

TEST_F(ClientStreamTest, ManyThreadsShareAStream) {
  Serve();
  client::Stream stream(Options(), {.max_pending = 16, .may_overtake = true});
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        const std::vector<float> x(100, static_cast<float>(1000 * t + i));
        std::vector<float> y(100);
        if (stream.Submit(ForwardOf("relu", x, &y)).get().ok() && x == y) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 800);
}

TEST_F(ClientStreamTest, SubmitWaitsWhileTooManyArePending) {
  Serve();
  client::Stream stream(Options(), {.max_pending = 4});
  std::atomic<int> pending{0}, greatest{0};
  absl::BlockingCounter left(200);
  for (int i = 0; i < 200; ++i) {
    stream.Submit(ForwardOf("relu", x_, &y_), [&](const absl::Status&) {
      --pending;
      left.DecrementCount();
    });
    // Counted after Submit, so one done meanwhile makes it too small, never too large.
    greatest = std::max(greatest.load(), ++pending);
  }
  left.Wait();
  EXPECT_LE(greatest, 5);
}

TEST_F(ClientStreamTest, RoomForNoItemIsRoomForOne) {
  Serve();
  client::Stream stream(Options(), {.max_pending = 0});
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(stream.Submit(ForwardOf("relu", x_, &y_)).get(), absl::OkStatus());
  }
  EXPECT_EQ(y_, (std::vector<float>{0, 0, 2}));
}

TEST_F(ClientStreamTest, DrainFailsWhatIsPendingAndWhatFollows) {
  Serve();
  client::Stream stream(Options());
  ASSERT_EQ(stream.Submit(ForwardOf("relu", x_, &y_)).get(), absl::OkStatus());
  server_->Drain();
  EXPECT_EQ(stream.Submit(ForwardOf("relu", x_, &y_)).get().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(stream.Finish().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(stream.Submit(ForwardOf("relu", x_, &y_)).get().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ClientStreamTest, TheDestructorCancelsWhatIsPending) {
  Serve();
  const std::vector<float> x(1 << 22);
  std::vector<float> y(x.size());
  std::future<absl::Status> done;
  {
    client::Stream stream(Options());
    done = stream.Submit(ForwardOf("gelu", x, &y));
  }
  const absl::Status status = done.get();
  EXPECT_TRUE(status.ok() || absl::IsCancelled(status)) << status;
  EXPECT_TRUE(ReturnsToRest());
}

TEST_F(ClientStreamTest, TheDeadlineIsTheStreams) {
  Serve();
  client::Stream stream(Options(), {.deadline = std::chrono::milliseconds(50)});
  absl::Status item;
  ASSERT_TRUE(Eventually([&] {
    item = stream.Submit(ForwardOf("relu", x_, &y_)).get();
    return !item.ok();
  }));
  EXPECT_EQ(item.code(), absl::StatusCode::kDeadlineExceeded);
  // Unless the server was faster than the client's clock: told of an item that is late, and of no
  // more to come, it ends the stream itself.
  const absl::Status end = stream.Finish();
  EXPECT_TRUE(end.ok() || absl::IsDeadlineExceeded(end)) << end;
}

// A reply in whose callback the stream still is keeps it from ending; that it cannot be written
// any more is known before.
TEST_F(ClientStreamTest, WhatComesWhileTheStreamEndsHasItsStatus) {
  Serve();
  const auto deadline = std::chrono::milliseconds(500);
  client::Stream stream(Options(), {.deadline = deadline});
  absl::Notification held;
  absl::Notification let_go;
  stream.Submit(ForwardOf("relu", x_, &y_), [&](const absl::Status& status) {
    EXPECT_TRUE(status.ok()) << status;
    held.Notify();
    let_go.WaitForNotification();
  });
  held.WaitForNotification();
  absl::SleepFor(absl::FromChrono(2 * deadline));
  std::vector<std::future<absl::Status>> late;
  for (int i = 0; i < 20; ++i) {
    late.push_back(stream.Submit(ForwardOf("relu", x_, &y_)));
    absl::SleepFor(absl::Milliseconds(2));
  }
  let_go.Notify();
  for (auto& item : late) {
    const absl::Status status = item.get();
    EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  }
  EXPECT_TRUE(absl::IsDeadlineExceeded(stream.Finish()));
}

TEST(DeadStreamTest, IsUnavailableAndSaysWhere) {
  client::Stream stream({.endpoint = "unix:/nonexistent/activation.sock"});
  const std::vector<float> x(1);
  std::vector<float> y(1);
  const absl::Status status = stream.Submit(ForwardOf("gelu", x, &y)).get();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(stream.Finish().message()), HasSubstr("/nonexistent/activation.sock"));
}

}  // namespace
}  // namespace activation
