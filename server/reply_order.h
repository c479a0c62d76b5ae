// The items of one stream between being read and being written: who of those that have
// their reply may be answered next. Replies keep the order of the items, but that of an
// item which may overtake waits for earlier items of its own id alone. Thread-compatible.
// In the way of a request: job.done -> ReplyOrder -> StreamCall's next write.
#ifndef ACTIVATION_SERVER_REPLY_ORDER_H_
#define ACTIVATION_SERVER_REPLY_ORDER_H_

#include <grpcpp/support/byte_buffer.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "server/wire/reply.h"
#include "server/work.h"

namespace activation {

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
};

class ReplyOrder {
 public:
  // Items are added as they were read.
  void Add(std::unique_ptr<StreamTask> task) { waiting_.push_back(std::move(task)); }

  // `task`, added before, has its reply.
  void Done(StreamTask* task);

  // How many may be answered now.
  size_t ready() const { return ready_.size(); }
  // The task to be answered next. Only where there is one.
  std::unique_ptr<StreamTask> Next();

 private:
  void ReleaseOvertakers();

  std::deque<std::unique_ptr<StreamTask>> waiting_;
  std::deque<std::unique_ptr<StreamTask>> ready_;
  size_t overtakers_ = 0;  // in waiting_ and done
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_REPLY_ORDER_H_
