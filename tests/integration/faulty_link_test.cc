// Clients whose bytes come in the smallest pieces, or stop in the middle of a message.
#include "tests/integration/faulty_link.h"

#include "tests/integration/requests.h"
#include "tests/integration/serving.h"

namespace activation {
namespace {

class FaultyLinkTest : public ServingTest {
 protected:
  static grpc::Status Call(const std::string& target, const v1::ForwardRequest& request,
                           v1::ForwardResponse* response) {
    const auto stub = v1::ActivationService::NewStub(Connect(target));
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
    return stub->Forward(&context, request, response);
  }
};

TEST_F(FaultyLinkTest, ShortReadsChangeNothing) {
  Serve();
  std::vector<float> x(5000);
  for (size_t i = 0; i < x.size(); ++i) x[i] = 0.001F * static_cast<float>(i) - 2;
  const v1::ForwardRequest request = Forward("gelu", MakeTensor(v1::DTYPE_F32, x));
  v1::ForwardResponse whole;
  ASSERT_TRUE(Call(server_->target(), request, &whole).ok());
  for (const size_t piece : {size_t{1}, size_t{3}, size_t{1000}}) {
    const FaultyLink link(server_->target(), {.piece_bytes = piece});
    v1::ForwardResponse cut;
    const grpc::Status status = Call(link.address(), request, &cut);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(cut.results(0).y().data(), whole.results(0).y().data()) << piece;
  }
  EXPECT_TRUE(ReturnsToRest());
}

TEST_F(FaultyLinkTest, ABreakInTheMiddleOfARequestLeavesNothingBehind) {
  Serve();
  for (const size_t after : {size_t{30}, size_t{200}, size_t{100'000}, size_t{3'000'000}}) {
    const FaultyLink link(server_->target(), {.break_after = after});
    v1::ForwardResponse response;
    const grpc::Status status = Call(link.address(), LargeRequest(4 << 20), &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE)
        << after << ": " << status.error_message();
  }
  EXPECT_TRUE(ReturnsToRest());
  EXPECT_TRUE(IsRight(*stub_));
}

}  // namespace
}  // namespace activation
