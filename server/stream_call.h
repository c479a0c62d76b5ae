// One Stream call: reads items, has several in the engine at once and writes their
// replies. gRPC deletes it through OnDone.
//
// Flow control: once as many items or bytes are in flight as the limits allow, nothing
// more is read until replies have been written. A client that does not read them thus
// fills its own connection's windows and no more of the server. What an item that failed
// was admitted for is given back before the client has its error; so nothing more is read,
// either, while a few of these wait.
//
// Replies to small items are written in runs: before the first of a run the call steps
// aside (yield.h) as long as that brings further items, and all of the run but the last
// are left in gRPC's buffer.
//
// In the way of a request: what EvaluateCall is for unary calls. Thread-safe, as gRPC
// needs it.
#ifndef ACTIVATION_SERVER_STREAM_CALL_H_
#define ACTIVATION_SERVER_STREAM_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "rpc/yield.h"
#include "server/call_arena.h"
#include "server/departure.h"
#include "server/open_streams.h"
#include "server/reply_order.h"
#include "server/stopwatch.h"
#include "server/wire/stream.h"
#include "server/work.h"

namespace activation {

class StreamCall final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                         public OpenStream,
                         public InCallArena {
 public:
  // What the environment names outlives it.
  StreamCall(CallEnvironment environment, grpc::CallbackServerContext* context);

  // Reads the first item. To be called once, after which gRPC alone holds the call.
  void Start();

  void Drain() override;

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  using Lock = std::unique_lock<std::mutex>;

  ~StreamCall() override = default;

  // Makes a task of the bytes that were read; its error is the whole stream's.
  absl::StatusOr<wire::StreamItem> Open(StreamTask* task, absl::Status* refused);
  // What a task that was refused says beside its item.
  absl::StatusOr<wire::StreamItem> ReadEnvelope(StreamTask* task);
  // `status` is an error where the task was refused.
  void Evaluate(StreamTask* task, wire::StreamItem item, absl::Status status);
  absl::Status Lay(StreamTask* task, wire::StreamItem item);
  void Answer(StreamTask* task, const absl::Status& status);
  grpc::ByteBuffer ReplyTo(StreamTask* task, const absl::Status& status) const;

  // Nothing is read after this, and once all is answered the stream ends so. The first
  // reason stands.
  void EndWith(absl::Status status);
  // Nothing is written any more, and the stream ends so.
  void Break(absl::Status status);
  // Writes the run, unless more items have come.
  void OnYield();

  // Starts what may be started now: the next read, the next write, the end. To be called
  // with the lock after every change of what is below; gives it back. One thread at a
  // time starts operations, without the lock, since a write may take a while; others
  // leave it a note.
  void Advance(Lock lock);
  bool MayRead() const;
  bool MayWrite() const;
  // Whether replies need not wait for others to be written with.
  bool IsRun() const;
  void Close(Lock lock);

  const CallEnvironment environment_;
  grpc::CallbackServerContext* const context_;
  const Stopwatch watch_;
  absl::Duration elapsed_;  // until its status was known
  Departure departure_;
  grpc::ByteBuffer request_;  // of the read under way
  ReplyWatch::Reply reply_;   // of the write under way
  Yield yield_{[this] { OnYield(); }};

  std::mutex mutex_;
  // All guarded by mutex_.
  ReplyOrder order_;
  StreamTasks writing_;    // the one of the write under way
  size_t unanswered_ = 0;  // items that have arrived and are not written
  size_t failed_ = 0;      // those of them whose reply is an error
  size_t inflight_bytes_ = 0;
  uint64_t arrivals_ = 0;  // items so far
  uint64_t arrivals_before_yield_ = 0;
  bool yielding_ = false;
  bool in_run_ = false;  // of writes, with replies left for it
  bool reading_ = false;
  bool broken_ = false;
  std::optional<absl::Status> end_;
  bool advancing_ = false;
  bool noted_ = false;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_STREAM_CALL_H_
