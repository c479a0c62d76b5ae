#include "server/wire/reply.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpc/slice.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "activation/v1/activation.pb.h"
#include "rpc/enums.h"
#include "server/wire/assemble.h"
#include "server/wire/buffer_pool.h"
#include "server/wire/reader.h"
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
// Field numbers below 16 have tags of one byte, a map entry's too.
constexpr size_t kTagSize = 1;

// From this size on a result has a buffer of its own. Measured (docs/performance_wire.md).
constexpr size_t kLargeResult = size_t{64} << 10;

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

size_t SliceSize(const SliceField& slice) {
  return DelimitedSize(slice.region.size()) + kTagSize +
         CodedOutputStream::VarintSize64(slice.offset);
}

uint8_t* WriteSlice(const SliceField& slice, uint8_t* at) {
  at = WriteHeader(v1::SharedMemorySlice::kRegionFieldNumber, slice.region.size(), at);
  std::memcpy(at, slice.region.data(), slice.region.size());
  at = WriteTag(v1::SharedMemorySlice::kOffsetFieldNumber, WireFormatLite::WIRETYPE_VARINT,
                at + slice.region.size());
  return CodedOutputStream::WriteVarint64ToArray(slice.offset, at);
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
  return evaluation.parameter_gradients != nullptr &&
         Catalogue()[evaluation.function].kind == Kind::kPerChannel;
}

// A value of activation.v1.Statistics, eight bytes whatever it is.
struct StatisticsField {
  int number;
  const void* value;
};

std::array<StatisticsField, 8> FieldsOf(const TensorStatistics& from) {
  return {{{v1::Statistics::kElementsFieldNumber, &from.elements},
           {v1::Statistics::kNonFiniteFieldNumber, &from.non_finite},
           {v1::Statistics::kZerosFieldNumber, &from.zeros},
           {v1::Statistics::kDeadFieldNumber, &from.dead},
           {v1::Statistics::kSaturatedFieldNumber, &from.saturated},
           {v1::Statistics::kMeanFieldNumber, &from.mean},
           {v1::Statistics::kVarianceFieldNumber, &from.variance},
           {v1::Statistics::kGradientGainFieldNumber, &from.gradient_gain}}};
}

constexpr size_t kStatisticsSize = 8 * (kTagSize + sizeof(double));

int StatisticsFieldOf(Direction direction) {
  if (direction == Direction::kForward) return v1::ForwardResult::kStatisticsFieldNumber;
  return v1::GradientResult::kStatisticsFieldNumber;
}

}  // namespace

size_t BytesOfResults(const Batch& batch) {
  size_t bytes = 0;
  for (size_t i = 0; i < batch.evaluations.size(); ++i) {
    const Evaluation& evaluation = batch.evaluations[i];
    if (HasResult(batch, i) && evaluation.out == nullptr) {
      bytes += OutputCount(evaluation) * SizeOf(evaluation.dtype);
    }
    if (WantsWeightGradient(evaluation)) bytes += evaluation.weight_count * sizeof(double);
  }
  return bytes;
}

