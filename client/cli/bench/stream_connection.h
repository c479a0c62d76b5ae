// One stream of prepared bytes, opened with the first call and again where it broke.
// Calls are answered in their order, so a reply belongs to the oldest that was written.
// Driven by the tags it puts into a completion queue.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_STREAM_CONNECTION_H_
#define ACTIVATION_CLIENT_CLI_BENCH_STREAM_CONNECTION_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "client/cli/bench/transport.h"

namespace activation::cli {

// Thread-safe.
class StreamConnection {
 public:
  // What a tag points to.
  enum class Step { kStarted, kWritten, kRead, kFinished };
  struct Tag {
    StreamConnection* connection;
    Step step;
  };

  StreamConnection(std::shared_ptr<grpc::Channel> channel, const char* method,
                   grpc::CompletionQueue* queue);

  void Send(WireCall* call);
  // A tag came back; calls that ended with it are appended.
  void Proceed(Step step, bool ok, std::deque<WireCall*>* ended);
  // No call comes any more: the stream ends once what waits has been written.
  void Finish();
  // Ends the stream at once, with all that is in flight.
  void Cancel();
  bool open() const;

 private:
  // With mutex_ held.
  void Open();
  void MaybeWrite();
  void TakeReply(std::deque<WireCall*>* ended);
  void Close(std::deque<WireCall*>* ended);

  grpc::GenericStub stub_;
  const std::string method_;
  grpc::CompletionQueue* const queue_;
  Tag started_{this, Step::kStarted}, written_{this, Step::kWritten}, read_{this, Step::kRead},
      finished_{this, Step::kFinished};

  mutable std::mutex mutex_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> exchange_;  // nullptr: not open
  std::deque<WireCall*> waiting_;                                   // to be written
  std::deque<WireCall*> sent_;                                      // and not answered
  bool ready_ = false;    // started, and neither end has closed it
  bool writing_ = false;  // a write is under way
  bool finishing_ = false;
  bool half_closed_ = false;
  bool ended_ = false;  // its status is known
  grpc::ByteBuffer reply_;
  grpc::Status status_;
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_STREAM_CONNECTION_H_
