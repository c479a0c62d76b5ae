// A fixture with a whole server in the test's process and a stub to it.
#ifndef ACTIVATION_TESTS_INTEGRATION_SERVING_H_
#define ACTIVATION_TESTS_INTEGRATION_SERVING_H_

#include <gtest/gtest.h>

#include <memory>

#include "server/server.h"
#include "tests/integration/probes.h"

namespace activation {

class ServingTest : public testing::Test {
 protected:
  // Serves on ports the system chooses.
  void Serve(Config config = Config(), cuda::Discovery devices = {}) {
    config.address = "127.0.0.1:0";
    config.http_address = "127.0.0.1:0";
    absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(config, std::move(devices));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    channel_ = Connect(server_->target());
    stub_ = v1::ActivationService::NewStub(channel_);
  }

  std::string HttpGet(const std::string& path) {
    return Http(server_->http_address(), "GET", path);
  }
  double Metric(const std::string& series) { return MetricAt(server_->http_address(), series); }

  // Calls whose replies have been sent give their room back.
  bool ReturnsToRest() {
    return Eventually([this] {
      return server_->metrics().inflight_calls() == 0 && server_->engine().inflight_bytes() == 0;
    });
  }

  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::ActivationService::Stub> stub_;
};

}  // namespace activation

#endif  // ACTIVATION_TESTS_INTEGRATION_SERVING_H_
