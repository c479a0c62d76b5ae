#include "client/src/hedge_connection.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "tests/client/fakes.h"

namespace activation::client {
namespace {

using std::chrono::milliseconds;

// Keeps what is started until the test ends it.
class HeldConnection : public Connection {
 public:
  void Start(std::shared_ptr<Call> call, Done done) override {
    if (call->cancellation != nullptr) {
      call->cancellation->OnCancel([this] { ++cancelled; });
    }
    calls.push_back(std::move(call));
    dones.push_back(std::move(done));
  }
  absl::Status CheckHealth(const std::string&, absl::Time) override { return absl::OkStatus(); }
  const ClientOptions& options() const override { return client_options; }

  // With a result whose first extent is `mark`.
  void Answer(size_t copy, int mark) {
    auto& exchange = std::get<ForwardExchange>(calls[copy]->exchange);
    exchange.response.add_results()->mutable_y()->add_shape(mark);
    dones[copy]({});
  }
  void Fail(size_t copy, const absl::Status& status) {
    dones[copy]({.status = status, .pushback = {}});
  }

  ClientOptions client_options{.hedging = {.delay = milliseconds(20), .max_copies = 3}};
  std::vector<std::shared_ptr<Call>> calls;
  std::vector<Done> dones;
  int cancelled = 0;
};

class HedgeConnectionTest : public testing::Test {
 protected:
  // What waits, and what is to be called, holds what holds these.
  ~HedgeConnectionTest() override {
    while (timer_->waiting()) timer_->Fire();
    next_->dones.clear();
  }

  void Start(double budget = 0.2) {
    auto policy = std::make_shared<RetryPolicy>(RetryOptions{.budget = budget}, [] { return 0.5; });
    HedgeConnection connection(next_, policy, timer_);
    call_->deadline = timer_->now + absl::Seconds(1);
    connection.Start(call_, [this](const Outcome& outcome) {
      EXPECT_FALSE(result_.has_value());
      result_ = outcome.status;
    });
  }

  int64_t Mark() {
    const auto& response = std::get<ForwardExchange>(call_->exchange).response;
    return response.results_size() == 1 ? response.results(0).y().shape(0) : -1;
  }

  std::shared_ptr<HeldConnection> next_ = std::make_shared<HeldConnection>();
  std::shared_ptr<ManualTimer> timer_ = std::make_shared<ManualTimer>();
  std::shared_ptr<Call> call_ = std::make_shared<Call>();
  std::optional<absl::Status> result_;
};

TEST_F(HedgeConnectionTest, AnAnswerInTimeNeedsOneCopy) {
  Start();
  next_->Answer(0, 7);
  EXPECT_EQ(result_, absl::OkStatus());
  EXPECT_EQ(Mark(), 7);
  timer_->Fire();
  EXPECT_EQ(next_->calls.size(), 1u);
  EXPECT_FALSE(timer_->waiting());
  EXPECT_EQ(next_->cancelled, 0);
}

TEST_F(HedgeConnectionTest, TheFirstAnswerCountsAndTheOthersAreCancelled) {
  Start();
  timer_->Fire();
  timer_->Fire();
  ASSERT_EQ(next_->calls.size(), 3u);
  EXPECT_FALSE(timer_->waiting()) << "no more than max_copies";
  next_->Answer(1, 8);
  EXPECT_EQ(result_, absl::OkStatus());
  EXPECT_EQ(Mark(), 8);
  EXPECT_EQ(next_->cancelled, 2);
  // What the others make of it changes nothing.
  next_->Answer(0, 9);
  next_->Fail(2, absl::CancelledError("by us"));
  EXPECT_EQ(Mark(), 8);
}

TEST_F(HedgeConnectionTest, CopiesHaveTheRequestAndTheDeadline) {
  std::get<ForwardExchange>(call_->exchange).request.add_items()->mutable_x()->add_shape(3);
  Start();
  timer_->Fire();
  ASSERT_EQ(next_->calls.size(), 2u);
  for (const auto& copy : next_->calls) {
    EXPECT_EQ(&std::get<ForwardExchange>(copy->exchange).request,
              &std::get<ForwardExchange>(call_->exchange).request);
    EXPECT_EQ(copy->deadline, call_->deadline);
  }
  EXPECT_EQ(timer_->delays.front(), absl::Milliseconds(20));
}

TEST_F(HedgeConnectionTest, AnErrorThatMayPassWaitsForTheOtherCopies) {
  Start();
  timer_->Fire();
  next_->Fail(1, absl::UnavailableError("gone"));
  EXPECT_FALSE(result_.has_value());
  next_->Answer(0, 4);
  EXPECT_EQ(result_, absl::OkStatus());
  EXPECT_EQ(Mark(), 4);
}

TEST_F(HedgeConnectionTest, EndsWithTheErrorOfTheLastCopy) {
  Start();
  timer_->Fire();
  next_->Fail(0, absl::UnavailableError("first"));
  next_->Fail(1, absl::UnavailableError("second"));
  EXPECT_EQ(result_, absl::UnavailableError("second"));
  timer_->Fire();
  EXPECT_EQ(next_->calls.size(), 2u) << "what has ended is sent no more";
}

TEST_F(HedgeConnectionTest, AFinalErrorEndsTheCallAtOnce) {
  Start();
  timer_->Fire();
  next_->Fail(1, absl::InvalidArgumentError("items[0].x: bad"));
  EXPECT_EQ(result_, absl::InvalidArgumentError("items[0].x: bad"));
  EXPECT_EQ(next_->cancelled, 1);
}

TEST_F(HedgeConnectionTest, WithoutBudgetThereIsOneCopy) {
  Start(/*budget=*/0);
  timer_->Fire();
  EXPECT_EQ(next_->calls.size(), 1u);
  EXPECT_FALSE(timer_->waiting());
}

TEST_F(HedgeConnectionTest, CallsThatWriteToSharedMemoryAreNeverCopied) {
  std::get<ForwardExchange>(call_->exchange).request.add_items()->mutable_output();
  Start();
  EXPECT_FALSE(timer_->waiting());
  ASSERT_EQ(next_->calls.size(), 1u);
  EXPECT_EQ(next_->calls[0], call_);
}

TEST_F(HedgeConnectionTest, CallsInPlaceAreNeverCopied) {
  call_->in_place = true;
  Start();
  EXPECT_FALSE(timer_->waiting());
  EXPECT_EQ(next_->calls.size(), 1u);
}

TEST_F(HedgeConnectionTest, RegistrationsAreNeverCopied) {
  call_->exchange.emplace<RegisterExchange>();
  Start();
  EXPECT_FALSE(timer_->waiting());
  EXPECT_EQ(next_->calls.size(), 1u);
}

}  // namespace
}  // namespace activation::client
