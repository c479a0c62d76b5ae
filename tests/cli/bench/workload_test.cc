// What a load test expects of each kind of function, held against one evaluation.
#include "client/cli/bench/workload.h"

#include "gtest/gtest.h"

namespace activation::cli {
namespace {

TEST(WorkloadTest, CountsTheBytesOfEachKind) {
  const auto workload = [](const char* function, bool gradient) {
    return *Workload::Make({.activation = {.function = function, .parameters = {}},
                            .gradient = gradient,
                            .dtype = DType::kF32,
                            .elements = 64,
                            .items = 3});
  };
  EXPECT_EQ(workload("gelu", false).reply_bytes(), 3U * 256);
  EXPECT_EQ(workload("gelu", true).request_bytes(), 3U * 512);
  EXPECT_EQ(workload("softmax", false).reply_bytes(), 3U * 256);
  EXPECT_EQ(workload("swiglu", false).reply_bytes(), 3U * 128);
  EXPECT_EQ(workload("swiglu", true).request_bytes(), 3U * (256 + 128));
  EXPECT_EQ(workload("swiglu", true).reply_bytes(), 3U * 256);
  EXPECT_EQ(workload("prelu", false).request_bytes(), 3U * (256 + 4));
}

TEST(WorkloadTest, RefusesWhatTheFunctionCannotTake) {
  const auto odd = Workload::Make(
      {.activation = {.function = "glu", .parameters = {}}, .elements = 63, .items = 1});
  EXPECT_EQ(odd.status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace activation::cli
