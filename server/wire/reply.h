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

#include "server/wire/codec.h"

namespace activation::wire {

class Reply {
 public:
  // Serializes a ForwardResponse or GradientResponse, after the batch's
  // direction, and gives every evaluation its output.
  explicit Reply(Batch* batch);

  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;

  // To be called once the work is done: fills in the gradients by parameters and
  // weights and hands the bytes over. Those of the batch must still live.
  grpc::ByteBuffer Finish();

 private:
  // Gradients by parameters or weights, still to be written.
  struct Pending {
    uint8_t* place;
    const double* values;
    size_t count;
  };

  // Sizes of an item's nested messages, outermost last.
  struct Sizes {
    size_t shape;
    size_t data;
    size_t tensor;
    size_t result;
  };

  static Sizes Measure(const Evaluation& evaluation, const Extents& shape);
  uint8_t* WriteItem(const Sizes& sizes, const Extents& shape, Evaluation* evaluation, uint8_t* at);
  uint8_t* WriteParameterGradients(const Evaluation& evaluation, uint8_t* at);
  uint8_t* WriteWeightGradient(const Evaluation& evaluation, uint8_t* at);

  grpc::Slice buffer_;
  std::vector<Pending> pending_;
};

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_REPLY_H_
