#include "server/reply_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "server/errands.h"
#include "server/metrics.h"

namespace activation {
namespace {

class ReplyOrderTest : public testing::Test {
 protected:
  StreamTask* Add(uint64_t id, bool may_overtake = false) {
    StreamTasks one;
    StreamTask& task = one.emplace_back(CallEnvironment{engine_, metrics_, regions_, replies_,
                                                        streams_, errands_, closed_, ready_});
    task.mark.id = id;
    task.may_overtake = may_overtake;
    return order_.Add(std::move(one));
  }

  // The ids of all that may be answered now.
  std::vector<uint64_t> Ready() {
    std::vector<uint64_t> ids;
    while (order_.ready() > 0) ids.push_back(order_.Next().front().mark.id);
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

// Whatever ends when, each is ready exactly when those that it waits for are.
TEST_F(ReplyOrderTest, InAnyOrderEachWaitsForItsOwnAlone) {
  struct Item {
    StreamTask* task;
    uint64_t id;
    bool may_overtake;
    bool done = false;
    bool answered = false;
  };
  std::minstd_rand random(1);
  for (int round = 0; round < 300; ++round) {
    std::vector<Item> items;
    std::vector<size_t> running;
    size_t answered = 0;
    const size_t most = 1 + random() % 24;
    while (answered < most) {
      if (items.size() < most && (running.empty() || random() % 2 == 0)) {
        const uint64_t id = random() % 4;
        const bool may_overtake = random() % 3 > 0;
        running.push_back(items.size());
        items.push_back({Add(id, may_overtake), id, may_overtake});
      } else {
        std::swap(running[random() % running.size()], running.back());
        items[running.back()].done = true;
        order_.Done(items[running.back()].task);
        running.pop_back();
      }
      while (order_.ready() > 0) {
        const StreamTasks next = order_.Next();
        const auto found = std::find_if(items.begin(), items.end(), [&](const Item& item) {
          return item.task == &next.front() && !item.answered;
        });
        ASSERT_TRUE(found != items.end() && found->done);
        found->answered = true;
        ++answered;
      }
      for (auto item = items.begin(); item != items.end(); ++item) {
        const bool free = std::all_of(items.begin(), item, [&](const Item& earlier) {
          return earlier.answered || (item->may_overtake && earlier.id != item->id);
        });
        ASSERT_EQ(item->answered, item->done && free);
      }
    }
  }
}

}  // namespace
}  // namespace activation
