#include "server/reply_order.h"

#include <gtest/gtest.h>

#include <vector>

#include "server/errands.h"
#include "server/metrics.h"

namespace activation {
namespace {

class ReplyOrderTest : public testing::Test {
 protected:
  StreamTask* Add(uint64_t id, bool may_overtake = false) {
    auto task = std::make_unique<StreamTask>(CallEnvironment{engine_, metrics_, regions_, replies_,
                                                             streams_, errands_, closed_, ready_});
    task->mark.id = id;
    task->may_overtake = may_overtake;
    StreamTask* const added = task.get();
    order_.Add(std::move(task));
    return added;
  }

  // The ids of all that may be answered now.
  std::vector<uint64_t> Ready() {
    std::vector<uint64_t> ids;
    while (order_.ready() > 0) ids.push_back(order_.Next()->mark.id);
    return ids;
  }

  using Ids = std::vector<uint64_t>;

  Engine engine_{EngineOptions{Limits(), 1}};
  shared_memory::Registry regions_{{}, Limits()};
  Metrics metrics_{engine_, regions_};
  ReplyWatch replies_{absl::ZeroDuration(), nullptr};
  OpenStreams streams_;
  Errands errands_;
  std::atomic<bool> closed_{false};
  std::atomic<bool> ready_{true};
  ReplyOrder order_;
};

TEST_F(ReplyOrderTest, WaitsForEarlierItems) {
  StreamTask* const first = Add(1);
  StreamTask* const second = Add(2);
  StreamTask* const third = Add(3);
  order_.Done(third);
  EXPECT_EQ(Ready(), Ids());
  order_.Done(first);
  EXPECT_EQ(Ready(), Ids({1}));
  order_.Done(second);
  EXPECT_EQ(Ready(), Ids({2, 3}));
}

TEST_F(ReplyOrderTest, AnOvertakerWaitsForNobody) {
  StreamTask* const first = Add(1);
  StreamTask* const second = Add(2, true);
  order_.Done(second);
  EXPECT_EQ(Ready(), Ids({2}));
  order_.Done(first);
  EXPECT_EQ(Ready(), Ids({1}));
}

TEST_F(ReplyOrderTest, OthersWaitForAnOvertakerToo) {
  StreamTask* const first = Add(1, true);
  StreamTask* const second = Add(2);
  order_.Done(second);
  EXPECT_EQ(Ready(), Ids());
  order_.Done(first);
  EXPECT_EQ(Ready(), Ids({1, 2}));
}

TEST_F(ReplyOrderTest, OvertakersOfOneIdKeepTheirOrder) {
  StreamTask* const slow = Add(1);
  StreamTask* const first = Add(7, true);
  StreamTask* const second = Add(7, true);
  StreamTask* const other = Add(8, true);
  StreamTask* const third = Add(7, true);
  order_.Done(third);
  order_.Done(second);
  EXPECT_EQ(Ready(), Ids());
  order_.Done(other);
  EXPECT_EQ(Ready(), Ids({8}));
  order_.Done(first);
  EXPECT_EQ(Ready(), Ids({7, 7, 7}));
  order_.Done(slow);
  EXPECT_EQ(Ready(), Ids({1}));
}

}  // namespace
}  // namespace activation
