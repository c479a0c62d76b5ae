#include "server/fixed_call.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "src/base/errors.h"
#include "tests/base/no_memory_here.h"
#include "tests/integration/probes.h"
#include "tests/server/test_environment.h"

namespace activation {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// The least that the answer to a call takes.
constexpr std::chrono::milliseconds kWork{20};

constexpr char kEndsWithoutMemory[] = "/ends/without_memory";

// Refused, where there is no memory to tell why.
class EndsWithoutMemory final : public AnsweredCall<grpc::ServerGenericBidiReactor> {
 public:
  EndsWithoutMemory(const CallEnvironment& environment, grpc::CallbackServerContext* context)
      : AnsweredCall(environment, context, Method::kOther) {
    const absl::Status status = TooManyErrands(1);
    const NoMemoryHere none;
    End("", status);
  }
};

// A server that answers each call but kEndsWithoutMemory as a fixed one.
class FixedCallTest : public testing::Test, public grpc::CallbackGenericService {
 protected:
  void SetUp() override {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    channel_ = Connect(absl::StrCat("127.0.0.1:", port));
  }

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    if (context->method() == kEndsWithoutMemory)
      return new (context) EndsWithoutMemory(environment_, context);
    return new (context) FixedCallOn<grpc::ServerGenericBidiReactor>(
        environment_, context, Method::kOther, context->method(),
        [this, context](AdmissionTicket*) {
          started_while_answering_ = metrics_.calls_started();
          inflight_while_answering_ = metrics_.inflight_calls();
          std::this_thread::sleep_for(kWork);
          if (context->method() == "/a/refused") return Draining();
          return absl::UnimplementedError("as the test wants it");
        });
  }

  double SecondsOfCalls() const {
    for (const absl::string_view line : absl::StrSplit(metrics_.Scrape(), '\n')) {
      double seconds = 0;
      if (absl::StartsWith(line, "grpc_server_handling_seconds_sum{grpc_code=\"Unimplemented\"") &&
          absl::SimpleAtod(line.substr(line.rfind(' ') + 1), &seconds)) {
        return seconds;
      }
    }
    return -1;
  }

  TestEnvironment test_;
  const CallEnvironment& environment_ = test_.calls;
  const Metrics& metrics_ = test_.metrics;
  std::atomic<int64_t> started_while_answering_{0};
  std::atomic<int64_t> inflight_while_answering_{0};
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(FixedCallTest, ACallIsUnderWayWhileItIsAnswered) {
  EXPECT_EQ(CallRaw(*channel_, "/a/b", "").error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(started_while_answering_, 1);
  EXPECT_EQ(inflight_while_answering_, 1);
  EXPECT_TRUE(Eventually([this] { return metrics_.inflight_calls() == 0; }));
}

TEST_F(FixedCallTest, ACallTakesAsLongAsItsAnswer) {
  EXPECT_EQ(CallRaw(*channel_, "/a/b", "").error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_GE(SecondsOfCalls(), std::chrono::duration<double>(kWork).count());
}

// An errand's thread has nobody above it who would catch what is thrown.
TEST_F(FixedCallTest, WithoutMemoryToSayMoreACallEndsWithItsCode) {
  EXPECT_EQ(CallRaw(*channel_, kEndsWithoutMemory, "").error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Eventually([this] { return metrics_.inflight_calls() == 0; }));
}

TEST(OutOfMemoryTest, IsSaidWithoutMemory) {
  const NoMemoryHere none;
  EXPECT_EQ(OutOfMemory().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(OutOfMemoryAtWork().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(FixedCallTest, ARefusalIsCountedOnce) {
  EXPECT_EQ(CallRaw(*channel_, "/a/refused", "").error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(CallRaw(*channel_, "/a/b", "").error_code(), grpc::StatusCode::UNIMPLEMENTED);
  const std::string scrape = metrics_.Scrape();
  EXPECT_THAT(scrape, HasSubstr("activation_rejected_total{reason=\"draining\"} 1\n"));
  EXPECT_THAT(scrape, Not(ContainsRegex("activation_rejected_total\\{[^\n]* [^01]")));
}

}  // namespace
}  // namespace activation
