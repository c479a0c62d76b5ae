#include "server/inference/request_fields.h"

#include <google/protobuf/wire_format_lite.h>

#include <cstdint>
#include <cstring>
#include <set>

#include "absl/strings/str_cat.h"
#include "inference/grpc_service.pb.h"
#include "rpc/infer_names.h"
#include "server/wire/reader.h"
#include "src/base/errors.h"
#include "src/functions/catalogue.h"

namespace activation::inference {
namespace {

using ::inference::InferTensorContents;
using ::inference::ModelInferRequest;
using InputTensor = ModelInferRequest::InferInputTensor;
using RequestedOutput = ModelInferRequest::InferRequestedOutputTensor;
using google::protobuf::internal::WireFormatLite;
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

constexpr uint32_t kInputNameTag = BytesTag(InputTensor::kNameFieldNumber);
constexpr uint32_t kInputDatatypeTag = BytesTag(InputTensor::kDatatypeFieldNumber);
constexpr uint32_t kInputExtentTag = VarintTag(InputTensor::kShapeFieldNumber);
constexpr uint32_t kInputPackedShapeTag = BytesTag(InputTensor::kShapeFieldNumber);
constexpr uint32_t kInputParametersTag = BytesTag(InputTensor::kParametersFieldNumber);
constexpr uint32_t kInputContentsTag = BytesTag(InputTensor::kContentsFieldNumber);

constexpr uint32_t kOutputNameTag = BytesTag(RequestedOutput::kNameFieldNumber);
constexpr uint32_t kOutputParametersTag = BytesTag(RequestedOutput::kParametersFieldNumber);

constexpr uint32_t kFp32Tag = Fixed32Tag(InferTensorContents::kFp32ContentsFieldNumber);
constexpr uint32_t kPackedFp32Tag = BytesTag(InferTensorContents::kFp32ContentsFieldNumber);
constexpr uint32_t kFp64Tag = Fixed64Tag(InferTensorContents::kFp64ContentsFieldNumber);
constexpr uint32_t kPackedFp64Tag = BytesTag(InferTensorContents::kFp64ContentsFieldNumber);
constexpr uint32_t kBytesTag = BytesTag(InferTensorContents::kBytesContentsFieldNumber);

// The next of a repeated field: a new entry of `kept`, or where there is one more than
// `most` already, one that is dropped.
template <class List, class Read>
bool ReadNext(size_t most, List* kept, size_t* count, Read read) {
  if ((*count)++ <= most) return read(&kept->emplace_back());
  typename List::value_type dropped;
  return read(&dropped);
}

// Of all functions; each is passed over where the model's has it not.
std::set<absl::string_view> RequestParameters() {
  std::set<absl::string_view> names = {"tier"};
  for (const FunctionInfo& info : Catalogue()) {
    for (size_t i = 0; i < ParamCount(info); ++i) names.insert(info.params[i].name);
  }
  return names;
}

// Reads one request. Each member returns false where the bytes are malformed.
class RequestReader {
 public:
  RequestReader(wire::Pieces pieces, const Limits& limits, RequestFields* fields)
      : pieces_(pieces), limits_(limits), reader_(pieces), fields_(fields) {}

  bool Run() {
    while (!reader_.AtEnd()) {
      uint32_t tag;
      if (!reader_.ReadTag(&tag) || !ReadField(tag)) return false;
    }
    return true;
  }

 private:
  bool ReadField(uint32_t tag) {
    switch (tag) {
      case kModelNameTag:
        return ReadText(&fields_->model_name);
      case kModelVersionTag:
        return ReadText(&fields_->model_version);
      case kIdTag:
        return ReadText(&fields_->id);
      case kParametersTag:
        return ReadParameter(&fields_->parameters);
      case kInputsTag:
        return ReadNext(kMaxInputs, &fields_->inputs, &fields_->input_count,
                        [this](InputField* input) { return ReadInput(input); });
      case kOutputsTag:
        return ReadNext(kMaxOutputs, &fields_->outputs, &fields_->output_count,
                        [this](OutputField* output) { return ReadOutput(output); });
      case kRawTag:
        return ReadNext(kMaxInputs, &fields_->raw, &fields_->raw_count,
                        [this](wire::Payload* raw) { return reader_.ReadPayload(raw); });
      default:
        return reader_.Skip(tag);
    }
  }

  bool ReadText(absl::string_view* text) { return reader_.ReadString(&fields_->joined, text); }
  bool ReadParameter(Parameters* parameters) {
    return ++fields_->parameter_count <= static_cast<size_t>(limits_.max_parameters) &&
           parameters->ReadEntry(&reader_, &fields_->joined);
  }

  bool ReadInput(InputField* input) {
    const auto read_extent = [&] { return wire::ReadExtent(limits_, &reader_, input); };
    return reader_.ReadNested([&] {
      uint32_t tag;
      if (!reader_.ReadTag(&tag)) return false;
      switch (tag) {
        case kInputNameTag:
          return ReadText(&input->name);
        case kInputDatatypeTag:
          return ReadText(&input->datatype);
        case kInputExtentTag:
          return read_extent();
        case kInputPackedShapeTag:
          return reader_.ReadPacked(read_extent);
        case kInputParametersTag:
          return ReadParameter(&input->parameters);
        case kInputContentsTag:
          if (!input->contents.has_value()) input->contents.emplace();
          return ReadContents(&*input->contents);
        default:
          return reader_.Skip(tag);
      }
    });
  }

