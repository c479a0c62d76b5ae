// Many items in flight on one stream of the service: the cheapest way for small
// tensors, and the way for tensors beyond the message limit.
//
//   #include <activation/stream.h>
//
//   activation::client::Stream stream({.endpoint = "127.0.0.1:50051"});
//   std::vector<float> x(256, -1), y(256);
//   std::future<absl::Status> done = stream.Submit(activation::client::ForwardItem{
//       .activation = {.function = "gelu"}, .x = {.shape = {256}, .data = x.data()}, .y =
//       y.data()});
#ifndef ACTIVATION_STREAM_H_
#define ACTIVATION_STREAM_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>

#include "absl/status/status.h"
#include "activation/options.h"
#include "activation/types.h"

namespace activation::client {

class StreamSession;

// How many items are under way, and how large ones travel.
struct StreamOptions {
  // Items submitted and not done, past which Submit waits; 0 is as good as 1. More than the
  // server holds of a stream (ServerLimits) only wait elsewhere.
  size_t max_pending = 256;
  // Tensors of elementwise functions with more bytes are sent in chunks of as many. Which
  // those are the server is asked when the first such tensor is submitted: that Submit waits for
  // the answer, in a callback too, for at most ten seconds. Without an answer the tensor is sent
  // whole, and a later one asks again: not in the ten seconds after such a wait, and never where
  // the server has refused to say.
  size_t chunk_bytes = size_t{1} << 20;
  // Whether an item's callback may come before those of items submitted earlier, where
  // its result is there first. A small item then does not wait for a large one.
  bool may_overtake = false;
  // Of the stream as a whole; what is pending then fails. Zero: none.
  std::chrono::milliseconds deadline{0};
};

// One stream on a connection of its own. Items are sent in the order of Submit.
//
// Errors: an item fails alone, with the status the service has for a call; nothing is
// tried again. Where the server is full, RetryDelay(status) says after how long to submit
// the item again. When the stream itself fails (the server drains, the connection breaks,
// the deadline passes), all that is pending fails with its status and so does every
// later item: make another Stream. A failed item leaves its outputs unspecified.
//
// Of a chunked gradient the gradients by parameters are the sums of those of its chunks.
//
// Thread safety: every member but the destructor may be called from any thread at once.
// Memory given with an item is read and written until the item is done.
class Stream {
 public:
  // Called once, from a thread of the library or, where the stream has ended, by Submit
  // itself. Must not block. May call Submit, which there does not wait for room.
  using Done = std::function<void(absl::Status)>;

  // Of ClientOptions, `deadline`, `connections`, `retry` and `hedging` are for calls and not used.
  explicit Stream(const ClientOptions& options = {}, StreamOptions stream_options = {});
  // Cancels what is pending and waits for its callbacks. Not to be called in one.
  ~Stream();

  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Waits while max_pending items are pending, then sends the item.
  void Submit(ForwardItem item, Done done);
  void Submit(GradientItem item, Done done);
  std::future<absl::Status> Submit(ForwardItem item);
  std::future<absl::Status> Submit(GradientItem item);

  // Says that no item comes any more, waits until all are done and returns how the stream
  // ended. Not to be called in a callback.
  absl::Status Finish();

 private:
  const std::unique_ptr<StreamSession> session_;
};

}  // namespace activation::client

#endif  // ACTIVATION_STREAM_H_
