// One ModelStreamInfer call: reads a request, evaluates it, writes its reply, and only
// then reads the next. So replies come in the order of the requests, and a client that
// does not read them makes the server hold one. gRPC deletes it through OnDone.
// In the way of a request: what InferCall is for unary calls.
#ifndef ACTIVATION_SERVER_INFERENCE_STREAM_INFER_CALL_H_
#define ACTIVATION_SERVER_INFERENCE_STREAM_INFER_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "server/call_arena.h"
#include "server/departure.h"
#include "server/inference/infer_task.h"
#include "server/open_streams.h"
#include "server/stopwatch.h"
#include "server/work.h"

namespace activation::inference {

class StreamInferCall final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                              public OpenStream,
                              public InCallArena {
 public:
  StreamInferCall(const InferEnvironment& environment, grpc::CallbackServerContext* context);

  // Reads the first request. To be called once, after which gRPC alone holds the call.
  void Start();

  void Drain() override;

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override { departure_.Note(DeadlineOf(*context_) - absl::Now(), watch_.Total()); }
  void OnDone() override;

 private:
  // The request at hand.
  struct Item {
    explicit Item(const InferEnvironment& environment)
        : work(environment.calls), task(environment) {}

    Work work;
    InferTask task;
  };

  ~StreamInferCall() override = default;

  // Reads the next request, or ends the call where it is draining.
  void Next();
  absl::Status Prepare();
  void Answer(const absl::Status& status);
  // The reply to the request at hand, or what its stream ends with instead.
  absl::Status LayReply(const absl::Status& status);
  // What the request at hand holds; not while the next is being read.
  void GiveBack();
  void End(const absl::Status& status);

  const InferEnvironment environment_;
  grpc::CallbackServerContext* const context_;
  const Stopwatch watch_;
  Departure departure_;
  absl::Status ended_;      // as far as the call itself knows
  absl::Duration elapsed_;  // until then
  grpc::ByteBuffer request_;
  grpc::ByteBuffer reply_;
  ReplyWatch::Reply watched_;
  std::optional<Item> item_;
  absl::StatusCode code_ = absl::StatusCode::kOk;  // of the reply that is on its way

  std::mutex mutex_;
  // All guarded by mutex_.
  bool draining_ = false;
  bool reading_ = false;  // and nothing else is under way
};

}  // namespace activation::inference

#endif  // ACTIVATION_SERVER_INFERENCE_STREAM_INFER_CALL_H_
