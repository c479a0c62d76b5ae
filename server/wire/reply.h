// The reply to a batch, laid out in one buffer before the work: every message
// header is written first, results are computed straight into their places, and
// the buffer is sent as it is. So a tensor is written once, and a batch costs
// one allocation however many items it has.
// In the way of a request: Decode -> Reply -> Engine::Submit -> Reply::Finish.
// Thread-compatible.
#ifndef ACTIVATION_SERVER_WIRE_REPLY_H_
#define ACTIVATION_SERVER_WIRE_REPLY_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/wire/codec.h"

namespace activation::wire {

// By how many bytes, but for some an item, the reply is larger than the request:
// gradients by weights are doubles.
size_t ReplyBeyondRequest(const Batch& batch);

// What the reply to an item of a stream repeats of it.
struct StreamMark {
  uint64_t id = 0;
  bool more = false;
};

class Reply {
 public:
  // Serializes a ForwardResponse or GradientResponse, after the batch's
  // direction, and gives every evaluation its output.
  explicit Reply(Batch* batch);
  // The same as a StreamResponse; the batch is of one item.
  Reply(const StreamMark& mark, Batch* batch);

  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;

  // To be called once the work is done: fills in the parameter gradients and
  // hands the bytes over. The batch's parameter_gradients must still live.
  grpc::ByteBuffer Finish();

 private:
  // A parameter gradient still to be written.
  struct Pending {
    uint8_t* place;
    const double* value;
  };

  // Sizes of an item's nested messages, outermost last.
  struct Sizes {
    size_t shape;
    size_t data;
    size_t tensor;
    size_t result;
  };

  void Lay(absl::string_view before, int result_field, Batch* batch);
  static Sizes Measure(const Evaluation& evaluation, const Extents& shape);
  uint8_t* WriteTensor(const Sizes& sizes, const Extents& shape, Evaluation* evaluation,
                       uint8_t* at);
  uint8_t* WriteParameterGradients(const Evaluation& evaluation, uint8_t* at);
  static uint8_t* WriteWeightGradient(Evaluation* evaluation, uint8_t* at);

  grpc::Slice buffer_;
  std::vector<Pending> pending_;
};

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_REPLY_H_
