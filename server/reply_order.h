// The items of one stream between being read and being written: who of those that have
// their reply may be answered next. Replies keep the order of the items, but that of an
// item which may overtake waits for earlier items of its own id alone. Thread-compatible.
// In the way of a request: job.done -> ReplyOrder -> StreamCall's next write.
#ifndef ACTIVATION_SERVER_REPLY_ORDER_H_
#define ACTIVATION_SERVER_REPLY_ORDER_H_

#include <grpcpp/support/byte_buffer.h>

#include <cstddef>
#include <list>
#include <optional>

#include "absl/status/status.h"
#include "server/wire/reply.h"
#include "server/work.h"

namespace activation {

struct StreamTask;
// Each by itself where it lies: to hand one over takes no memory.
using StreamTasks = std::list<StreamTask>;

// One item of a stream in flight.
struct StreamTask {
  explicit StreamTask(CallEnvironment environment) : work(environment) {}

  // Gives back all but the reply.
  void GiveBack() {
    work.reset();
    request.Clear();
  }

  grpc::ByteBuffer request;
  std::optional<Work> work;  // on the request, until it has failed or is answered
  wire::StreamMark mark;
  bool may_overtake = false;
  size_t bytes = 0;  // that the stream counts for it
  bool done = false;
  absl::StatusCode code = absl::StatusCode::kOk;
  grpc::ByteBuffer reply;

  // ReplyOrder's own, while it waits there.
  StreamTasks::iterator place;
  bool held = false;               // one that may overtake, by an earlier one of its id
  StreamTask* follower = nullptr;  // which this one holds
};

class ReplyOrder {
 public:
  // Items are added as they were read, one by one; `one` is empty after it.
  StreamTask* Add(StreamTasks one);

  // `task`, added before, has its reply.
  void Done(StreamTask* task);

  // How many may be answered now.
  size_t ready() const { return ready_.size(); }
  // The one to be answered next. Only where there is one.
  StreamTasks Next();

 private:
  // It is ready, and so are those that only it held.
  void Release(StreamTask* task);

  StreamTasks waiting_;
  StreamTasks ready_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_REPLY_ORDER_H_
