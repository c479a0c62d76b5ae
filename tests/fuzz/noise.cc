#include "tests/fuzz/noise.h"

namespace activation {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// As protobuf numbers them on the wire.
constexpr int kVarint = 0, kFixed64 = 1, kDelimited = 2, kGroup = 3, kGroupEnd = 4, kFixed32 = 5;

constexpr int kDepth = 4;

int TypeOnWire(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_DOUBLE:
    case FieldDescriptor::TYPE_FIXED64:
      return kFixed64;
    case FieldDescriptor::TYPE_FLOAT:
      return kFixed32;
    case FieldDescriptor::TYPE_MESSAGE:
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_BYTES:
      return kDelimited;
    default:
      return kVarint;
  }
}

}  // namespace

std::string Noise::Next() {
  std::string bytes = Message(type_, kDepth);
  for (int i = Pick(3) == 0 ? Pick(3) : 0; i > 0 && !bytes.empty(); --i) {
    bytes[static_cast<size_t>(Pick(static_cast<int>(bytes.size())))] = static_cast<char>(Pick(256));
  }
  if (Pick(20) == 0 && !bytes.empty()) bytes.pop_back();
  return bytes;
}

std::string Noise::Message(const Descriptor& type, int depth) {
  std::string bytes;
  for (int i = Pick(7); i > 0; --i) {
    const FieldDescriptor& field = *type.field(Pick(type.field_count()));
    bytes += Pick(30) == 0 ? Stray() : Field(field, depth);
  }
  return bytes;
}

std::string Noise::Field(const FieldDescriptor& field, int depth) {
  const int number = field.number();
  if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
    return Delimited(number, depth > 0 ? Message(*field.message_type(), depth - 1) : "");
  }
  if (field.type() == FieldDescriptor::TYPE_STRING) return Delimited(number, Text());
  if (field.type() == FieldDescriptor::TYPE_BYTES) return Delimited(number, Bytes(Pick(20)));
  if (!field.is_packable() || Pick(2) == 0) return Tag(number, TypeOnWire(field)) + Value(field);
  std::string run;
  for (int i = Pick(5); i > 0; --i) run += Value(field);
  if (Pick(40) == 0) run += Bytes(1);
  return Delimited(number, run);
}

std::string Noise::Value(const FieldDescriptor& field) {
  if (TypeOnWire(field) == kFixed64) return Bytes(8);
  if (TypeOnWire(field) == kFixed32) return Bytes(4);
  return Number(random_() >> Pick(64));
}

std::string Noise::Stray() {
  const int field = Pick(9) == 0 ? Pick(1 << 29) : 1 + Pick(9);
  const int type = Pick(9) == 0 ? Pick(8) : Pick(4);
  const std::string tag = Tag(field, type);
  if (type == kVarint) return tag + Number(random_() >> Pick(64));
  if (type == kFixed64) return tag + Bytes(8);
  if (type == kDelimited) return Delimited(field, Bytes(Pick(9)));
  if (type == kGroup) {
    return tag + (Pick(2) == 0 ? Stray() : "") + Tag(Pick(20) == 0 ? 7 : field, kGroupEnd);
  }
  return type == kFixed32 ? tag + Bytes(4) : tag;
}

std::string Noise::Tag(int field, int type) {
  return Number((static_cast<uint64_t>(field) << 3) + static_cast<uint64_t>(type));
}

std::string Noise::Delimited(int field, const std::string& inside) {
  const int wrong = Pick(90) == 0 ? Pick(3) - 1 : 0;
  return Tag(field, kDelimited) + Number(inside.size() + static_cast<uint64_t>(wrong)) + inside;
}

// Mostly as short as it can be.
std::string Noise::Number(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  bytes += static_cast<char>(value);
  if (Pick(90) == 0) {
    for (int i = Pick(6); i >= 0; --i) {
      bytes.back() = static_cast<char>(bytes.back() | 0x80);
      bytes += static_cast<char>(Pick(3) == 0 ? Pick(256) : 0);
    }
  }
  return bytes;
}

std::string Noise::Text() {
  static const char* const kWrong[] = {"\xff", "\xc3"};
  if (Pick(60) == 0) return kWrong[Pick(2)];
  return texts_[static_cast<size_t>(Pick(static_cast<int>(texts_.size())))];
}

std::string Noise::Bytes(int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(Pick(256));
  return bytes;
}

}  // namespace activation
