#include "server/reply_order.h"

#include <utility>

#include "absl/container/flat_hash_set.h"

namespace activation {

void ReplyOrder::Done(StreamTask* task) {
  task->done = true;
  if (task->may_overtake) ++overtakers_;
  while (!waiting_.empty() && waiting_.front()->done) {
    if (waiting_.front()->may_overtake) --overtakers_;
    ready_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  if (overtakers_ > 0) ReleaseOvertakers();
}

void ReplyOrder::ReleaseOvertakers() {
  absl::flat_hash_set<uint64_t> held;
  std::deque<std::unique_ptr<StreamTask>> waiting;
  for (std::unique_ptr<StreamTask>& task : waiting_) {
    if (task->done && task->may_overtake && !held.contains(task->mark.id)) {
      --overtakers_;
      ready_.push_back(std::move(task));
    } else {
      held.insert(task->mark.id);
      waiting.push_back(std::move(task));
    }
  }
  waiting_ = std::move(waiting);
}

std::unique_ptr<StreamTask> ReplyOrder::Next() {
  std::unique_ptr<StreamTask> task = std::move(ready_.front());
  ready_.pop_front();
  return task;
}

}  // namespace activation
