// A stream under way: what stands between Stream and gRPC. Items wait in a queue to be
// written, a message at a time, and then under their id for their replies. Small items are
// written in runs, as the server does with replies.
#ifndef ACTIVATION_CLIENT_SRC_STREAM_SESSION_H_
#define ACTIVATION_CLIENT_SRC_STREAM_SESSION_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "activation/stream.h"
#include "activation/v1/activation.grpc.pb.h"
#include "client/src/elementwise.h"
#include "client/src/submission.h"
#include "rpc/yield.h"

namespace activation::client {

// Thread-safe; see Stream for what its functions promise. Either Finish or Cancel must
// have returned before it goes.
class StreamSession final : public grpc::ClientBidiReactor<v1::StreamRequest, v1::StreamResponse> {
 public:
  StreamSession(const ClientOptions& options, StreamOptions stream_options);

  void Submit(StreamedItem item, Stream::Done done);
  // No more items; waits for the end.
  absl::Status Finish();
  // Ends the stream now; waits for the end.
  void Cancel();

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  using Lock = std::unique_lock<std::mutex>;

  // An item that has not been answered whole. Guarded by mutex_, but for the submission.
  struct Pending {
    Submission submission;
    Stream::Done done;
    uint64_t id = 0;
    size_t encoded = 0;   // chunks; of the submission nothing more is read for these
    size_t answered = 0;  // chunks
    absl::Status status{};
  };

  size_t ChunkElements(const StreamedItem& item);
  // Where it is merely broken it is about to end: what comes fails with its end.
  bool Closed() const { return end_.has_value() || finishing_; }
  // Writes the run, unless more items have come.
  void OnYield();
  // Starts the next write or, where none will come, lets the stream end. To be called
  // with the lock after every change of what is below; gives it back.
  void Advance(Lock lock);
  void Write(Pending& pending, size_t chunk, bool more_follow);
  void TakeReply();
  absl::Status AwaitEnd();

  const ClientOptions options_;
  const StreamOptions stream_options_;
  const std::shared_ptr<v1::ActivationService::Stub> stub_;
  Elementwise elementwise_;
  grpc::ClientContext context_;
  Yield yield_{[this] { OnYield(); }};
  v1::StreamRequest request_;    // of the write under way
  v1::StreamResponse response_;  // of the read under way

  std::mutex mutex_;
  std::condition_variable changed_;
  // All guarded by mutex_.
  std::map<uint64_t, std::shared_ptr<Pending>> pending_;  // by id
  std::deque<std::shared_ptr<Pending>> to_send_;          // those with chunks left
  uint64_t next_id_ = 1;
  size_t to_send_before_yield_ = 0;
  bool yielding_ = false;
  bool in_run_ = false;  // of writes, with items left for it
  bool writing_ = false;
  bool finishing_ = false;           // no more items
  bool broken_ = false;              // nothing can be written
  bool released_ = false;            // no more writes; gRPC may end the stream
  std::optional<absl::Status> end_;  // how the stream ended
  bool ended_ = false;               // and nothing more happens
};

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_STREAM_SESSION_H_
