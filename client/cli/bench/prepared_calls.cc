#include "client/cli/bench/prepared_calls.h"

#include <grpcpp/support/slice.h>

#include <cstring>
#include <utility>

#include "client/cli/bench/expected_reply.h"
#include "client/cli/bench/shared_tensors.h"

namespace activation::cli {
namespace {

// Whether the reply has exactly these bytes, compared where gRPC received them.
bool HasBytes(const std::vector<grpc::Slice>& reply, absl::string_view bytes) {
  for (const grpc::Slice& slice : reply) {
    if (slice.size() > bytes.size()) return false;
    if (std::memcmp(slice.begin(), bytes.data(), slice.size()) != 0) return false;
    bytes.remove_prefix(slice.size());
  }
  return bytes.empty();
}

// Bytes between two that are spoiled: less than any part that a server writes at once.
constexpr size_t kBetweenSpoiled = 1024;

// Makes `result` differ from the right one at its ends and all over.
void Spoil(absl::string_view right, char* result) {
  for (size_t i = 0; i < right.size(); i += kBetweenSpoiled)
    result[i] = static_cast<char>(~right[i]);
  if (!right.empty()) result[right.size() - 1] = static_cast<char>(~right.back());
}

std::string Joined(const std::vector<grpc::Slice>& slices) {
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

bool HoldsResults(const ExpectedReply& expected) {
  for (size_t item = 0; item < expected.a_case.items(); ++item) {
    if (!expected.HoldsResult(item)) return false;
  }
  return true;
}

}  // namespace

size_t ReplyBytes(Expect expect, const WorkloadCase& a_case) {
  return expect == Expect::kEcho ? a_case.request_bytes() : a_case.reply_bytes();
}

PreparedCalls::PreparedCalls(const Protocol& protocol, const Workload& workload, Expect expect,
                             const SharedTensors* shared)
    : protocol_(protocol), workload_(workload), expect_(expect) {
  const size_t places = shared == nullptr ? 1 : shared->places();
  for (size_t place = 0; place < places; ++place) {
    for (size_t choice = 0; choice < workload.choices().size(); ++choice) {
      auto one = std::make_unique<One>();
      if (shared != nullptr) {
        one->places = std::make_unique<RegionPlaces>(shared->PlacesOf(choice, place));
      }
      one->bytes = RequestBytes(protocol, CaseOf(choice), workload.choices()[choice].variant,
                                one->places.get());
      const grpc::Slice slice(one->bytes.data(), one->bytes.size(), grpc::Slice::STATIC_SLICE);
      one->request = grpc::ByteBuffer(&slice, 1);
      ones_.push_back(std::move(one));
    }
  }
}

const WorkloadCase& PreparedCalls::CaseOf(size_t choice) const {
  return workload_.cases()[workload_.choices()[choice].which];
}

double PreparedCalls::Elements(size_t choice) const {
  const WorkloadCase& a_case = CaseOf(choice);
  return static_cast<double>(a_case.elements()) * static_cast<double>(a_case.items());
}

double PreparedCalls::TensorBytes(size_t choice) const {
  const WorkloadCase& a_case = CaseOf(choice);
  return static_cast<double>(a_case.request_bytes() + ReplyBytes(expect_, a_case));
}

const PreparedCalls::One& PreparedCalls::Of(size_t choice, size_t place) const {
  const size_t choices = workload_.choices().size();
  return *ones_[ones_.size() == choices ? choice : place * choices + choice];
}

const grpc::ByteBuffer& PreparedCalls::Prepare(size_t choice, size_t place) const {
  const One& one = Of(choice, place);
  if (one.places != nullptr) {
    const WorkloadCase& a_case = CaseOf(choice);
    const size_t variant = workload_.choices()[choice].variant;
    char* result = one.places->result_memory;
    for (size_t item = 0; item < a_case.items(); ++item) {
      const absl::string_view right = a_case.expected(variant, item);
      Spoil(right, result);
      result += right.size();
    }
  }
  return one.request;
}

absl::StatusOr<bool> PreparedCalls::Judge(size_t choice, size_t place,
                                          grpc::ByteBuffer* reply) const {
  const One& one = Of(choice, place);
  std::vector<grpc::Slice> slices;
  if (!reply->Dump(&slices).ok()) return absl::DataLossError("the reply has no bytes");
  if (expect_ == Expect::kEcho) return HasBytes(slices, one.bytes);
  const std::string* const known = one.known.load(std::memory_order_acquire);
  if (known != nullptr && HasBytes(slices, *known)) {
    if (one.places == nullptr) return true;
    return HoldsResults({CaseOf(choice), workload_.choices()[choice].variant, one.places.get()});
  }
  return Read(choice, one, Joined(slices));
}

absl::StatusOr<bool> PreparedCalls::Read(size_t choice, const One& one,
                                         const std::string& reply) const {
  auto right = IsRight(protocol_, CaseOf(choice), workload_.choices()[choice].variant, reply,
                       one.places.get());
  if (right.ok() && *right && one.known.load(std::memory_order_relaxed) == nullptr) {
    const std::string* expected = nullptr;
    auto* const copy = new std::string(reply);
    if (!one.known.compare_exchange_strong(expected, copy, std::memory_order_acq_rel)) delete copy;
  }
  return right;
}

}  // namespace activation::cli
