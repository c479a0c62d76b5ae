// What every call has in common between its bytes and its reply, be it unary or an
// item of a stream, and whatever protocol it speaks: the room it holds, the request's
// bytes, the evaluations that point into them and the reply they write to.
// Thread-compatible.
// In the way of a request: Admit -> Take -> wire::Decode -> Lay -> Submit -> Reply.
#ifndef ACTIVATION_SERVER_WORK_H_
#define ACTIVATION_SERVER_WORK_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/metrics.h"
#include "server/open_streams.h"
#include "server/reply_watch.h"
#include "server/shared_memory/call_regions.h"
#include "server/shared_memory/registry.h"
#include "server/stopwatch.h"
#include "server/wire/decode.h"
#include "server/wire/message.h"
#include "server/wire/reply.h"
#include "src/base/out_of_memory.h"
#include "src/engine/engine.h"

namespace activation {

class Errands;

// What the calls of a service share; outlives them.
struct CallEnvironment {
  Engine& engine;
  Metrics& metrics;
  shared_memory::Registry& regions;
  ReplyWatch& replies;
  OpenStreams& streams;
  Errands& errands;
  // Set once no more calls are to be taken.
  const std::atomic<bool>& closed;
  // Whether the server asks for calls; not any more from the beginning of a drain, long before
  // none are taken.
  const std::atomic<bool>& ready;
};

// How long each step took.
struct StepTimes {
  absl::Duration admit;
  absl::Duration decode;
  absl::Duration lay;
  absl::Duration copy_in;  // of `lay`, bringing tensors together that came in slices
  absl::Duration queue;    // of `run`, until a backend took the work up
  absl::Duration run;
  absl::Duration reply;
};

// When the client stops waiting.
absl::Time DeadlineOf(const grpc::ServerContextBase& context);

// Each step may be taken once, after the one before it, and none after an error.
class Work {
 public:
  explicit Work(CallEnvironment environment)
      : environment_(environment), regions_(environment.regions) {}

  // Room for a request of so many bytes and for a reply as large, but for some bytes an
  // item; to be asked before anything is copied. What is cheap to refuse is refused here,
  // and what nobody waits for any more.
  absl::Status Admit(size_t request_bytes, absl::Time deadline);

  // Where the request's bytes lie: `bytes`, which must stay as it is until the work is done.
  void Take(grpc::ByteBuffer* bytes) { request_.emplace(bytes); }
  wire::Pieces request() const { return request_->pieces(); }

  // What the request may have in shared memory; kept until the work is done.
  wire::SliceResolver& regions() { return regions_; }

  // What `decode` makes of request() with regions(); it is asked twice where one of its tensors
  // lies in a region that a later one's region holds.
  template <class Decode>
  auto Decoded(const Decode& decode) {
    auto decoded = decode();
    if (decoded.ok() && regions_.Moved()) decoded = decode();
    return decoded;
  }

  // Lays out the reply to what was decoded from request().
  absl::Status Lay(absl::StatusOr<wire::Batch> batch);
  // The same for one item of a stream.
  absl::Status Lay(const wire::StreamMark& mark, absl::StatusOr<wire::Batch> batch);
  // The same for a batch of one, as `header` and then the bytes of its result.
  absl::Status Lay(absl::string_view header, wire::Batch batch);

  // What `lay` returns, or RESOURCE_EXHAUSTED where the system had no memory for it. All
  // that a call allocates by its size is allocated while its bytes are taken, read, decoded and
  // laid out, but for long rows and what a job is divided into, of which the engine and its
  // backends say the same.
  template <class Function>
  absl::Status OrOutOfMemory(const Function& lay) {
    return activation::OrOutOfMemory(lay, [this] { return RefuseForMemory(); });
  }

  // What was admitted in Lay, beyond the room for the request and a reply as large.
  size_t bytes_beyond_request() const { return ticket_beyond_request_.bytes(); }

  // `done` is called once, perhaps on another thread. `cancelled` must live until then.
  void Submit(absl::Time deadline, const std::atomic<bool>* cancelled,
              std::function<void(absl::Status)> done);

  // The bytes to send; after `done` was called with OK.
  grpc::ByteBuffer Reply();

  // Gives back all that a call holds, before the work began or after `done` was called. It keeps
  // its times.
  void GiveBack();

  absl::Duration Elapsed() const { return watch_.Total(); }
  const StepTimes& times() const { return times_; }
  // Whether a backend took it up, as none does with what is refused. For `done` and after it.
  bool WasTakenUp() const { return taken_up_ != Stopwatch::Clock::time_point(); }

 private:
  // What the reply begins with: nothing, a mark or a header. Errors call evaluations as `path`
  // does.
  template <class... Begin>
  absl::Status LayAs(PathOf path, wire::Batch batch, const Begin&... begin);
  // The same as Admit for what the reply is larger than the request by, for tensors that
  // are to be gathered, for those in shared memory, for what many items take once they
  // are decoded and divided, and for buffers of long rows: a small request may ask for much.
  absl::Status AdmitBeyondRequest();
  absl::Status RefuseForMemory();
  // Keeps the ticket, or counts the refusal.
  absl::Status Hold(absl::StatusOr<AdmissionTicket> taken, AdmissionTicket* ticket);

  const CallEnvironment environment_;
  Stopwatch watch_;
  StepTimes times_;
  Stopwatch::Clock::time_point taken_up_;  // the clock's epoch until it is
  AdmissionTicket ticket_;
  AdmissionTicket ticket_beyond_request_;
  std::optional<wire::ReceivedBytes> request_;  // batch_ points into it
  shared_memory::CallRegions regions_;          // batch_ points into them, too
  wire::Batch batch_;
  std::optional<wire::Reply> reply_;
  ElementCounts elements_;
  std::function<void(absl::Status)> done_;  // from Submit until it is called
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_WORK_H_
