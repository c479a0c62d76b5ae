// A cursor over bytes in protobuf's wire format. It accepts and refuses exactly
// what protobuf's own parser does (a test compares them), but makes nothing: a
// value of many bytes is a view of where it lies. Thread-compatible.
// Source: https://protobuf.dev/programming-guides/encoding/
#ifndef ACTIVATION_SERVER_WIRE_READER_H_
#define ACTIVATION_SERVER_WIRE_READER_H_

#include <google/protobuf/wire_format_lite.h>

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace activation::wire {

using WireType = google::protobuf::internal::WireFormatLite::WireType;

// A field's number and type as one number, as they stand on the wire.
constexpr uint32_t Tag(int field, WireType type) {
  return (static_cast<uint32_t>(field) << 3) | static_cast<uint32_t>(type);
}
constexpr uint32_t VarintTag(int field) { return Tag(field, WireType::WIRETYPE_VARINT); }
constexpr uint32_t Fixed64Tag(int field) { return Tag(field, WireType::WIRETYPE_FIXED64); }
constexpr uint32_t BytesTag(int field) { return Tag(field, WireType::WIRETYPE_LENGTH_DELIMITED); }

// Every function that returns bool returns false where the bytes are malformed
// or end too early; nothing may be read after that.
class Reader {
 public:
  // The bytes must outlive the reader and every view it gives.
  explicit Reader(absl::string_view bytes)
      : at_(reinterpret_cast<const uint8_t*>(bytes.data())), end_(at_ + bytes.size()) {}

  // Whether the current message has been read.
  bool AtEnd() const { return at_ == end_; }

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
  bool ReadDouble(double* value);
  bool ReadFloat(float* value);
  // The bytes of a length-delimited value.
  bool ReadBytes(absl::string_view* value) {
    size_t size = 0;
    if (!ReadSize(&size) || !SkipBytes(size)) return false;
    *value = absl::string_view(reinterpret_cast<const char*>(at_ - size), size);
    return true;
  }
  // The same, where only UTF-8 is valid.
  bool ReadString(absl::string_view* value);
  // Passes over the value of a field nobody knows.
  bool Skip(uint32_t tag);

  // Calls `read` for each number of a packed field.
  template <class Read>
  bool ReadPacked(Read read) {
    absl::string_view packed;
    if (!ReadBytes(&packed)) return false;
    const uint8_t* const outer_end = end_;
    end_ = at_;
    at_ -= packed.size();
    while (!AtEnd()) {
      if (!read()) return false;
    }
    end_ = outer_end;
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
  bool ReadSize(size_t* size) {
    if (AtEnd() || *at_ >= 0x80) return ReadLongSize(size);
    *size = *at_++;
    return true;
  }
  bool SkipBytes(size_t count) {
    if (count > static_cast<size_t>(end_ - at_)) return false;
    at_ += count;
    return true;
  }
  bool ReadLongTag(uint32_t* tag);
  bool ReadLongVarint(uint64_t* value);
  bool ReadLongSize(size_t* size);
  bool SkipGroup(uint32_t start_tag);

  const uint8_t* at_;
  const uint8_t* end_;
  // How deeply messages may still nest; protobuf's own limit.
  int depth_ = 100;
};

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_READER_H_
