#include "server/reply_order.h"

#include <algorithm>
#include <utility>

namespace activation {

StreamTask* ReplyOrder::Add(StreamTasks one) {
  StreamTask* const task = &one.front();
  task->place = one.begin();
  if (task->may_overtake) {
    // The last of its id: the others go before that one does.
    const auto earlier = std::find_if(waiting_.rbegin(), waiting_.rend(), [&](const auto& other) {
      return other.mark.id == task->mark.id;
    });
    if (earlier != waiting_.rend()) {
      earlier->follower = task;
      task->held = true;
    }
  }
  waiting_.splice(waiting_.end(), one);
  return task;
}

void ReplyOrder::Done(StreamTask* task) {
  task->done = true;
  if (task->may_overtake && !task->held) Release(task);
  while (!waiting_.empty() && waiting_.front().done) Release(&waiting_.front());
}

void ReplyOrder::Release(StreamTask* task) {
  ready_.splice(ready_.end(), waiting_, task->place);
  for (StreamTask* next = task->follower; next != nullptr; next = next->follower) {
    next->held = false;
    if (!next->done) return;
    ready_.splice(ready_.end(), waiting_, next->place);
  }
}

StreamTasks ReplyOrder::Next() {
  StreamTasks next;
  next.splice(next.end(), ready_, ready_.begin());
  return next;
}

}  // namespace activation
