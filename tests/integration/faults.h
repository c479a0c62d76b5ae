// A server in this process behind which something is at fault, and what its callers see of it.
#ifndef ACTIVATION_TESTS_INTEGRATION_FAULTS_H_
#define ACTIVATION_TESTS_INTEGRATION_FAULTS_H_

#include <gtest/gtest.h>

#include <future>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "tests/integration/requests.h"
#include "tests/integration/serving.h"

namespace activation {

inline constexpr size_t kLarge = 4 << 20;  // bytes; for the workers

class FaultsTest : public ServingTest {
 protected:
  struct Ended {
    grpc::Status status;
    std::string pushback;
  };

  Ended Call(const v1::ForwardRequest& request, absl::Duration deadline = absl::Minutes(1)) {
    v1::ForwardResponse response;
    return CallWith(deadline, [&](grpc::ClientContext* context) {
      return stub_->Forward(context, request, &response);
    });
  }

  Ended Call(const v1::GradientRequest& request) {
    v1::GradientResponse response;
    return CallWith(absl::Minutes(1), [&](grpc::ClientContext* context) {
      return stub_->Gradient(context, request, &response);
    });
  }

  template <class Send>
  Ended CallWith(absl::Duration deadline, const Send& send) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
    Ended ended{.status = send(&context), .pushback = ""};
    const auto found = context.GetServerTrailingMetadata().find("grpc-retry-pushback-ms");
    if (found != context.GetServerTrailingMetadata().end()) {
      ended.pushback = std::string(found->second.data(), found->second.size());
    }
    return ended;
  }

  std::future<Ended> CallLater(const v1::ForwardRequest& request) {
    return std::async(std::launch::async, [this, request] { return Call(request); });
  }

  // Refused for now, for a reason, and with a delay, as an error and in the trailer.
  void ExpectRefused(const Ended& ended, const std::string& reason) {
    EXPECT_EQ(ended.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED)
        << ended.status.error_message();
    google::rpc::RetryInfo retry;
    ASSERT_EQ(DetailsOf(ended.status).details_size(), 1);
    ASSERT_TRUE(DetailsOf(ended.status).details(0).UnpackTo(&retry));
    EXPECT_NE(ended.pushback, "");
    EXPECT_EQ(Rejected(reason), 1) << reason;
  }

  double Rejected(const std::string& reason) {
    return Metric("activation_rejected_total{reason=\"" + reason + "\"}");
  }

  void ExpectServesAgain() {
    EXPECT_TRUE(Call(LargeRequest(kLarge)).status.ok());
    // The server may still be putting away what its client has already.
    EXPECT_TRUE(ReturnsToRest());
    EXPECT_TRUE(IsRight(*stub_));
    EXPECT_TRUE(ReturnsToRest());
    EXPECT_EQ(server_->engine().inflight_jobs(), 0U);
    EXPECT_EQ(server_->engine().queued(), absl::ZeroDuration());
  }
};

}  // namespace activation

#endif  // ACTIVATION_TESTS_INTEGRATION_FAULTS_H_
