#include "client/src/connection_pool.h"

#include <gtest/gtest.h>

#include "tests/client/fakes.h"

namespace activation::client {
namespace {

TEST(ConnectionPoolTest, TakesConnectionsInTurn) {
  std::vector<std::shared_ptr<ScriptedConnection>> fakes;
  for (int i = 0; i < 3; ++i) fakes.push_back(std::make_shared<ScriptedConnection>());
  ConnectionPool pool({fakes.begin(), fakes.end()});
  for (int i = 0; i < 7; ++i) pool.Start(std::make_shared<Call>(), [](const Outcome&) {});
  EXPECT_EQ(fakes[0]->starts, 3);
  EXPECT_EQ(fakes[1]->starts, 2);
  EXPECT_EQ(fakes[2]->starts, 2);
}

TEST(ConnectionPoolTest, PassesCallAndOutcomeThrough) {
  auto fake = std::make_shared<ScriptedConnection>();
  fake->script.push_back({absl::NotFoundError("no"), absl::Seconds(1)});
  ConnectionPool pool({fake});
  auto call = std::make_shared<Call>();
  Outcome seen;
  pool.Start(call, [&](const Outcome& outcome) { seen = outcome; });
  EXPECT_EQ(fake->last_call, call);
  EXPECT_EQ(seen.status, absl::NotFoundError("no"));
  EXPECT_EQ(seen.pushback, absl::Seconds(1));
}

}  // namespace
}  // namespace activation::client
