#include "server/wire/reader.h"

#include <climits>
#include <cstring>

namespace activation::wire {
namespace {

using google::protobuf::internal::WireFormatLite;

constexpr int kMaxTagBytes = 5;
constexpr int kMaxVarintBytes = 10;
// Protobuf refuses lengths within these few bytes of 2 GiB.
constexpr uint64_t kMaxSize = INT_MAX - 16;

}  // namespace

Reader::Reader(Pieces pieces) : pieces_(pieces) {
  for (const absl::string_view piece : pieces) beyond_ += piece.size();
}

void Reader::NextPiece() {
  while (pieces_[next_].empty()) ++next_;
  const absl::string_view piece = pieces_[next_++];
  at_ = reinterpret_cast<const uint8_t*>(piece.data());
  piece_end_ = at_ + piece.size();
  Bound(beyond_);
}

bool Reader::SkipPieces(size_t count) {
  if (count > left()) return false;
  while (count > Here()) {
    count -= Here();
    at_ = end_;
    NextPiece();
  }
  at_ += count;
  return true;
}

bool Reader::ReadScattered(size_t size, Payload* value) {
  if (size > left() || AtEnd()) return false;
  *value = {{reinterpret_cast<const char*>(at_), std::min(size, Here())}, next_, size};
  return SkipPieces(size);
}

// Little-endian groups of seven bits, the last without its top bit. Bits beyond
// the type are dropped, as protobuf drops them.
template <class T>
bool Reader::ReadGroups(int max_bytes, T* value) {
  T result = 0;
  const uint8_t* at = at_;
  for (int i = 0; i < max_bytes; ++i) {
    if (at == end_) {
      at_ = at;
      if (AtEnd()) return false;
      at = at_;
    }
    const uint8_t byte = *at++;
    result |= static_cast<T>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      at_ = at;
      *value = result;
      return true;
    }
  }
  return false;
}

bool Reader::ReadLongTag(uint32_t* tag) { return ReadGroups(kMaxTagBytes, tag) && *tag >> 3 != 0; }

bool Reader::ReadLongVarint(uint64_t* value) { return ReadGroups(kMaxVarintBytes, value); }

bool Reader::ReadLongSize(size_t* size) {
  uint64_t value = 0;
  if (!ReadGroups(kMaxTagBytes, &value) || value > kMaxSize) return false;
  *size = value;
  return true;
}

template <class T>
bool Reader::ReadFixed(T* value) {
  uint8_t bytes[sizeof(T)];
  for (uint8_t& byte : bytes) {
    if (AtEnd()) return false;
    byte = *at_++;
  }
  std::memcpy(value, bytes, sizeof(T));
  return true;
}

bool Reader::ReadDouble(double* value) { return ReadFixed(value); }

bool Reader::ReadFloat(float* value) { return ReadFixed(value); }

bool Reader::ReadString(std::forward_list<std::string>* joined, absl::string_view* value) {
  size_t size = 0;
  if (!ReadSize(&size)) return false;
  if (size > Here()) {
    if (!Join(size, joined)) return false;
    *value = joined->front();
  } else {
    *value = absl::string_view(reinterpret_cast<const char*>(at_), size);
    at_ += size;
  }
  return WireFormatLite::VerifyUtf8String(value->data(), static_cast<int>(value->size()),
                                          WireFormatLite::PARSE, nullptr);
}

bool Reader::Join(size_t size, std::forward_list<std::string>* joined) {
  Payload payload;
  if (!ReadScattered(size, &payload)) return false;
  std::string& copy = joined->emplace_front(size, '\0');
  PieceCursor(pieces_, payload).Copy(size, copy.data());
  return true;
}

bool Reader::SkipGroup(uint32_t start_tag) {
  if (depth_ == 0) return false;
  --depth_;
  const uint32_t end_tag = Tag(static_cast<int>(start_tag >> 3), WireType::WIRETYPE_END_GROUP);
  uint32_t tag = 0;
  while (ReadTag(&tag)) {
    if (tag == end_tag) {
      ++depth_;
      return true;
    }
    if (!Skip(tag)) return false;
  }
  return false;
}

bool Reader::Skip(uint32_t tag) {
  uint64_t varint;
  size_t size;
  switch (static_cast<WireType>(tag & 7)) {
    case WireType::WIRETYPE_VARINT:
      return ReadVarint(&varint);
    case WireType::WIRETYPE_FIXED64:
      return SkipBytes(8);
    case WireType::WIRETYPE_LENGTH_DELIMITED:
      return ReadSize(&size) && SkipBytes(size);
    case WireType::WIRETYPE_START_GROUP:
      return SkipGroup(tag);
    case WireType::WIRETYPE_FIXED32:
      return SkipBytes(4);
    default:
      return false;  // the end of a group that did not begin, or no wire type
  }
}

}  // namespace activation::wire
