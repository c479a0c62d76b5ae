// A cursor over bytes in protobuf's wire format, in one piece or in many. It accepts
// and refuses exactly what protobuf's own parser does (tests compare them), but makes
// nothing: a value of many bytes is known by where it lies. Only a name that goes over
// the end of a piece is copied. Thread-compatible.
// Source: https://protobuf.dev/programming-guides/encoding/
#ifndef ACTIVATION_SERVER_WIRE_READER_H_
#define ACTIVATION_SERVER_WIRE_READER_H_

#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <string>

#include "absl/strings/string_view.h"
#include "server/wire/pieces.h"

namespace activation::wire {

using WireType = google::protobuf::internal::WireFormatLite::WireType;

// A field's number and type as one number, as they stand on the wire.
constexpr uint32_t Tag(int field, WireType type) {
  return (static_cast<uint32_t>(field) << 3) | static_cast<uint32_t>(type);
}
constexpr uint32_t VarintTag(int field) { return Tag(field, WireType::WIRETYPE_VARINT); }
constexpr uint32_t Fixed64Tag(int field) { return Tag(field, WireType::WIRETYPE_FIXED64); }
constexpr uint32_t BytesTag(int field) { return Tag(field, WireType::WIRETYPE_LENGTH_DELIMITED); }

// The fields of every map entry.
inline constexpr int kMapKeyField = 1;
inline constexpr int kMapValueField = 2;

// Every function that returns bool returns false where the bytes are malformed
// or end too early; nothing may be read after that.
class Reader {
 public:
  // The pieces and their bytes must outlive the reader, and every payload and view it gives.
  explicit Reader(Pieces pieces);

  // Whether the current message has been read.
  bool AtEnd() {
    if (at_ != end_) return false;
    if (beyond_ == 0) return true;
    NextPiece();
    return false;
  }

  // Bytes of the current message that have not been read.
  size_t left() const { return Here() + beyond_; }
  // Those of them in the piece at hand.
  absl::string_view here() const { return {reinterpret_cast<const char*>(at_), Here()}; }
  // Passes over so many of these.
  void Pass(size_t count) { at_ += count; }

  // Most tags and numbers are one byte long; the loop is for the others.
  bool ReadTag(uint32_t* tag) {
    if (AtEnd() || *at_ >= 0x80) return ReadLongTag(tag);
    *tag = *at_++;
    return *tag >> 3 != 0;
  }
  bool ReadVarint(uint64_t* value) {
    if (AtEnd() || *at_ >= 0x80) return ReadLongVarint(value);
    *value = *at_++;
    return true;
  }
  bool ReadBool(bool* value) {
    uint64_t varint;
    if (!ReadVarint(&varint)) return false;
    *value = varint != 0;
    return true;
  }
  bool ReadDouble(double* value);
  bool ReadFloat(float* value);
  // Where the bytes of a length-delimited value lie.
  bool ReadPayload(Payload* value) {
    size_t size = 0;
    if (!ReadSize(&size)) return false;
    if (size > Here()) return ReadScattered(size, value);
    *value = {{reinterpret_cast<const char*>(at_), size}, next_, size};
    at_ += size;
    return true;
  }
  // The bytes of one that must be UTF-8. Where they go over the end of a piece, a copy
  // is added to `joined`.
  bool ReadString(std::forward_list<std::string>* joined, absl::string_view* value);
  // Passes over the value of a field nobody knows.
  bool Skip(uint32_t tag);

  // Calls `read` for each number of a packed field.
  template <class Read>
  bool ReadPacked(Read read) {
    size_t size = 0;
    if (!ReadSize(&size)) return false;
    const size_t here = Here();
    const size_t beyond = beyond_;
    if (size > here + beyond) return false;
    Bound(size);
    while (!AtEnd()) {
      if (!read()) return false;
    }
    if (size <= here) {
      end_ = at_ + (here - size);
      beyond_ = beyond;
    } else {
      Bound(here + beyond - size);
    }
    return true;
  }

  // Calls `read` for each field of a nested message.
  template <class Read>
  bool ReadNested(Read read) {
    if (depth_ == 0) return false;
    --depth_;
    const bool complete = ReadPacked(read);
    ++depth_;
    return complete;
  }

 private:
  // Bytes of the current message in the piece at hand.
  size_t Here() const { return static_cast<size_t>(end_ - at_); }

  // Makes the current message end `rest` bytes from here.
  void Bound(size_t rest) {
    const auto here = static_cast<size_t>(piece_end_ - at_);
    end_ = at_ + std::min(rest, here);
    beyond_ = rest > here ? rest - here : 0;
  }

  bool ReadSize(size_t* size) {
    if (AtEnd() || *at_ >= 0x80) return ReadLongSize(size);
    *size = *at_++;
    return true;
  }
  bool SkipBytes(size_t count) {
    if (count > Here()) return SkipPieces(count);
    at_ += count;
    return true;
  }
  bool SkipPieces(size_t count);
  // For values that go over the end of the piece at hand.
  bool ReadScattered(size_t size, Payload* value);
  bool Join(size_t size, std::forward_list<std::string>* joined);
  // To the next piece with bytes; the message must go on there.
  void NextPiece();
  template <class T>
  bool ReadFixed(T* value);
  template <class T>
  bool ReadGroups(int max_bytes, T* value);
  bool ReadLongTag(uint32_t* tag);
  bool ReadLongVarint(uint64_t* value);
  bool ReadLongSize(size_t* size);
  bool SkipGroup(uint32_t start_tag);

  const Pieces pieces_;
  size_t next_ = 0;  // index of the piece after the one at hand
  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;  // of the current message, or of the piece before it
  const uint8_t* piece_end_ = nullptr;
  size_t beyond_ = 0;  // bytes of the current message in later pieces
  // How deeply messages may still nest; protobuf's own limit.
  int depth_ = 100;
};

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_READER_H_
