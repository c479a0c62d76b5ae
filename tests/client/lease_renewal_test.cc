#include "client/src/lease_renewal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/client/fakes.h"

namespace activation::client {
namespace {

class LeaseRenewalTest : public testing::Test {
 protected:
  std::shared_ptr<LeaseRenewal> Renew(absl::Duration lease) {
    auto renewal = std::make_shared<LeaseRenewal>(connection_, "handle", lease, timer_);
    renewal->Wait();
    return renewal;
  }

  std::shared_ptr<ScriptedConnection> connection_ = std::make_shared<ScriptedConnection>();
  std::shared_ptr<ManualTimer> timer_ = std::make_shared<ManualTimer>();
};

TEST_F(LeaseRenewalTest, AsksThreeTimesInALeaseWhateverTheAnswer) {
  connection_->script.push_back({absl::UnavailableError("gone"), {}});
  const auto renewal = Renew(absl::Seconds(30));
  EXPECT_EQ(connection_->starts, 0);
  for (int asked = 1; asked <= 3; ++asked) {
    timer_->Fire();
    EXPECT_EQ(connection_->starts, asked);
    const auto& exchange = std::get<StatusExchange>(connection_->last_call->exchange);
    EXPECT_EQ(exchange.request.region(), "handle");
  }
  EXPECT_THAT(timer_->delays, testing::Each(absl::Seconds(10)));
}

// As a server that means ill may say.
TEST_F(LeaseRenewalTest, ALeaseOfNothingIsNotRenewedWithoutAPause) {
  const auto renewal = Renew(absl::ZeroDuration());
  timer_->Fire();
  EXPECT_THAT(timer_->delays, testing::ElementsAre(absl::Seconds(1) / 3, absl::Seconds(1) / 3));
}

TEST_F(LeaseRenewalTest, EndsWithItsBufferOrItsConnection) {
  auto renewal = Renew(absl::Seconds(30));
  renewal.reset();
  timer_->Fire();
  EXPECT_EQ(connection_->starts, 0);
  renewal = Renew(absl::Seconds(30));
  connection_.reset();
  timer_->Fire();
  EXPECT_FALSE(timer_->waiting());
}

}  // namespace
}  // namespace activation::client
