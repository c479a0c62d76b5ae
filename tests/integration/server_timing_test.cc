// The server says where a call's time went, to those who ask and to nobody else.
#include <grpcpp/client_context.h>

#include <chrono>
#include <future>
#include <regex>
#include <string>
#include <vector>

#include "tests/integration/faulty_backend.h"
#include "tests/integration/requests.h"
#include "tests/integration/serving.h"

namespace activation {
namespace {

class ServerTimingTest : public ServingTest {
 protected:
  // The trailer of a call that ends so; "" where there is none.
  std::string TrailerOf(const v1::ForwardRequest& request, bool ask,
                        grpc::StatusCode code = grpc::StatusCode::OK) {
    grpc::ClientContext context;
    if (ask) context.AddMetadata("activation-timing", "1");
    v1::ForwardResponse response;
    const grpc::Status status = stub_->Forward(&context, request, &response);
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    const auto& trailers = context.GetServerTrailingMetadata();
    const auto found = trailers.find("server-timing");
    return found == trailers.end() ? "" : std::string(found->second.data(), found->second.size());
  }
};

TEST_F(ServerTimingTest, ThePartsAreThereAndNoMoreThanTheWhole) {
  Serve();
  // Some for the calling thread, some for the pool.
  for (const size_t elements : {size_t{3}, size_t{1} << 20}) {
    const auto x = MakeTensor(v1::DTYPE_F32, std::vector<float>(elements, 0.5F));
    const auto start = std::chrono::steady_clock::now();
    const std::string trailer = TrailerOf(Forward("gelu", x), true);
    const std::chrono::duration<double, std::milli> whole =
        std::chrono::steady_clock::now() - start;
    std::smatch parts;
    ASSERT_TRUE(std::regex_match(
        trailer, parts,
        std::regex(R"(queue;dur=(\d+\.\d+), copy;dur=(\d+\.\d+), kernel;dur=(\d+\.\d+))")))
        << trailer;
    const double queue = std::stod(parts[1]), copy = std::stod(parts[2]),
                 kernel = std::stod(parts[3]);
    EXPECT_GT(copy, 0);
    EXPECT_GT(kernel, 0);
    EXPECT_LE(queue + copy + kernel, whole.count());
  }
}

TEST_F(ServerTimingTest, ACallThatIsRefusedBeforeItsWorkHasNone) {
  Config config;
  config.limits.max_queue_milliseconds = 1;
  Serve(config);
  v1::ForwardRequest request = SmallRequest();
  request.mutable_items(0)->mutable_activation()->set_function("rely");
  EXPECT_EQ(TrailerOf(request, true, grpc::StatusCode::NOT_FOUND), "");
  const auto large = [] {
    return Forward("gelu", MakeTensor(v1::DTYPE_F32, std::vector<float>(size_t{2} << 20, 0.5F)));
  };
  std::future<std::string> first;
  {
    const StuckBackend stuck;
    first = std::async(std::launch::async, [&] { return TrailerOf(large(), true); });
    ASSERT_TRUE(Eventually([] { return StuckBackend::held() == 1; }));
    // Behind the first, which an empty queue takes whatever its length.
    EXPECT_EQ(TrailerOf(large(), true, grpc::StatusCode::RESOURCE_EXHAUSTED), "");
  }
  EXPECT_NE(first.get(), "");
}

TEST_F(ServerTimingTest, WhoDoesNotAskGetsNone) {
  Serve();
  EXPECT_EQ(TrailerOf(SmallRequest(), false), "");
}

}  // namespace
}  // namespace activation
