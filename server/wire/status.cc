#include "server/wire/status.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "src/base/errors.h"

namespace activation::wire {
namespace {

// As PackFrom, but by the name of its type: protobuf would build the descriptors of a file for
// that, which takes memory that may be what is lacking.
void Add(const google::protobuf::MessageLite& detail, absl::string_view name,
         google::rpc::Status* to) {
  google::protobuf::Any* const any = to->add_details();
  any->set_type_url(absl::StrCat("type.googleapis.com/", name));
  any->set_value(detail.SerializeAsString());
}

void AddBadRequest(const std::string& field, absl::string_view message, google::rpc::Status* to) {
  google::rpc::BadRequest detail;
  google::rpc::BadRequest::FieldViolation* violation = detail.add_field_violations();
  violation->set_field(field);
  // The violation has its field beside it; the message repeats it for people.
  absl::ConsumePrefix(&message, absl::StrCat(field, ": "));
  violation->set_description(std::string(message));
  Add(detail, "google.rpc.BadRequest", to);
}

void AddRetryInfo(absl::Duration delay, google::rpc::Status* to) {
  google::rpc::RetryInfo detail;
  const int64_t seconds = absl::IDivDuration(delay, absl::Seconds(1), &delay);
  detail.mutable_retry_delay()->set_seconds(seconds);
  detail.mutable_retry_delay()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(delay)));
  Add(detail, "google.rpc.RetryInfo", to);
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  // Both number their codes as the standard does.
  const auto code = static_cast<grpc::StatusCode>(status.raw_code());
  const std::string message(status.message());
  google::rpc::Status detailed;
  const std::string field = FieldOf(status);
  if (!field.empty()) AddBadRequest(field, message, &detailed);
  const absl::Duration delay = RetryDelayOf(status);
  if (delay > absl::ZeroDuration()) AddRetryInfo(delay, &detailed);
  if (detailed.details().empty()) return {code, message};
  detailed.set_code(code);
  detailed.set_message(message);
  return {code, message, detailed.SerializeAsString()};
}

void AddPushback(const absl::Status& status, grpc::ServerContextBase* context) {
  const absl::Duration delay = RetryDelayOf(status);
  if (delay <= absl::ZeroDuration()) return;
  context->AddTrailingMetadata(
      "grpc-retry-pushback-ms",
      absl::StrCat(absl::ToInt64Milliseconds(absl::Ceil(delay, absl::Milliseconds(1)))));
}

}  // namespace activation::wire
