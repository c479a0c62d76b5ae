#include "server/inference/parameters.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "inference/grpc_service.pb.h"
#include "src/base/errors.h"

namespace activation::inference {
namespace {

using ::inference::InferParameter;
using wire::BytesTag;
using wire::Fixed64Tag;
using wire::Reader;
using wire::VarintTag;

constexpr uint32_t kKeyTag = BytesTag(wire::kMapKeyField);
constexpr uint32_t kValueTag = BytesTag(wire::kMapValueField);

constexpr uint32_t kBoolTag = VarintTag(InferParameter::kBoolParamFieldNumber);
constexpr uint32_t kInt64Tag = VarintTag(InferParameter::kInt64ParamFieldNumber);
constexpr uint32_t kStringTag = BytesTag(InferParameter::kStringParamFieldNumber);
constexpr uint32_t kDoubleTag = Fixed64Tag(InferParameter::kDoubleParamFieldNumber);
constexpr uint32_t kUint64Tag = VarintTag(InferParameter::kUint64ParamFieldNumber);

template <class T>
bool ReadNumber(Reader* reader, ParameterValue* value) {
  uint64_t varint = 0;
  if (!reader->ReadVarint(&varint)) return false;
  value->emplace<T>(static_cast<T>(varint));
  return true;
}

bool ReadText(Reader* reader, std::forward_list<std::string>* joined, ParameterValue* value) {
  absl::string_view text;
  if (!reader->ReadString(joined, &text)) return false;
  *value = text;
  return true;
}

bool ReadDouble(Reader* reader, ParameterValue* value) {
  double number = 0;
  if (!reader->ReadDouble(&number)) return false;
  *value = number;
  return true;
}

// A message that comes twice is merged, so what was read before stays.
bool ReadValue(Reader* reader, std::forward_list<std::string>* joined, ParameterValue* value) {
  return reader->ReadNested([&] {
    uint32_t tag;
    if (!reader->ReadTag(&tag)) return false;
    switch (tag) {
      case kBoolTag:
        return ReadNumber<bool>(reader, value);
      case kInt64Tag:
        return ReadNumber<int64_t>(reader, value);
      case kStringTag:
        return ReadText(reader, joined, value);
      case kDoubleTag:
        return ReadDouble(reader, value);
      case kUint64Tag:
        return ReadNumber<uint64_t>(reader, value);
      default:
        return reader->Skip(tag);
    }
  });
}

absl::Status Wrong(absl::string_view name, absl::string_view problem) {
  return InvalidField(absl::StrCat("parameters[\"", name, "\"]"), problem);
}

}  // namespace

bool Parameters::ReadEntry(Reader* reader, std::forward_list<std::string>* joined) {
  absl::string_view name;
  ParameterValue value;
  const bool read = reader->ReadNested([&] {
    uint32_t tag;
    if (!reader->ReadTag(&tag)) return false;
    if (tag == kKeyTag) return reader->ReadString(joined, &name);
    if (tag == kValueTag) return ReadValue(reader, joined, &value);
    return reader->Skip(tag);
  });
  if (!read || !keeps_(name)) return read;
  const auto known = std::find_if(entries_.begin(), entries_.end(),
                                  [name](const auto& entry) { return entry.first == name; });
  if (known == entries_.end()) {
    entries_.emplace_back(name, value);
  } else {
    known->second = value;
  }
  return true;
}

const ParameterValue* Parameters::Find(absl::string_view name) const {
  for (const auto& [known, value] : entries_) {
    if (known == name) return &value;
  }
  return nullptr;
}

absl::StatusOr<double> NumberOf(absl::string_view name, const ParameterValue& value) {
  double number = 0;
  if (const auto* real = std::get_if<double>(&value)) {
    number = *real;
  } else if (const auto* whole = std::get_if<int64_t>(&value)) {
    number = static_cast<double>(*whole);
  } else if (const auto* size = std::get_if<uint64_t>(&value)) {
    number = static_cast<double>(*size);
  } else if (const auto* text = std::get_if<absl::string_view>(&value);
             text == nullptr || text->find_first_of("xX") != absl::string_view::npos ||
             !absl::SimpleAtod(*text, &number)) {
    return Wrong(name, "is no number");
  }
  if (!std::isfinite(number)) return Wrong(name, "is not finite");
  return number;
}

absl::StatusOr<uint64_t> SizeOf(absl::string_view name, const ParameterValue& value) {
  if (const auto* size = std::get_if<uint64_t>(&value)) return *size;
  const auto* whole = std::get_if<int64_t>(&value);
  if (whole == nullptr || *whole < 0) return Wrong(name, "must be an int64_param, 0 or more");
  return static_cast<uint64_t>(*whole);
}

absl::StatusOr<absl::string_view> TextOf(absl::string_view name, const ParameterValue& value) {
  if (const auto* text = std::get_if<absl::string_view>(&value)) return *text;
  return Wrong(name, "must be a string_param");
}

}  // namespace activation::inference
