#include "server/wire/reply.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpc/slice.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "absl/strings/string_view.h"
#include "activation/v1/activation.pb.h"
#include "src/functions/catalogue.h"

namespace activation::wire {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

static_assert(std::endian::native == std::endian::little, "tensors are little-endian on the wire");

// The layout below is the contract's; a field that moves there must move here.
// Both directions have the same shape: results -> tensor -> dtype, shape, data.
constexpr int kResultsField = v1::ForwardResponse::kResultsFieldNumber;
constexpr int kTensorField = v1::ForwardResult::kYFieldNumber;
static_assert(kResultsField == v1::GradientResponse::kResultsFieldNumber);
static_assert(kTensorField == v1::GradientResult::kDxFieldNumber);
// Field numbers below 16 have tags of one byte; a map entry's are 1 and 2.
constexpr size_t kTagSize = 1;
constexpr int kMapKeyField = 1;
constexpr int kMapValueField = 2;

uint32_t ToWire(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return v1::DTYPE_F32;
    case DType::kF64:
      return v1::DTYPE_F64;
    case DType::kF16:
      return v1::DTYPE_F16;
    case DType::kBF16:
      return v1::DTYPE_BF16;
  }
  return v1::DTYPE_UNSPECIFIED;
}

size_t DelimitedSize(size_t length) {
  return kTagSize + CodedOutputStream::VarintSize64(length) + length;
}

uint8_t* WriteTag(int field, WireFormatLite::WireType type, uint8_t* at) {
  return CodedOutputStream::WriteVarint32ToArray(WireFormatLite::MakeTag(field, type), at);
}

uint8_t* WriteHeader(int field, size_t length, uint8_t* at) {
  at = WriteTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED, at);
  return CodedOutputStream::WriteVarint64ToArray(length, at);
}

uint8_t* WriteExtents(const Extents& shape, size_t size, uint8_t* at) {
  if (shape.empty()) return at;
  at = WriteHeader(v1::Tensor::kShapeFieldNumber, size, at);
  for (const int64_t extent : shape) {
    at = CodedOutputStream::WriteVarint64ToArray(static_cast<uint64_t>(extent), at);
  }
  return at;
}

size_t EntrySize(absl::string_view name) {
  return DelimitedSize(name.size()) + kTagSize + sizeof(double);
}

// Calls `visit(index, name)` for each parameter whose gradient is returned.
template <class Visit>
void ForEachGradient(const Evaluation& evaluation, Visit visit) {
  if (evaluation.parameter_gradients == nullptr) return;
  const FunctionInfo& info = Catalogue()[evaluation.function];
  for (size_t i = 0; i < ParamCount(info); ++i) {
    if (info.params[i].differentiable) visit(i, absl::string_view(info.params[i].name));
  }
}

// Of the tensor of an evaluation's gradient by its weights: its parts' sizes.
struct WeightGradientSizes {
  size_t shape;
  size_t data;
  size_t tensor;
};

WeightGradientSizes MeasureWeightGradient(const Evaluation& evaluation) {
  WeightGradientSizes sizes{};
  sizes.shape = CodedOutputStream::VarintSize64(evaluation.weight_count);
  sizes.data = evaluation.weight_count * sizeof(double);
  sizes.tensor = kTagSize + CodedOutputStream::VarintSize32(v1::DTYPE_F64) +
                 DelimitedSize(sizes.shape) + DelimitedSize(sizes.data);
  return sizes;
}

// Tags, an id and a flag.
constexpr size_t kMaxMarkSize = 2 * kTagSize + 10 + 1;

uint8_t* WriteMark(const StreamMark& mark, uint8_t* at) {
  if (mark.id != 0) {
    at = WriteTag(v1::StreamResponse::kIdFieldNumber, WireFormatLite::WIRETYPE_VARINT, at);
    at = CodedOutputStream::WriteVarint64ToArray(mark.id, at);
  }
  if (mark.more) {
    at = WriteTag(v1::StreamResponse::kMoreFieldNumber, WireFormatLite::WIRETYPE_VARINT, at);
    *at++ = 1;
  }
  return at;
}

bool WantsWeightGradient(const Evaluation& evaluation) {
  return evaluation.parameter_gradients != nullptr && evaluation.weight != nullptr;
}

}  // namespace

size_t ReplyBeyondRequest(const Batch& batch) {
  size_t bytes = 0;
  for (const Evaluation& evaluation : batch.evaluations) {
    if (WantsWeightGradient(evaluation)) bytes += evaluation.weight_count * sizeof(double);
  }
  return bytes;
}

