// One item on its way over a stream: sent whole, or cut into chunks that the server
// sees as items of their own.
#ifndef ACTIVATION_CLIENT_SRC_SUBMISSION_H_
#define ACTIVATION_CLIENT_SRC_SUBMISSION_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "activation/types.h"
#include "activation/v1/activation.pb.h"

namespace activation::client {

using StreamedItem = std::variant<ForwardItem, GradientItem>;

// Thread-safe, but for Read, which one thread at a time may call.
class Submission {
 public:
  // `chunk_elements`: how many elements of x go into one message; 0 is all, in x's own
  // shape.
  Submission(StreamedItem item, size_t chunk_elements);

  size_t chunks() const { return chunks_; }

  // Writes a chunk into `request`, but for the id. After an error the request has no
  // item.
  absl::Status Encode(size_t chunk, int64_t max_bytes, v1::StreamRequest* request) const;

  // The reply to a chunk: its error, or INTERNAL for one that does not fit the item.
  absl::Status Read(size_t chunk, const v1::StreamResponse& response);

 private:
  template <class Item>
  Item Chunk(const Item& whole, size_t index) const;
  absl::Status Read(size_t chunk, const ForwardItem& whole, const v1::StreamResponse& response);
  absl::Status Read(size_t chunk, const GradientItem& whole, const v1::StreamResponse& response);

  // Adds a chunk's statistics to those of the item, where it asked for them.
  void Join(const Statistics& part, Statistics* whole);

  const StreamedItem item_;
  const size_t chunk_elements_;
  size_t elements_ = 0;
  size_t chunks_ = 1;
  std::map<std::string, double> sums_;  // of the parameter gradients of chunks
  Statistics statistics_;               // of the chunks so far
};

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_SUBMISSION_H_
