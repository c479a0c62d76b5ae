#include "tests/fuzz/infer_check.h"

#include <cstring>
#include <utility>

#include "inference/grpc_service.pb.h"
#include "server/inference/decode.h"
#include "server/inference/models.h"
#include "server/inference/reply_header.h"
#include "server/inference/request_fields.h"
#include "tests/fuzz/as_message.h"
#include "tests/fuzz/checks.h"
#include "tests/fuzz/slicing.h"
#include "tests/fuzz/stand_in.h"

namespace activation::inference {
namespace {

using ::inference::InferParameter;
using ::inference::ModelInferRequest;
using ParameterMap = google::protobuf::Map<std::string, InferParameter>;

void Store(const Parameters& from, ParameterMap* to) {
  for (const auto& [name, value] : from) {
    InferParameter& parameter = (*to)[std::string(name)];
    if (const auto* yes = std::get_if<bool>(&value)) parameter.set_bool_param(*yes);
    if (const auto* whole = std::get_if<int64_t>(&value)) parameter.set_int64_param(*whole);
    if (const auto* size = std::get_if<uint64_t>(&value)) parameter.set_uint64_param(*size);
    if (const auto* real = std::get_if<double>(&value)) parameter.set_double_param(*real);
    if (const auto* text = std::get_if<absl::string_view>(&value)) {
      parameter.set_string_param(std::string(*text));
    }
  }
}

template <class Number>
void Store(wire::Pieces pieces, const NumbersField& from,
           google::protobuf::RepeatedField<Number>* to) {
  const std::string bytes = wire::Joined(pieces, from.bytes());
  to->Resize(static_cast<int>(bytes.size() / sizeof(Number)), Number());
  if (!bytes.empty()) std::memcpy(to->mutable_data(), bytes.data(), bytes.size());
}

void Store(wire::Pieces pieces, const InputField& from, ModelInferRequest::InferInputTensor* to) {
  to->set_name(std::string(from.name));
  to->set_datatype(std::string(from.datatype));
  to->mutable_shape()->Add(from.shape.begin(), from.shape.end());
  Store(from.parameters, to->mutable_parameters());
  if (!from.contents.has_value()) return;
  Store(pieces, from.contents->fp32, to->mutable_contents()->mutable_fp32_contents());
  Store(pieces, from.contents->fp64, to->mutable_contents()->mutable_fp64_contents());
  if (from.contents->has_others) to->mutable_contents()->add_bool_contents(true);
}

ModelInferRequest MessageOf(const RequestFields& fields) {
  const wire::Pieces pieces = fields.pieces;
  ModelInferRequest request;
  request.set_model_name(std::string(fields.model_name));
  request.set_model_version(std::string(fields.model_version));
  request.set_id(std::string(fields.id));
  Store(fields.parameters, request.mutable_parameters());
  for (const InputField& input : fields.inputs) Store(pieces, input, request.add_inputs());
  for (const OutputField& output : fields.outputs) {
    ModelInferRequest::InferRequestedOutputTensor* const to = request.add_outputs();
    to->set_name(std::string(output.name));
    Store(output.parameters, to->mutable_parameters());
  }
  for (const wire::Payload& raw : fields.raw)
    request.add_raw_input_contents(wire::Joined(pieces, raw));
  return request;
}

bool SameCounts(const RequestFields& fields, const ModelInferRequest& wanted) {
  return fields.input_count == static_cast<size_t>(wanted.inputs_size()) &&
         fields.output_count == static_cast<size_t>(wanted.outputs_size()) &&
         fields.raw_count == static_cast<size_t>(wanted.raw_input_contents_size());
}

void Keep(Parameters::Keeps keeps, ParameterMap* parameters) {
  for (auto entry = parameters->begin(); entry != parameters->end();) {
    if (keeps(entry->first)) {
      ++entry;
    } else {
      entry = parameters->erase(entry);
    }
  }
}

template <class List>
void KeepFirst(size_t most, List* list) {
  if (list->size() > static_cast<int>(most)) {
    list->DeleteSubrange(static_cast<int>(most), list->size() - static_cast<int>(most));
  }
}

// Without what our reader passes over.
void Prune(ModelInferRequest* request) {
  request->DiscardUnknownFields();
  Keep(IsRequestParameter, request->mutable_parameters());
  KeepFirst(kMaxInputs + 1, request->mutable_inputs());
  KeepFirst(kMaxOutputs + 1, request->mutable_outputs());
  KeepFirst(kMaxInputs + 1, request->mutable_raw_input_contents());
  for (auto& output : *request->mutable_outputs()) {
    Keep(IsTensorParameter, output.mutable_parameters());
  }
  for (auto& input : *request->mutable_inputs()) {
    Keep(IsTensorParameter, input.mutable_parameters());
    if (!input.has_contents()) continue;
    ::inference::InferTensorContents* const contents = input.mutable_contents();
    const bool others = contents->bool_contents_size() + contents->int_contents_size() +
                            contents->int64_contents_size() + contents->uint_contents_size() +
                            contents->uint64_contents_size() + contents->bytes_contents_size() >
                        0;
    contents->clear_bool_contents();
    contents->clear_int_contents();
    contents->clear_int64_contents();
    contents->clear_uint_contents();
    contents->clear_uint64_contents();
    contents->clear_bytes_contents();
    if (others) contents->add_bool_contents(true);
  }
}

// The steps of InferTask::Lay without an engine, and what comes of them.
std::string AnswerTo(wire::Pieces pieces) {
  RequestFields fields;
  const Limits limits;
  const absl::Status status = ReadRequest(pieces, limits, &fields);
  if (!status.ok()) return status.ToString();
  const absl::StatusOr<Model> model = FindModel(fields.model_name, fields.model_version);
  if (!model.ok()) return model.status().ToString();
  wire::StandInRegion region;
  absl::StatusOr<Inference> inference = Decode(*model, fields, limits, &region);
  if (!inference.ok()) return inference.status().ToString();
  const std::string header = ReplyHeader(fields, *inference, ReplyForm::kUnary);
  return wire::Answer(std::move(inference->batch), region, absl::string_view(header));
}

}  // namespace

std::string DifferenceFromProtobuf(absl::string_view bytes, wire::Pieces pieces) {
  ModelInferRequest wanted;
  const bool valid = wanted.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  RequestFields fields;
  const Limits limits = wire::KeepAll();
  const bool read = ReadRequest(pieces, limits, &fields).ok();
  if (valid != read) return valid ? "wrongly refused" : "wrongly accepted";
  if (!valid) return "";
  if (!SameCounts(fields, wanted)) return "another number of tensors";
  Prune(&wanted);
  return wire::Canonical(MessageOf(fields)) == wire::Canonical(wanted) ? "" : "other fields";
}

}  // namespace activation::inference

namespace activation::fuzz {

std::string CheckInfer(absl::string_view input) {
  if (input.empty()) return "";
  const wire::Slicing slicing = wire::CutBy(static_cast<uint8_t>(input.front()), input.substr(1));
  input.remove_prefix(1);
  const wire::Slicing whole(input);
  std::string difference = inference::DifferenceFromProtobuf(input, slicing.pieces());
  if (!difference.empty()) return difference;
  return wire::DifferenceOf(inference::AnswerTo(slicing.pieces()),
                            inference::AnswerTo(whole.pieces()));
}

}  // namespace activation::fuzz
