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

// Little-endian groups of seven bits, the last without its top bit. Bits beyond
// the type are dropped, as protobuf drops them.
template <class T>
const uint8_t* ReadGroups(const uint8_t* at, const uint8_t* end, int max_bytes, T* value) {
  T result = 0;
  for (int i = 0; i < max_bytes && at != end; ++i) {
    const uint8_t byte = *at++;
    result |= static_cast<T>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      *value = result;
      return at;
    }
  }
  return nullptr;
}

}  // namespace

bool Reader::ReadLongTag(uint32_t* tag) {
  const uint8_t* const after = ReadGroups(at_, end_, kMaxTagBytes, tag);
  if (after == nullptr || *tag >> 3 == 0) return false;
  at_ = after;
  return true;
}

bool Reader::ReadLongVarint(uint64_t* value) {
  const uint8_t* const after = ReadGroups(at_, end_, kMaxVarintBytes, value);
  if (after == nullptr) return false;
  at_ = after;
  return true;
}

bool Reader::ReadDouble(double* value) {
  const uint8_t* const bytes = at_;
  if (!SkipBytes(sizeof(double))) return false;
  std::memcpy(value, bytes, sizeof(double));
  return true;
}

bool Reader::ReadFloat(float* value) {
  const uint8_t* const bytes = at_;
  if (!SkipBytes(sizeof(float))) return false;
  std::memcpy(value, bytes, sizeof(float));
  return true;
}

bool Reader::ReadLongSize(size_t* size) {
  uint64_t value = 0;
  const uint8_t* const after = ReadGroups(at_, end_, kMaxTagBytes, &value);
  if (after == nullptr || value > kMaxSize) return false;
  at_ = after;
  *size = value;
  return true;
}

bool Reader::ReadString(absl::string_view* value) {
  return ReadBytes(value) &&
         WireFormatLite::VerifyUtf8String(value->data(), static_cast<int>(value->size()),
                                          WireFormatLite::PARSE, nullptr);
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
  absl::string_view bytes;
  switch (static_cast<WireType>(tag & 7)) {
    case WireType::WIRETYPE_VARINT:
      return ReadVarint(&varint);
    case WireType::WIRETYPE_FIXED64:
      return SkipBytes(8);
    case WireType::WIRETYPE_LENGTH_DELIMITED:
      return ReadBytes(&bytes);
    case WireType::WIRETYPE_START_GROUP:
      return SkipGroup(tag);
    case WireType::WIRETYPE_FIXED32:
      return SkipBytes(4);
    default:
      return false;  // the end of a group that did not begin, or no wire type
  }
}

}  // namespace activation::wire
