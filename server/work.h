// What a unary call and an item of a stream have in common between their bytes and
// their reply: the room they hold, the request's bytes, the evaluations that point
// into them and the reply they write to. Thread-compatible.
// In the way of a request: Admit -> Take -> wire::Decode -> Lay -> Submit -> Reply.
#ifndef ACTIVATION_SERVER_WORK_H_
#define ACTIVATION_SERVER_WORK_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <atomic>
#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/metrics.h"
#include "server/stopwatch.h"
#include "server/wire/codec.h"
#include "server/wire/message.h"
#include "server/wire/reply.h"
#include "src/engine/engine.h"

namespace activation {

// What the calls of a service share; outlives them.
struct CallEnvironment {
  Engine& engine;
  Metrics& metrics;
  // Set once no more calls are to be taken.
  const std::atomic<bool>& closed;
};

absl::Time DeadlineOf(const grpc::ServerContextBase& context);

// Each step may be taken once, after the one before it, and none after an error.
class Work {
 public:
  explicit Work(CallEnvironment environment) : environment_(environment) {}

  // Room for a request of so many bytes and for a reply as large, but for some bytes an
  // item; to be asked before anything is copied. What is cheap to refuse is refused here.
  absl::Status Admit(size_t request_bytes);

  // Takes the request's bytes out of `bytes`, in one piece.
  absl::Status Take(grpc::ByteBuffer* bytes);
  absl::string_view request() const { return wire::View(request_); }

  // Lays out the reply to what was decoded from request(): a response to a batch or,
  // with a mark, to one item of a stream.
  absl::Status Lay(absl::StatusOr<wire::Batch> batch,
                   std::optional<wire::StreamMark> mark = std::nullopt);

  // `done` is called once, perhaps on another thread. `cancelled` must live until then.
  void Submit(absl::Time deadline, const std::atomic<bool>* cancelled,
              std::function<void(absl::Status)> done);

  // The bytes to send; after `done` was called with OK.
  grpc::ByteBuffer Reply();

  absl::Duration Elapsed() const { return watch_.Total(); }

 private:
  // The same as Admit for what the reply is larger than the request by.
  absl::Status AdmitBeyondRequest();
  absl::Status Hold(size_t bytes, AdmissionTicket* ticket);

  const CallEnvironment environment_;
  Stopwatch watch_;
  AdmissionTicket ticket_;
  AdmissionTicket ticket_beyond_request_;
  grpc::Slice request_;  // batch_ points into it
  wire::Batch batch_;
  std::optional<wire::Reply> reply_;
  ElementCounts elements_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_WORK_H_