  bool ReadContents(ContentsField* contents) {
    return reader_.ReadNested([&] {
      uint32_t tag;
      if (!reader_.ReadTag(&tag)) return false;
      switch (tag) {
        case kPackedFp32Tag:
          return ReadRun(sizeof(float), &contents->fp32);
        case kFp32Tag:
          return ReadOne(&Reader::ReadFloat, &contents->fp32);
        case kPackedFp64Tag:
          return ReadRun(sizeof(double), &contents->fp64);
        case kFp64Tag:
          return ReadOne(&Reader::ReadDouble, &contents->fp64);
        default:
          return ReadOther(tag, &contents->has_others);
      }
    });
  }

  bool ReadRun(size_t number_size, NumbersField* numbers) {
    wire::Payload run;
    if (!reader_.ReadPayload(&run) || run.size % number_size != 0) return false;
    numbers->AddRun(pieces_, run);
    return true;
  }

  template <class Number>
  bool ReadOne(bool (Reader::*read)(Number*), NumbersField* numbers) {
    Number number;
    if (!(reader_.*read)(&number)) return false;
    numbers->AddNumber(pieces_, {reinterpret_cast<const char*>(&number), sizeof(number)});
    return true;
  }

  // A field of contents that no model takes: numbers, packed or not, or bytes.
  bool ReadOther(uint32_t tag, bool* has_others) {
    const auto field = static_cast<int>(tag >> 3);
    const bool is_number = field >= InferTensorContents::kBoolContentsFieldNumber &&
                           field <= InferTensorContents::kUint64ContentsFieldNumber;
    if (is_number && tag == BytesTag(field)) {
      return reader_.ReadPacked([&] {
        uint64_t number;
        *has_others = true;
        return reader_.ReadVarint(&number);
      });
    }
    if ((is_number && tag == VarintTag(field)) || tag == kBytesTag) *has_others = true;
    return reader_.Skip(tag);
  }

  bool ReadOutput(OutputField* output) {
    return reader_.ReadNested([&] {
      uint32_t tag;
      if (!reader_.ReadTag(&tag)) return false;
      if (tag == kOutputNameTag) return ReadText(&output->name);
      if (tag == kOutputParametersTag) return ReadParameter(&output->parameters);
      return reader_.Skip(tag);
    });
  }

  const wire::Pieces pieces_;
  const Limits& limits_;
  Reader reader_;
  RequestFields* const fields_;
};

}  // namespace

bool IsRequestParameter(absl::string_view name) {
  static const auto* const names = new std::set<absl::string_view>(RequestParameters());
  return names->contains(name);
}

bool IsTensorParameter(absl::string_view name) {
  return name == kRegion || name == kRegionBytes || name == kRegionOffset ||
         name == "classification";
}

void NumbersField::AddRun(wire::Pieces pieces, const wire::Payload& run) {
  if (empty()) {
    run_ = run;
  } else {
    wire::PieceCursor(pieces, run).Copy(run.size, Gather(pieces, run.size));
  }
}

void NumbersField::AddNumber(wire::Pieces pieces, absl::string_view bytes) {
  std::memcpy(Gather(pieces, bytes.size()), bytes.data(), bytes.size());
}

wire::Payload NumbersField::bytes() const {
  return gathered_.empty() ? run_ : wire::Payload{gathered_, 0, gathered_.size()};
}

char* NumbersField::Gather(wire::Pieces pieces, size_t bytes) {
  if (gathered_.empty()) {
    gathered_.resize(run_.size);
    wire::PieceCursor(pieces, run_).Copy(run_.size, gathered_.data());
  }
  const size_t before = gathered_.size();
  gathered_.resize(before + bytes);
  return gathered_.data() + before;
}

absl::Status ReadRequest(wire::Pieces pieces, const Limits& limits, RequestFields* fields) {
  fields->pieces = pieces;
  if (RequestReader(pieces, limits, fields).Run()) return absl::OkStatus();
  if (fields->parameter_count > static_cast<size_t>(limits.max_parameters)) {
    return InvalidField("parameters", absl::StrCat("has more entries than the ",
                                                   limits.max_parameters, " allowed"));
  }
  return absl::InvalidArgumentError("the request's bytes are no valid inference.ModelInferRequest");
}

std::string ReadId(wire::Pieces pieces) {
  Reader reader(pieces);
  wire::Payload id;
  uint32_t tag = 0;
  while (!reader.AtEnd() && reader.ReadTag(&tag) &&
         (tag == kIdTag ? reader.ReadPayload(&id) : reader.Skip(tag))) {
  }
  if (id.size > kMaxRequestIdBytes) return "";
  std::string text(id.size, '\0');
  wire::PieceCursor(pieces, id).Copy(id.size, text.data());
  const bool is_text = WireFormatLite::VerifyUtf8String(text.data(), static_cast<int>(text.size()),
                                                        WireFormatLite::PARSE, nullptr);
  return is_text ? text : "";
}

}  // namespace activation::inference
