#include "client/src/health_check.h"

#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <future>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/src/outcome.h"

// The two messages have one field each and are read and written without a schema: a
// second copy of health.proto in a program that already has one ends it at
// start-up.
namespace activation::client {
namespace {

using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

constexpr char kMethod[] = "/grpc.health.v1.Health/Check";
constexpr int kRequestService = 1;
constexpr int kResponseStatus = 1;
constexpr uint64_t kServing = 1;

grpc::ByteBuffer Request(const std::string& service) {
  UnknownFieldSet fields;
  if (!service.empty()) fields.AddLengthDelimited(kRequestService, service);
  std::string bytes;
  fields.SerializeToString(&bytes);
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

// The serving status in a reply; nothing for bytes that are no reply.
std::optional<uint64_t> ServingStatus(const grpc::ByteBuffer& reply) {
  grpc::Slice slice;
  // A message without bytes is a valid one: the field has its default.
  if (reply.Length() == 0) return 0;
  if (!reply.DumpToSingleSlice(&slice).ok()) return std::nullopt;
  UnknownFieldSet fields;
  if (!fields.ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) return std::nullopt;
  uint64_t status = 0;
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    if (field.number() == kResponseStatus && field.type() == UnknownField::TYPE_VARINT) {
      status = field.varint();
    }
  }
  return status;
}

}  // namespace

absl::Status CheckHealth(const std::shared_ptr<grpc::Channel>& channel, const std::string& service,
                         absl::Time deadline) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(deadline));
  const grpc::ByteBuffer request = Request(service);
  grpc::ByteBuffer reply;
  // Shared, since gRPC's thread may still be inside set_value() when the wait ends.
  auto promise = std::make_shared<std::promise<grpc::Status>>();
  grpc::GenericStub(channel).UnaryCall(
      &context, kMethod, grpc::StubOptions(), &request, &reply,
      [promise](grpc::Status result) { promise->set_value(std::move(result)); });
  const grpc::Status status = promise->get_future().get();
  if (!status.ok()) return ToStatus(status);
  const std::optional<uint64_t> serving = ServingStatus(reply);
  if (!serving) return absl::InternalError("malformed reply to a health check");
  if (*serving == kServing) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat(service.empty() ? "the server" : service, " is not serving"));
}

}  // namespace activation::client