Reply::Sizes Reply::Measure(const Evaluation& evaluation, const Extents& shape) {
  Sizes sizes{};
  for (const int64_t extent : shape) {
    sizes.shape += CodedOutputStream::VarintSize64(static_cast<uint64_t>(extent));
  }
  sizes.data = OutputCount(evaluation) * SizeOf(evaluation.dtype);
  sizes.tensor = kTagSize + CodedOutputStream::VarintSize32(ToWire(evaluation.dtype)) +
                 (shape.empty() ? 0 : DelimitedSize(sizes.shape)) + DelimitedSize(sizes.data);
  sizes.result = DelimitedSize(sizes.tensor);
  ForEachGradient(evaluation, [&sizes](size_t, absl::string_view name) {
    sizes.result += DelimitedSize(EntrySize(name));
  });
  if (WantsWeightGradient(evaluation)) {
    sizes.result += DelimitedSize(MeasureWeightGradient(evaluation).tensor);
  }
  return sizes;
}

Reply::Reply(Batch* batch) { Lay("", kResultsField, batch); }

Reply::Reply(const StreamMark& mark, Batch* batch) {
  uint8_t before[kMaxMarkSize];
  const uint8_t* const end = WriteMark(mark, before);
  Lay({reinterpret_cast<const char*>(before), static_cast<size_t>(end - before)},
      batch->direction == Direction::kForward ? v1::StreamResponse::kForwardFieldNumber
                                              : v1::StreamResponse::kGradientFieldNumber,
      batch);
}

// `before` are fields that stand before the results.
void Reply::Lay(absl::string_view before, int result_field, Batch* batch) {
  std::vector<Sizes> sizes;
  sizes.reserve(batch->evaluations.size());
  size_t total = before.size();
  for (size_t i = 0; i < batch->evaluations.size(); ++i) {
    sizes.push_back(Measure(batch->evaluations[i], batch->shapes[i]));
    total += DelimitedSize(sizes.back().result);
  }
  // A small slice would live inside its handle and move with it; a large one
  // stays where it is, and is not filled with zeros.
  grpc_slice slice = grpc_slice_malloc_large(total);
  uint8_t* at = GRPC_SLICE_START_PTR(slice);
  buffer_ = grpc::Slice(slice, grpc::Slice::STEAL_REF);
  at = std::copy(before.begin(), before.end(), at);
  for (size_t i = 0; i < batch->evaluations.size(); ++i) {
    at = WriteHeader(result_field, sizes[i].result, at);
    at = WriteTensor(sizes[i], batch->shapes[i], &batch->evaluations[i], at);
  }
}

uint8_t* Reply::WriteTensor(const Sizes& sizes, const Extents& shape, Evaluation* evaluation,
                            uint8_t* at) {
  at = WriteHeader(kTensorField, sizes.tensor, at);
  at = WriteTag(v1::Tensor::kDtypeFieldNumber, WireFormatLite::WIRETYPE_VARINT, at);
  at = CodedOutputStream::WriteVarint32ToArray(ToWire(evaluation->dtype), at);
  at = WriteExtents(shape, sizes.shape, at);
  at = WriteHeader(v1::Tensor::kDataFieldNumber, sizes.data, at);
  evaluation->out = at;
  at = WriteParameterGradients(*evaluation, at + sizes.data);
  return WriteWeightGradient(evaluation, at);
}

uint8_t* Reply::WriteWeightGradient(Evaluation* evaluation, uint8_t* at) {
  if (!WantsWeightGradient(*evaluation)) return at;
  const WeightGradientSizes sizes = MeasureWeightGradient(*evaluation);
  at = WriteHeader(v1::GradientResult::kWeightGradientFieldNumber, sizes.tensor, at);
  at = WriteTag(v1::Tensor::kDtypeFieldNumber, WireFormatLite::WIRETYPE_VARINT, at);
  at = CodedOutputStream::WriteVarint32ToArray(v1::DTYPE_F64, at);
  at = WriteExtents({static_cast<int64_t>(evaluation->weight_count)}, sizes.shape, at);
  at = WriteHeader(v1::Tensor::kDataFieldNumber, sizes.data, at);
  evaluation->weight_gradient = at;
  return at + sizes.data;
}

uint8_t* Reply::WriteParameterGradients(const Evaluation& evaluation, uint8_t* at) {
  ForEachGradient(evaluation, [&](size_t index, absl::string_view name) {
    at = WriteHeader(v1::GradientResult::kParameterGradientsFieldNumber, EntrySize(name), at);
    at = WriteHeader(kMapKeyField, name.size(), at);
    std::memcpy(at, name.data(), name.size());
    at = WriteTag(kMapValueField, WireFormatLite::WIRETYPE_FIXED64, at + name.size());
    pending_.push_back({at, &evaluation.parameter_gradients[index]});
    at += sizeof(double);
  });
  return at;
}

grpc::ByteBuffer Reply::Finish() {
  for (const Pending& pending : pending_) {
    std::memcpy(pending.place, pending.value, sizeof(double));
  }
  return {&buffer_, 1};
}

}  // namespace activation::wire
