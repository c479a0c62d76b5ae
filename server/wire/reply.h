// The reply to a batch, laid out before the work: every message header is written
// first, and results are computed straight into their places. Headers and small
// results stand in one buffer, so a batch costs one allocation however many items it
// has; a large result has a recycled buffer of its own, between slices of that one.
// So a tensor is written once.
// In the way of a request: Decode -> Reply -> Engine::Submit -> Reply::Finish.
// Thread-compatible.
#ifndef ACTIVATION_SERVER_WIRE_REPLY_H_
#define ACTIVATION_SERVER_WIRE_REPLY_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/wire/decode.h"

namespace activation::wire {

// How many bytes the reply will have, but for some an item: those of results that go to no region,
// and of gradients by weights. To be asked before Reply lays it out.
size_t BytesOfResults(const Batch& batch);

// What the reply to an item of a stream repeats of it.
struct StreamMark {
  uint64_t id = 0;
  bool more = false;
};

class Reply {
 public:
  // Serializes a ForwardResponse or GradientResponse, after the batch's direction,
  // and completes its evaluations, after which they can be run: gives every one its
  // output, unless that is shared memory (then the reply says where) or none is wanted, and the
  // inputs that were scattered (assemble.h). What it allocates, admission has to have room for:
  // BytesOfResults() and BytesToGather().
  explicit Reply(Batch* batch);
  // The same as a StreamResponse; the batch is of one item.
  Reply(const StreamMark& mark, Batch* batch);
  // For other protocols: `header`, and after it the result of the batch's one item,
  // which has no gradients by parameters; nothing where it has its output already.
  Reply(absl::string_view header, Batch* batch);

  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;

  // To be called once the work is done: fills in parameter gradients and statistics
  // and hands the bytes over. The batch's must still live.
  grpc::ByteBuffer Finish();

 private:
  // Eight bytes that the work still has to make, and where they are to be written.
  struct Pending {
    uint8_t* place;
    const void* value;
  };

  // Sizes of an item's nested messages, outermost last.
  struct Sizes {
    size_t shape;
    size_t content;
    size_t tensor;
    size_t result;
  };

  // A large result, and how many bytes of buffer_ are sent before it.
  struct LargeResult {
    size_t after;
    grpc::Slice slice;
  };

  // Lays out `before`, which are fields that stand before the results, and these.
  void Lay(absl::string_view before, int result_field, Batch* batch);
  // Makes the buffer; returns its first byte. Throws std::bad_alloc.
  uint8_t* Allocate(size_t size);
  // Where a result goes: to `at`, or into a buffer of its own.
  uint8_t* PlaceResult(size_t size, uint8_t* at, Evaluation* evaluation);
  static Sizes Measure(const Batch& batch, size_t i);
  uint8_t* WriteResult(const Sizes& sizes, size_t i, Batch* batch, uint8_t* at);
  uint8_t* WriteContent(const Sizes& sizes, const SliceField* slice, Evaluation* evaluation,
                        uint8_t* at);
  uint8_t* WriteParameterGradients(const Evaluation& evaluation, uint8_t* at);
  static uint8_t* WriteWeightGradient(Evaluation* evaluation, uint8_t* at);
  uint8_t* WriteStatistics(const Evaluation& evaluation, uint8_t* at);

  grpc::Slice buffer_;  // all but the large results
  std::vector<LargeResult> large_;
  std::vector<Pending> pending_;
};

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_REPLY_H_