Reply::Sizes Reply::Measure(const Batch& batch, size_t i) {
  const Evaluation& evaluation = batch.evaluations[i];
  const Extents& shape = batch.shapes[i];
  const SliceField* const slice = OutputSlice(batch, i);
  Sizes sizes{};
  if (HasResult(batch, i)) {
    for (const int64_t extent : shape) {
      sizes.shape += CodedOutputStream::VarintSize64(static_cast<uint64_t>(extent));
    }
    sizes.content =
        slice != nullptr ? SliceSize(*slice) : OutputCount(evaluation) * SizeOf(evaluation.dtype);
    sizes.tensor = kTagSize + CodedOutputStream::VarintSize32(ToWire(evaluation.dtype)) +
                   (shape.empty() ? 0 : DelimitedSize(sizes.shape)) + DelimitedSize(sizes.content);
    sizes.result = DelimitedSize(sizes.tensor);
  }
  ForEachGradient(evaluation, [&sizes](size_t, absl::string_view name) {
    sizes.result += DelimitedSize(EntrySize(name));
  });
  if (WantsWeightGradient(evaluation)) {
    sizes.result += DelimitedSize(MeasureWeightGradient(evaluation).tensor);
  }
  if (evaluation.statistics != nullptr) sizes.result += DelimitedSize(kStatisticsSize);
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

void Reply::Lay(absl::string_view before, int result_field, Batch* batch) {
  absl::InlinedVector<Sizes, 1> sizes;
  sizes.reserve(batch->evaluations.size());
  size_t total = before.size();
  for (size_t i = 0; i < batch->evaluations.size(); ++i) {
    sizes.push_back(Measure(*batch, i));
    total += DelimitedSize(sizes.back().result);
    if (OutputSlice(*batch, i) == nullptr && sizes.back().content >= kLargeResult) {
      total -= sizes.back().content;
    }
  }
  uint8_t* at = Allocate(total);
  at = std::copy(before.begin(), before.end(), at);
  for (size_t i = 0; i < batch->evaluations.size(); ++i) {
    at = WriteHeader(result_field, sizes[i].result, at);
    at = WriteResult(sizes[i], i, batch, at);
  }
  Assemble(batch);
}

uint8_t* Reply::PlaceResult(size_t size, uint8_t* at, Evaluation* evaluation) {
  if (size < kLargeResult) {
    evaluation->out = at;
    return at + size;
  }
  PooledBuffer buffer = BufferPool::Shared().Take(size);
  evaluation->out = buffer.data();
  large_.push_back(
      {static_cast<size_t>(at - buffer_.begin()), PooledBuffer::ToSlice(std::move(buffer), size)});
  return at;
}

Reply::Reply(absl::string_view header, Batch* batch) {
  Evaluation& evaluation = batch->evaluations.front();
  const size_t size =
      evaluation.out == nullptr ? OutputCount(evaluation) * SizeOf(evaluation.dtype) : 0;
  uint8_t* const at = Allocate(header.size() + (size < kLargeResult ? size : 0));
  std::memcpy(at, header.data(), header.size());
  if (evaluation.out == nullptr) PlaceResult(size, at + header.size(), &evaluation);
  Assemble(batch);
}

// A small slice would live inside its handle and move with it; a large one stays where
// it is, and is not filled with zeros. gRPC ends the process where it gets no memory, which is not
// to happen for the sake of many results, or of weights: those come from where failing can be told.
uint8_t* Reply::Allocate(size_t size) {
  if (size >= kLargeResult) {
    PooledBuffer buffer = BufferPool::Shared().Take(size);
    uint8_t* const begin = buffer.data();
    buffer_ = PooledBuffer::ToSlice(std::move(buffer), size);
    return begin;
  }
  grpc_slice slice = grpc_slice_malloc_large(size);
  buffer_ = grpc::Slice(slice, grpc::Slice::STEAL_REF);
  return slice.data.refcounted.bytes;
}

uint8_t* Reply::WriteResult(const Sizes& sizes, size_t i, Batch* batch, uint8_t* at) {
  Evaluation* const evaluation = &batch->evaluations[i];
  if (HasResult(*batch, i)) {
    at = WriteHeader(kTensorField, sizes.tensor, at);
    at = WriteTag(v1::Tensor::kDtypeFieldNumber, WireFormatLite::WIRETYPE_VARINT, at);
    at = CodedOutputStream::WriteVarint32ToArray(ToWire(evaluation->dtype), at);
    at = WriteExtents(batch->shapes[i], sizes.shape, at);
    at = WriteContent(sizes, OutputSlice(*batch, i), evaluation, at);
  }
  at = WriteParameterGradients(*evaluation, at);
  at = WriteWeightGradient(evaluation, at);
  return WriteStatistics(*evaluation, at);
}

uint8_t* Reply::WriteContent(const Sizes& sizes, const SliceField* slice, Evaluation* evaluation,
                             uint8_t* at) {
  if (slice != nullptr) {
    at = WriteHeader(v1::Tensor::kSharedMemoryFieldNumber, sizes.content, at);
    return WriteSlice(*slice, at);
  }
  at = WriteHeader(v1::Tensor::kDataFieldNumber, sizes.content, at);
  return PlaceResult(sizes.content, at, evaluation);
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

uint8_t* Reply::WriteStatistics(const Evaluation& evaluation, uint8_t* at) {
  if (evaluation.statistics == nullptr) return at;
  at = WriteHeader(StatisticsFieldOf(evaluation.direction), kStatisticsSize, at);
  for (const StatisticsField& field : FieldsOf(*evaluation.statistics)) {
    at = WriteTag(field.number, WireFormatLite::WIRETYPE_FIXED64, at);
    pending_.push_back({at, field.value});
    at += sizeof(double);
  }
  return at;
}

grpc::ByteBuffer Reply::Finish() {
  for (const Pending& pending : pending_) {
    std::memcpy(pending.place, pending.value, sizeof(double));
  }
  if (large_.empty()) return {&buffer_, 1};
  std::vector<grpc::Slice> slices;
  slices.reserve(2 * large_.size() + 1);
  size_t sent = 0;
  for (LargeResult& result : large_) {
    slices.push_back(buffer_.sub(sent, result.after));
    slices.push_back(std::move(result.slice));
    sent = result.after;
  }
  if (sent < buffer_.size()) slices.push_back(buffer_.sub(sent, buffer_.size()));
  return {slices.data(), slices.size()};
}

}  // namespace activation::wire
