#include "client/src/outcome.h"

#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "activation/types.h"

// The messages of google.rpc are read as fields without a schema: a second copy
// of their definitions in a program that already has one ends it at start-up.
namespace activation::client {
namespace {

using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

// Of a payload in milliseconds, which a status shows where it is printed.
constexpr char kRetryDelay[] = "activation.client.retry_delay_ms";

constexpr int kStatusDetails = 3;
constexpr int kAnyTypeUrl = 1;
constexpr int kAnyValue = 2;
constexpr int kRetryInfoDelay = 1;
constexpr int kDurationSeconds = 1;
constexpr int kDurationNanos = 2;

// The value of the last field `number`, as protobuf has it, or "".
std::string BytesField(const UnknownFieldSet& fields, int number) {
  std::string value;
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    if (field.number() != number || field.type() != UnknownField::TYPE_LENGTH_DELIMITED) continue;
    value = field.length_delimited();
  }
  return value;
}

int64_t IntegerField(const UnknownFieldSet& fields, int number) {
  int64_t value = 0;
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    if (field.number() != number || field.type() != UnknownField::TYPE_VARINT) continue;
    value = static_cast<int64_t>(field.varint());
  }
  return value;
}

std::optional<absl::Duration> DelayOf(const std::string& any) {
  UnknownFieldSet fields, retry_info, delay;
  if (!fields.ParseFromString(any)) return std::nullopt;
  if (!absl::EndsWith(BytesField(fields, kAnyTypeUrl), "/google.rpc.RetryInfo"))
    return std::nullopt;
  if (!retry_info.ParseFromString(BytesField(fields, kAnyValue))) return std::nullopt;
  if (!delay.ParseFromString(BytesField(retry_info, kRetryInfoDelay))) return std::nullopt;
  const absl::Duration duration = absl::Seconds(IntegerField(delay, kDurationSeconds)) +
                                  absl::Nanoseconds(IntegerField(delay, kDurationNanos));
  return std::max(duration, absl::ZeroDuration());
}

}  // namespace

std::optional<std::chrono::milliseconds> RetryDelay(const absl::Status& status) {
  const auto payload = status.GetPayload(kRetryDelay);
  int64_t milliseconds = 0;
  if (!payload || !absl::SimpleAtoi(std::string(*payload), &milliseconds)) return std::nullopt;
  return std::chrono::milliseconds(milliseconds);
}

absl::Status WithRetryDelay(absl::Status error, absl::Duration delay) {
  const absl::Duration whole = absl::Ceil(delay, absl::Milliseconds(1));
  error.SetPayload(kRetryDelay, absl::Cord(absl::StrCat(absl::ToInt64Milliseconds(whole))));
  return error;
}

absl::Status ToStatus(const grpc::Status& status) {
  return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
}

absl::Duration ParsePushback(const std::string& milliseconds) {
  int32_t value = -1;
  if (!absl::SimpleAtoi(milliseconds, &value) || value < 0) value = -1;
  return absl::Milliseconds(value);
}

std::optional<absl::Duration> ParseRetryInfo(const std::string& details) {
  UnknownFieldSet status;
  if (!status.ParseFromString(details)) return std::nullopt;
  for (int i = 0; i < status.field_count(); ++i) {
    const UnknownField& field = status.field(i);
    if (field.number() != kStatusDetails) continue;
    if (field.type() != UnknownField::TYPE_LENGTH_DELIMITED) continue;
    if (auto delay = DelayOf(field.length_delimited()); delay) return delay;
  }
  return std::nullopt;
}

Outcome ToOutcome(const grpc::Status& status, const grpc::ClientContext& context) {
  Outcome outcome{.status = ToStatus(status), .pushback = std::nullopt};
  if (status.ok()) return outcome;
  const auto& trailers = context.GetServerTrailingMetadata();
  if (auto it = trailers.find("grpc-retry-pushback-ms"); it != trailers.end()) {
    outcome.pushback = ParsePushback(std::string(it->second.data(), it->second.size()));
  } else {
    outcome.pushback = ParseRetryInfo(status.error_details());
  }
  if (outcome.pushback && *outcome.pushback >= absl::ZeroDuration()) {
    outcome.status = WithRetryDelay(std::move(outcome.status), *outcome.pushback);
  }
  return outcome;
}

}  // namespace activation::client
