#include "client/src/elementwise.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <deque>

#include "absl/strings/str_cat.h"

namespace activation::client {
namespace {

// Fails ListFunctions with the codes given, one after the other, then says that gelu is
// elementwise.
class Catalogue : public v1::ActivationService::Service {
 public:
  explicit Catalogue(std::deque<grpc::StatusCode> failures) : failures_(std::move(failures)) {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub_ = v1::ActivationService::NewStub(
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()));
  }

  grpc::Status ListFunctions(grpc::ServerContext*, const v1::ListFunctionsRequest*,
                             v1::ListFunctionsResponse* response) override {
    ++calls;
    if (!failures_.empty()) {
      const grpc::StatusCode code = failures_.front();
      failures_.pop_front();
      return {code, "as asked"};
    }
    v1::FunctionInfo* const gelu = response->add_functions();
    gelu->set_name("gelu");
    gelu->set_kind(v1::FUNCTION_KIND_ELEMENTWISE);
    return grpc::Status::OK;
  }

  const std::shared_ptr<v1::ActivationService::Stub>& stub() const { return stub_; }

  std::atomic<int> calls{0};

 private:
  std::deque<grpc::StatusCode> failures_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<v1::ActivationService::Stub> stub_;
};

TEST(ElementwiseTest, AsksOnce) {
  Catalogue catalogue({});
  Elementwise elementwise(catalogue.stub());
  EXPECT_TRUE(elementwise.Contains("gelu"));
  EXPECT_FALSE(elementwise.Contains("softmax"));
  EXPECT_EQ(catalogue.calls, 1);
}

TEST(ElementwiseTest, AsksAgainWhereTheReasonMayPass) {
  Catalogue catalogue({grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::UNAVAILABLE});
  Elementwise elementwise(catalogue.stub());
  EXPECT_FALSE(elementwise.Contains("gelu"));
  EXPECT_FALSE(elementwise.Contains("gelu"));
  EXPECT_TRUE(elementwise.Contains("gelu"));
  EXPECT_EQ(catalogue.calls, 3);
}

// A server that stands still costs one wait, not one for each caller.
TEST(ElementwiseTest, WaitsForNoAnswerTwice) {
  Catalogue catalogue({grpc::StatusCode::DEADLINE_EXCEEDED});
  Elementwise elementwise(catalogue.stub(), std::chrono::hours(1));
  EXPECT_FALSE(elementwise.Contains("gelu"));
  EXPECT_FALSE(elementwise.Contains("gelu"));
  EXPECT_EQ(catalogue.calls, 1);
}

TEST(ElementwiseTest, ARefusalIsTheLastWord) {
  Catalogue catalogue({grpc::StatusCode::UNAUTHENTICATED});
  Elementwise elementwise(catalogue.stub());
  EXPECT_FALSE(elementwise.Contains("gelu"));
  EXPECT_FALSE(elementwise.Contains("gelu"));
  EXPECT_EQ(catalogue.calls, 1);
}

}  // namespace
}  // namespace activation::client
