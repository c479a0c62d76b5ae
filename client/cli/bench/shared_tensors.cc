#include "client/cli/bench/shared_tensors.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/time/clock.h"
#include "activation/v1/activation.grpc.pb.h"
#include "client/src/channel.h"
#include "client/src/outcome.h"
#include "inference/grpc_service.grpc.pb.h"

namespace activation::cli {
namespace {

constexpr unsigned kOwnerOnly = 0600;
// Tensors begin on a cache line of their own, as in memory that a program allocates.
constexpr size_t kLine = 64;
constexpr absl::Duration kGoodbye = absl::Seconds(1);

size_t Aligned(size_t offset) { return (offset + kLine - 1) / kLine * kLine; }

// Lays tensors one behind the other; writes them where there is memory already.
class TensorPlaces {
 public:
  explicit TensorPlaces(char* memory) : memory_(memory) {}

  uint64_t Begin() { return at_ = Aligned(at_); }
  void Add(absl::string_view bytes) {
    if (memory_ != nullptr) std::memcpy(memory_ + at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }

 private:
  char* const memory_;
  size_t at_ = 0;
};

// Where the inputs of every choice go; the last element is where they end.
std::vector<RegionPlaces> LayInputs(const Workload& workload, char* memory) {
  TensorPlaces tensors(memory);
  std::vector<RegionPlaces> inputs;
  for (const Workload::Choice& choice : workload.choices()) {
    const WorkloadCase& a_case = workload.cases()[choice.which];
    RegionPlaces places;
    places.x = tensors.Begin();
    for (size_t i = 0; i < a_case.items(); ++i) tensors.Add(a_case.x(choice.variant, i));
    places.dy = tensors.Begin();
    for (size_t i = 0; i < a_case.items(); ++i) tensors.Add(a_case.dy(choice.variant, i));
    places.weight = tensors.Begin();
    tensors.Add(a_case.weight());
    inputs.push_back(places);
  }
  inputs.emplace_back().x = tensors.Begin();
  return inputs;
}

void SetDeadline(absl::Duration deadline, grpc::ClientContext* context) {
  context->set_deadline(absl::ToChronoTime(absl::Now() + deadline));
}

}  // namespace

SharedTensors::SharedTensors(std::shared_ptr<grpc::Channel> channel, Api api,
                             client::SharedObject object, size_t places,
                             std::vector<RegionPlaces> inputs, size_t results, size_t result_bytes)
    : channel_(std::move(channel)),
      api_(api),
      object_(std::move(object)),
      places_(places),
      inputs_(std::move(inputs)),
      results_(results),
      result_bytes_(result_bytes) {}

absl::StatusOr<std::unique_ptr<SharedTensors>> SharedTensors::Create(
    const client::ClientOptions& client, Api api, const Workload& workload,
    const SharedTensorsOptions& options) {
  size_t result_bytes = 0;
  for (const WorkloadCase& a_case : workload.cases()) {
    result_bytes = std::max(result_bytes, Aligned(a_case.reply_bytes()));
  }
  const size_t results = LayInputs(workload, nullptr).back().x;
  auto object = client::SharedObject::Create(options.prefix, kOwnerOnly,
                                             results + options.places * result_bytes);
  if (!object.ok()) return object.status();
  std::vector<RegionPlaces> inputs = LayInputs(workload, static_cast<char*>(object->data()));
  std::unique_ptr<SharedTensors> tensors(
      new SharedTensors(client::NewChannel(client), api, *std::move(object), options.places,
                        std::move(inputs), results, result_bytes));
  const absl::Status registered = tensors->Register(absl::FromChrono(client.deadline));
  if (!registered.ok()) return registered;
  return tensors;
}

absl::Status SharedTensors::Register(absl::Duration deadline) {
  grpc::ClientContext context;
  SetDeadline(deadline, &context);
  grpc::Status status;
  if (api_ == Api::kOwn) {
    v1::RegisterSharedMemoryRequest request;
    v1::RegisterSharedMemoryResponse response;
    request.set_key(object_.name());
    request.set_bytes(object_.size());
    status = v1::ActivationService::NewStub(channel_)->RegisterSharedMemory(&context, request,
                                                                            &response);
    region_ = response.region();
  } else {
    ::inference::SystemSharedMemoryRegisterRequest request;
    ::inference::SystemSharedMemoryRegisterResponse response;
    // Nobody can guess the object's name, so it serves as the region's.
    request.set_name(object_.name());
    request.set_key(object_.name());
    request.set_byte_size(object_.size());
    status = ::inference::GRPCInferenceService::NewStub(channel_)->SystemSharedMemoryRegister(
        &context, request, &response);
    region_ = status.ok() ? object_.name() : "";
  }
  object_.RemoveName();
  return client::ToStatus(status);
}

SharedTensors::~SharedTensors() {
  if (region_.empty()) return;
  grpc::ClientContext context;
  SetDeadline(kGoodbye, &context);
  if (api_ == Api::kOwn) {
    v1::UnregisterSharedMemoryRequest request;
    v1::UnregisterSharedMemoryResponse response;
    request.set_region(region_);
    v1::ActivationService::NewStub(channel_)->UnregisterSharedMemory(&context, request, &response);
  } else {
    ::inference::SystemSharedMemoryUnregisterRequest request;
    ::inference::SystemSharedMemoryUnregisterResponse response;
    request.set_name(region_);
    ::inference::GRPCInferenceService::NewStub(channel_)->SystemSharedMemoryUnregister(
        &context, request, &response);
  }
}

RegionPlaces SharedTensors::PlacesOf(size_t choice, size_t place) const {
  RegionPlaces found = inputs_[choice];
  found.region = region_;
  found.result = results_ + place * result_bytes_;
  found.result_memory = static_cast<char*>(object_.data()) + found.result;
  return found;
}

}  // namespace activation::cli
