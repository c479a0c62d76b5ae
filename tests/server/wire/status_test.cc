#include "server/wire/status.h"

#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "src/base/errors.h"

namespace activation::wire {
namespace {

google::rpc::Status Details(const grpc::Status& status) {
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  return details;
}

TEST(StatusTest, FieldBecomesABadRequest) {
  const grpc::Status status = ToGrpc(InvalidField("items[3].x.shape", "is odd"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "items[3].x.shape: is odd");
  const google::rpc::Status details = Details(status);
  EXPECT_EQ(details.code(), 3);
  EXPECT_EQ(details.message(), status.error_message());
  google::rpc::BadRequest bad_request;
  ASSERT_EQ(details.details_size(), 1);
  EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.BadRequest");
  ASSERT_TRUE(details.details(0).UnpackTo(&bad_request));
  EXPECT_EQ(bad_request.field_violations(0).field(), "items[3].x.shape");
  EXPECT_EQ(bad_request.field_violations(0).description(), "is odd");
}

TEST(StatusTest, RetryDelayBecomesRetryInfo) {
  const grpc::Status status = ToGrpc(TooManyBytesInFlight(5, 6, 7, absl::Milliseconds(1250)));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(Details(status).details(0).UnpackTo(&retry));
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 250000000);
}

TEST(StatusTest, PlainStatusHasNoDetails) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  EXPECT_EQ(ToGrpc(Draining()).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ToGrpc(Draining()).error_details(), "");
}

TEST(StatusTest, DetailsStayReadableWhateverTheNameOfAFunction) {
  // 63 letters and then characters of two bytes: a cut at 64 bytes splits one.
  const std::string name = std::string(63, 'a') + "\u00e9\u00e9\u00e9";
  const grpc::Status status = ToGrpc(UnknownFunction("items[0].activation.function", name, {}));
  EXPECT_EQ(Details(status).details_size(), 1);
}

}  // namespace
}  // namespace activation::wire
