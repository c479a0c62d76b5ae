// Bytes as gRPC receives them: in one piece of memory, or a large message in many.
// A value of many bytes is known by where it lies among the pieces. Pure values.
// In the way of a request: ReceivedBytes -> Reader -> Item -> Decode.
#ifndef ACTIVATION_SERVER_WIRE_PIECES_H_
#define ACTIVATION_SERVER_WIRE_PIECES_H_

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace activation::wire {

// One after the other they are the message. A piece may be empty.
using Pieces = absl::Span<const absl::string_view>;

// A value of `size` bytes that begins with `first`, which is empty only where the
// value is, and goes on in the piece of index `next` and those after it.
struct Payload {
  absl::string_view first;
  size_t next = 0;
  size_t size = 0;

  bool whole() const { return first.size() == size; }
};

// Where a payload lies, if in one piece.
inline const void* Where(const Payload& payload) {
  return payload.whole() ? payload.first.data() : nullptr;
}

// Walks a payload piece by piece.
class PieceCursor {
 public:
  PieceCursor(Pieces pieces, const Payload& payload)
      : pieces_(pieces),
        next_(payload.next),
        here_(payload.first),
        beyond_(payload.size - payload.first.size()) {}

  // What is left of the piece at hand; empty only at the payload's end.
  absl::string_view here() const { return here_; }

  // Passes over `count` bytes of here().
  void Pass(size_t count) {
    here_.remove_prefix(count);
    while (here_.empty() && beyond_ > 0) {
      here_ = pieces_[next_++].substr(0, beyond_);
      beyond_ -= here_.size();
    }
  }

  // Copies the next `count` bytes, of as many pieces as they take, and passes over them.
  void Copy(size_t count, void* to) {
    for (auto* at = static_cast<char*>(to); count > 0;) {
      const size_t size = std::min(count, here_.size());
      std::memcpy(at, here_.data(), size);
      at += size;
      count -= size;
      Pass(size);
    }
  }

 private:
  Pieces pieces_;
  size_t next_;
  absl::string_view here_;
  size_t beyond_;  // bytes after here_
};

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_PIECES_H_
