#include "server/inference/request_fields.h"

#include <algorithm>
#include <cstdint>

#include "inference/grpc_service.pb.h"
#include "src/functions/catalogue.h"

namespace activation::inference {
namespace {

using ::inference::InferTensorContents;
using ::inference::ModelInferRequest;
using Input = ModelInferRequest::InferInputTensor;
using Output = ModelInferRequest::InferRequestedOutputTensor;
using wire::BytesTag;
using wire::Fixed64Tag;
using wire::Reader;
using wire::VarintTag;

constexpr uint32_t Fixed32Tag(int field) {
  return wire::Tag(field, wire::WireType::WIRETYPE_FIXED32);
}

constexpr uint32_t kModelNameTag = BytesTag(ModelInferRequest::kModelNameFieldNumber);
constexpr uint32_t kModelVersionTag = BytesTag(ModelInferRequest::kModelVersionFieldNumber);
constexpr uint32_t kIdTag = BytesTag(ModelInferRequest::kIdFieldNumber);
constexpr uint32_t kParametersTag = BytesTag(ModelInferRequest::kParametersFieldNumber);
constexpr uint32_t kInputsTag = BytesTag(ModelInferRequest::kInputsFieldNumber);
constexpr uint32_t kOutputsTag = BytesTag(ModelInferRequest::kOutputsFieldNumber);
constexpr uint32_t kRawTag = BytesTag(ModelInferRequest::kRawInputContentsFieldNumber);

constexpr uint32_t kInputNameTag = BytesTag(Input::kNameFieldNumber);
constexpr uint32_t kInputDatatypeTag = BytesTag(Input::kDatatypeFieldNumber);
constexpr uint32_t kInputExtentTag = VarintTag(Input::kShapeFieldNumber);
constexpr uint32_t kInputPackedShapeTag = BytesTag(Input::kShapeFieldNumber);
constexpr uint32_t kInputParametersTag = BytesTag(Input::kParametersFieldNumber);
constexpr uint32_t kInputContentsTag = BytesTag(Input::kContentsFieldNumber);

constexpr uint32_t kOutputNameTag = BytesTag(Output::kNameFieldNumber);
constexpr uint32_t kOutputParametersTag = BytesTag(Output::kParametersFieldNumber);

constexpr uint32_t kFp32Tag = Fixed32Tag(InferTensorContents::kFp32ContentsFieldNumber);
constexpr uint32_t kPackedFp32Tag = BytesTag(InferTensorContents::kFp32ContentsFieldNumber);
constexpr uint32_t kFp64Tag = Fixed64Tag(InferTensorContents::kFp64ContentsFieldNumber);
constexpr uint32_t kPackedFp64Tag = BytesTag(InferTensorContents::kFp64ContentsFieldNumber);
constexpr uint32_t kBytesTag = BytesTag(InferTensorContents::kBytesContentsFieldNumber);

template <class Number>
bool ReadRun(Reader* reader, NumbersField* numbers) {
  absl::string_view bytes;
  if (!reader->ReadBytes(&bytes) || bytes.size() % sizeof(Number) != 0) return false;
  numbers->AddRun(bytes);
  return true;
}

template <class Number>
bool ReadOne(Reader* reader, bool (Reader::*read)(Number*), NumbersField* numbers) {
  Number number;
  if (!(reader->*read)(&number)) return false;
  numbers->AddNumber({reinterpret_cast<const char*>(&number), sizeof(number)});
  return true;
}

// A field of contents that no model takes: numbers, packed or not, or bytes.
bool ReadOther(uint32_t tag, Reader* reader, bool* has_others) {
  const auto field = static_cast<int>(tag >> 3);
  const bool is_number = field >= InferTensorContents::kBoolContentsFieldNumber &&
                         field <= InferTensorContents::kUint64ContentsFieldNumber;
  if (is_number && tag == BytesTag(field)) {
    return reader->ReadPacked([&] {
      uint64_t number;
      *has_others = true;
      return reader->ReadVarint(&number);
    });
  }
  if ((is_number && tag == VarintTag(field)) || tag == kBytesTag) *has_others = true;
  return reader->Skip(tag);
}

bool ReadContents(Reader* reader, ContentsField* contents) {
  return reader->ReadNested([&] {
    uint32_t tag;
    if (!reader->ReadTag(&tag)) return false;
    switch (tag) {
      case kPackedFp32Tag:
        return ReadRun<float>(reader, &contents->fp32);
      case kFp32Tag:
        return ReadOne(reader, &Reader::ReadFloat, &contents->fp32);
      case kPackedFp64Tag:
        return ReadRun<double>(reader, &contents->fp64);
      case kFp64Tag:
        return ReadOne(reader, &Reader::ReadDouble, &contents->fp64);
      default:
        return ReadOther(tag, reader, &contents->has_others);
    }
  });
}

bool ReadInput(const Limits& limits, Reader* reader, InputField* input) {
  const auto read_extent = [&] { return wire::ReadExtent(limits, reader, input); };
  return reader->ReadNested([&] {
    uint32_t tag;
    if (!reader->ReadTag(&tag)) return false;
    switch (tag) {
      case kInputNameTag:
        return reader->ReadString(&input->name);
      case kInputDatatypeTag:
        return reader->ReadString(&input->datatype);
      case kInputExtentTag:
        return read_extent();
      case kInputPackedShapeTag:
        return reader->ReadPacked(read_extent);
      case kInputParametersTag:
        return input->parameters.ReadEntry(reader);
      case kInputContentsTag:
        if (!input->contents.has_value()) input->contents.emplace();
        return ReadContents(reader, &*input->contents);
      default:
        return reader->Skip(tag);
    }
  });
}

bool ReadOutput(Reader* reader, OutputField* output) {
  return reader->ReadNested([&] {
    uint32_t tag;
    if (!reader->ReadTag(&tag)) return false;
    if (tag == kOutputNameTag) return reader->ReadString(&output->name);
    if (tag == kOutputParametersTag) return output->parameters.ReadEntry(reader);
    return reader->Skip(tag);
  });
}

// The next of a repeated field: a new entry of `kept`, or where there is one more than
// `most` already, one that is dropped.
template <class List, class Read>
bool ReadNext(size_t most, List* kept, size_t* count, Read read) {
  if ((*count)++ <= most) return read(&kept->emplace_back());
  typename List::value_type dropped;
  return read(&dropped);
}

}  // namespace

bool IsRequestParameter(absl::string_view name) {
  if (name == "tier") return true;
  const absl::Span<const FunctionInfo> catalogue = Catalogue();
  return std::any_of(catalogue.begin(), catalogue.end(), [name](const FunctionInfo& info) {
    const auto* const end = info.params.begin() + ParamCount(info);
    return std::any_of(info.params.begin(), end,
                       [name](const ParamInfo& param) { return name == param.name; });
  });
}

bool IsTensorParameter(absl::string_view name) {
  return name == "shared_memory_region" || name == "shared_memory_byte_size" ||
         name == "shared_memory_offset" || name == "classification";
}

void NumbersField::AddRun(absl::string_view bytes) {
  if (!this->bytes().empty()) return Gather(bytes);
  run_ = bytes;
}

void NumbersField::Gather(absl::string_view bytes) {
  if (gathered_.empty()) gathered_.assign(run_.data(), run_.size());
  gathered_.append(bytes.data(), bytes.size());
}

bool ReadRequest(const Limits& limits, Reader* reader, RequestFields* fields) {
  while (!reader->AtEnd()) {
    uint32_t tag;
    if (!reader->ReadTag(&tag)) return false;
    bool read = false;
    switch (tag) {
      case kModelNameTag:
        read = reader->ReadString(&fields->model_name);
        break;
      case kModelVersionTag:
        read = reader->ReadString(&fields->model_version);
        break;
      case kIdTag:
        read = reader->ReadString(&fields->id);
        break;
      case kParametersTag:
        read = fields->parameters.ReadEntry(reader);
        break;
      case kInputsTag:
        read = ReadNext(kMaxInputs, &fields->inputs, &fields->input_count,
                        [&](InputField* input) { return ReadInput(limits, reader, input); });
        break;
      case kOutputsTag:
        read = ReadNext(kMaxOutputs, &fields->outputs, &fields->output_count,
                        [&](OutputField* output) { return ReadOutput(reader, output); });
        break;
      case kRawTag:
        read = ReadNext(kMaxInputs, &fields->raw, &fields->raw_count,
                        [&](absl::string_view* raw) { return reader->ReadBytes(raw); });
        break;
      default:
        read = reader->Skip(tag);
    }
    if (!read) return false;
  }
  return true;
}

}  // namespace activation::inference
