#include "client/cli/bench/workload.h"

#include <map>

#include "client/cli/bench/workload_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace activation::cli {
namespace {

using ::testing::HasSubstr;

CaseOptions Options(const std::string& text) {
  const auto parsed = ParseMix(text, {});
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed->front();
}

TEST(WorkloadCaseTest, CountsTheBytesOfEachKind) {
  const auto made = [](const char* text) { return *WorkloadCase::Make(Options(text)); };
  EXPECT_EQ(made("gelu:64:items=3").reply_bytes(), 3U * 256);
  EXPECT_EQ(made("gelu:64:items=3:gradient").request_bytes(), 3U * 512);
  EXPECT_EQ(made("softmax:64:items=3").reply_bytes(), 3U * 256);
  EXPECT_EQ(made("swiglu:64:items=3").reply_bytes(), 3U * 128);
  EXPECT_EQ(made("swiglu:64:items=3:gradient").request_bytes(), 3U * (256 + 128));
  EXPECT_EQ(made("swiglu:64:items=3:gradient").reply_bytes(), 3U * 256);
  EXPECT_EQ(made("prelu:4x8x2:items=3").request_bytes(), 3U * 256 + 3U * 4);
  EXPECT_EQ(made("swiglu:4x8").result_shape(), (std::vector<int64_t>{4, 4}));
}

TEST(WorkloadCaseTest, RefusesWhatTheEngineRefuses) {
  EXPECT_EQ(WorkloadCase::Make(Options("gelo")).status().code(), absl::StatusCode::kNotFound);
  for (const char* text : {"relu:slope=1", "glu:63", "softmax:8:axis=3", "relu:0"}) {
    EXPECT_EQ(WorkloadCase::Make(Options(text)).status().code(), absl::StatusCode::kInvalidArgument)
        << text;
  }
}

TEST(WorkloadCaseTest, ACallAboveTheLimitIsRefusedBeforeThereAreTensors) {
  const CallLimit limit{.bytes = 1000, .name = "the limit"};
  EXPECT_TRUE(WorkloadCase::Make(Options("gelu:25:items=10"), limit).ok());
  EXPECT_FALSE(WorkloadCase::Make(Options("gelu:26:items=10"), limit).ok());
  EXPECT_FALSE(WorkloadCase::Make(Options("gelu:25:items=10:gradient"), limit).ok());
  for (const char* text :
       {"gelu:99999999999", "gelu:100000:items=16384", "gelu:f64:1048576x1048576",
        "swiglu:1048576x1048576:gradient:items=16384"}) {
    const absl::Status status = WorkloadCase::Make(Options(text)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("--items")) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("1073741824 bytes")) << text;
  }
}

TEST(WorkloadCaseTest, TakesATensorAsItIs) {
  CaseOptions options = Options("relu:f64:7");
  const float x[] = {-1, 2, -3, 4};
  options.x = Tensor{.dtype = DType::kF32,
                     .shape = {2, 2},
                     .bytes = {reinterpret_cast<const char*>(x), sizeof(x)}};
  const auto made = WorkloadCase::Make(options);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->options().dtype, DType::kF32);
  EXPECT_EQ(made->variants(), 1u);
  const float y[] = {0, 2, 0, 4};
  EXPECT_EQ(made->expected(0, 0), absl::string_view(reinterpret_cast<const char*>(y), sizeof(y)));
}

TEST(WorkloadTest, CasesComeByTheirShares) {
  const auto mix = ParseMix("relu*3, gelu:gradient*1, tanh:1048576*0.001", {});
  ASSERT_TRUE(mix.ok());
  const auto workload = Workload::Make(*mix);
  ASSERT_TRUE(workload.ok());
  std::map<size_t, int> counts;
  for (uint64_t number = 0; number < 4000; ++number) {
    ++counts[workload->choices()[workload->ChoiceOf(number)].which];
  }
  EXPECT_NEAR(counts[0], 3000, 8);
  EXPECT_NEAR(counts[1], 1000, 8);
  EXPECT_GT(counts[2], 0) << "however small its share";
}

// Calls that ask the server for its times stand for the others only where they are of every kind.
TEST(WorkloadTest, AStepMeetsEveryTurn) {
  for (const char* mix : {"relu", "relu, gelu:gradient*0.001, tanh*0.0001, elu*0.0002"}) {
    const auto workload = Workload::Make(*ParseMix(mix, {}));
    ASSERT_TRUE(workload.ok());
    const uint64_t step = workload->StepFrom(16);
    EXPECT_GE(step, 16u);
    EXPECT_LT(step, 32u);
    std::map<size_t, int> every, met;
    for (uint64_t number = 0; number < 1100; ++number) {
      ++every[workload->ChoiceOf(number)];
      ++met[workload->ChoiceOf(number * step)];
    }
    for (const auto& [choice, count] : every) EXPECT_GT(met[choice], 0) << mix << choice;
  }
}

TEST(WorkloadTest, NumbersDifferFromCallToCall) {
  const auto workload = Workload::Make({Options("gelu:16")});
  ASSERT_TRUE(workload.ok());
  const WorkloadCase& only = workload->cases().front();
  EXPECT_EQ(only.variants(), 8u);
  EXPECT_NE(workload->ChoiceOf(0), workload->ChoiceOf(1));
  EXPECT_NE(only.x(0, 0), only.x(1, 0));
}

TEST(MixTest, ReadsEveryPart) {
  const CaseOptions base{.dtype = DType::kF64, .shape = {9}};
  const auto mix =
      ParseMix(" leaky_relu:slope=0.2:bf16:64x128:gradient:fast:items=8*2.5 , gelu", base);
  ASSERT_TRUE(mix.ok()) << mix.status();
  ASSERT_EQ(mix->size(), 2u);
  const CaseOptions& first = mix->front();
  EXPECT_EQ(first.activation.function, "leaky_relu");
  EXPECT_EQ(first.activation.parameters.at("slope"), 0.2);
  EXPECT_EQ(first.activation.tier, Tier::kFast);
  EXPECT_EQ(first.dtype, DType::kBF16);
  EXPECT_EQ(first.shape, (std::vector<int64_t>{64, 128}));
  EXPECT_TRUE(first.gradient);
  EXPECT_EQ(first.items, 8);
  EXPECT_EQ(first.weight, 2.5);
  EXPECT_EQ(mix->back().dtype, DType::kF64) << "what is not said is that of the base";
  EXPECT_EQ(mix->back().shape, std::vector<int64_t>{9});
}

TEST(MixTest, TextReadsBackToTheSameCase) {
  const std::string text = "leaky_relu:bf16:64x128:gradient:fast:slope=0.2:items=8*2.5";
  EXPECT_EQ(CaseText(Options(text)), text);
}

TEST(MixTest, RefusesWhatIsNoPart) {
  for (const char* text : {"", "gelu,", "gelu:f8", "gelu*0", "gelu*-1", "gelu*many", "gelu:items=0",
                           "gelu:slope=steep", "gelu:1x-2"}) {
    const auto mix = ParseMix(text, {});
    ASSERT_FALSE(mix.ok()) << text;
    EXPECT_THAT(std::string(mix.status().message()), HasSubstr("no part of a mix")) << text;
  }
}

}  // namespace
}  // namespace activation::cli
