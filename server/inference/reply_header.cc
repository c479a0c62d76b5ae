#include "server/inference/reply_header.h"

#include <google/protobuf/io/coded_stream.h>

#include <cstdint>

#include "inference/grpc_service.pb.h"
#include "rpc/infer_names.h"
#include "server/wire/reader.h"

namespace activation::inference {
namespace {

using ::inference::InferParameter;
using ::inference::ModelInferResponse;
using ::inference::ModelStreamInferResponse;
using Output = ModelInferResponse::InferOutputTensor;
using google::protobuf::io::CodedOutputStream;

void AppendVarint(uint64_t value, std::string* out) {
  uint8_t bytes[10];
  const uint8_t* const end = CodedOutputStream::WriteVarint64ToArray(value, bytes);
  out->append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(end - bytes));
}

void AppendTag(int field, size_t size, std::string* out) {
  AppendVarint(wire::BytesTag(field), out);
  AppendVarint(size, out);
}

// As proto3, which leaves out what is empty.
void AppendText(int field, absl::string_view text, std::string* out) {
  if (text.empty()) return;
  AppendTag(field, text.size(), out);
  out->append(text.data(), text.size());
}

std::string Number(int field, uint64_t value) {
  std::string out;
  AppendVarint(wire::VarintTag(field), &out);
  AppendVarint(value, &out);
  return out;
}

void AppendParameter(int field, absl::string_view name, absl::string_view value, std::string* out) {
  std::string entry;
  AppendText(wire::kMapKeyField, name, &entry);
  AppendText(wire::kMapValueField, value, &entry);
  AppendText(field, entry, out);
}

std::string Shape(const wire::Extents& shape) {
  std::string out;
  for (const int64_t extent : shape) AppendVarint(static_cast<uint64_t>(extent), &out);
  return out;
}

std::string OutputTensor(const Inference& inference) {
  std::string out;
  AppendText(Output::kNameFieldNumber, OutputOf(inference.model), &out);
  AppendText(Output::kDatatypeFieldNumber, DatatypeOf(inference.batch.evaluations.front().dtype),
             &out);
  AppendText(Output::kShapeFieldNumber, Shape(inference.batch.shapes.front()), &out);
  if (!inference.output.has_value()) return out;
  const RegionSlice& slice = *inference.output;
  constexpr int kField = Output::kParametersFieldNumber;
  constexpr int kNumber = InferParameter::kInt64ParamFieldNumber;
  std::string region;
  AppendText(InferParameter::kStringParamFieldNumber, slice.region, &region);
  AppendParameter(kField, kRegion, region, &out);
  AppendParameter(kField, kRegionBytes, Number(kNumber, slice.bytes), &out);
  AppendParameter(kField, kRegionOffset, Number(kNumber, slice.offset), &out);
  return out;
}

}  // namespace

std::string ReplyHeader(const RequestFields& fields, const Inference& inference, ReplyForm form) {
  const Evaluation& evaluation = inference.batch.evaluations.front();
  const size_t size =
      inference.output.has_value() ? 0 : OutputCount(evaluation) * SizeOf(evaluation.dtype);
  std::string header;
  AppendText(ModelInferResponse::kModelNameFieldNumber, fields.model_name, &header);
  AppendText(ModelInferResponse::kModelVersionFieldNumber, kModelVersion, &header);
  AppendText(ModelInferResponse::kIdFieldNumber, fields.id, &header);
  if (form == ReplyForm::kStream) {
    AppendParameter(ModelInferResponse::kParametersFieldNumber, "triton_final_response",
                    Number(InferParameter::kBoolParamFieldNumber, 1), &header);
  }
  AppendText(ModelInferResponse::kOutputsFieldNumber, OutputTensor(inference), &header);
  AppendTag(ModelInferResponse::kRawOutputContentsFieldNumber, size, &header);
  if (form == ReplyForm::kUnary) return header;
  std::string before;
  AppendTag(ModelStreamInferResponse::kInferResponseFieldNumber, header.size() + size, &before);
  return before + header;
}

}  // namespace activation::inference
