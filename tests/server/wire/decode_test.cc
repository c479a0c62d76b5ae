#include "server/wire/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "activation/v1/activation.pb.h"
#include "server/wire/message.h"
#include "server/wire/reply.h"
#include "src/base/errors.h"

namespace activation::wire {
namespace {

using ::testing::HasSubstr;

v1::ForwardRequest Valid(int items = 1) {
  v1::ForwardRequest request;
  for (int i = 0; i < items; ++i) {
    v1::ForwardItem* item = request.add_items();
    item->mutable_activation()->set_function("gelu");
    item->mutable_x()->set_dtype(v1::DTYPE_F32);
    item->mutable_x()->add_shape(2);
    item->mutable_x()->add_shape(3);
    item->mutable_x()->set_data(std::string(24, '\0'));
  }
  return request;
}

absl::StatusOr<Batch> DecodeForward(const std::string& bytes, const Limits& limits = {}) {
  return Decode(Direction::kForward, bytes, limits);
}

absl::StatusOr<Batch> DecodeGradient(const std::string& bytes, const Limits& limits = {}) {
  return Decode(Direction::kGradient, bytes, limits);
}

// Of a batch, for nothing else may point into bytes that are gone.
absl::Status StatusOf(const v1::ForwardRequest& request, const Limits& limits = {}) {
  return DecodeForward(request.SerializeAsString(), limits).status();
}

absl::Status StatusOf(const v1::GradientRequest& request, const Limits& limits = {}) {
  return DecodeGradient(request.SerializeAsString(), limits).status();
}

TEST(DecodeBatchTest, PointsIntoTheRequest) {
  v1::ForwardRequest request = Valid(2);
  request.mutable_items(1)->mutable_x()->set_data(std::string(24, 'x'));
  const std::string bytes = request.SerializeAsString();
  const absl::StatusOr<Batch> batch = DecodeForward(bytes);
  ASSERT_TRUE(batch.ok()) << batch.status();
  ASSERT_EQ(batch->evaluations.size(), 2u);
  EXPECT_EQ(batch->evaluations[1].x, bytes.data() + bytes.find("xxx"));
  EXPECT_EQ(batch->evaluations[1].count, 6u);
  EXPECT_EQ(batch->evaluations[1].tier, Tier::kExact);
}

v1::Activation Asked(const char* function, v1::Tier tier, v1::Backend backend,
                     const std::map<std::string, double>& parameters = {}) {
  v1::Activation asked;
  asked.set_function(function);
  asked.set_tier(tier);
  asked.set_backend(backend);
  for (const auto& [name, value] : parameters) (*asked.mutable_parameters())[name] = value;
  return asked;
}

// Each item's own, whatever the one before it has.
TEST(DecodeBatchTest, NeighboursDifferInAnyPartOfTheirActivation) {
  const std::vector<v1::Activation> kinds = {
      Asked("elu", v1::TIER_FAST, v1::BACKEND_CPU),
      Asked("celu", v1::TIER_FAST, v1::BACKEND_CPU),
      Asked("elu", v1::TIER_EXACT, v1::BACKEND_CPU),
      Asked("elu", v1::TIER_FAST, v1::BACKEND_UNSPECIFIED),
      Asked("elu", v1::TIER_FAST, v1::BACKEND_CPU, {{"alpha", 2}}),
      Asked("elu", v1::TIER_FAST, v1::BACKEND_CPU, {{"alpha", 3}}),
      Asked("elu", v1::TIER_FAST, v1::BACKEND_CPU, {{"alpha", 0.0}}),
      Asked("elu", v1::TIER_FAST, v1::BACKEND_CPU, {{"alpha", -0.0}}),
      Asked("clip", v1::TIER_FAST, v1::BACKEND_CPU, {{"max", 0.5}}),
      Asked("clip", v1::TIER_FAST, v1::BACKEND_CPU, {{"min", 0.5}}),
  };
  v1::ForwardRequest request;
  std::vector<Evaluation> alone;
  for (const v1::Activation& first : kinds) {
    for (const v1::Activation& second : kinds) {
      for (const v1::Activation* asked : {&first, &second, &second}) {
        v1::ForwardRequest one = Valid();
        *one.mutable_items(0)->mutable_activation() = *asked;
        *request.add_items() = one.items(0);
        const std::string bytes = one.SerializeAsString();
        alone.push_back(DecodeForward(bytes).value().evaluations.front());
      }
    }
  }
  const std::string bytes = request.SerializeAsString();
  const absl::StatusOr<Batch> batch = DecodeForward(bytes);
  ASSERT_TRUE(batch.ok()) << batch.status();
  ASSERT_EQ(batch->evaluations.size(), alone.size());
  for (size_t i = 0; i < alone.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(batch->evaluations[i].function, alone[i].function);
    for (size_t k = 0; k < kMaxParams; ++k) {
      EXPECT_EQ(std::bit_cast<uint64_t>(batch->evaluations[i].params.values[k]),
                std::bit_cast<uint64_t>(alone[i].params.values[k]));
    }
    EXPECT_EQ(batch->evaluations[i].tier, alone[i].tier);
    EXPECT_EQ(batch->evaluations[i].placement, alone[i].placement);
  }
}

TEST(DecodeBatchTest, ASmallItemBeforeManyBytesTakesLittle) {
  const std::string bytes =
      Valid().SerializeAsString() + std::string("\x7a\x80\x80\x40", 4) + std::string(1 << 20, '\0');
  const absl::StatusOr<Batch> batch = DecodeForward(bytes);
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(batch->evaluations.size(), 1u);
  EXPECT_GT(BytesOfItems(*batch), 0u) << "what was set aside is counted";
  EXPECT_LT(BytesOfItems(*batch), size_t{512} << 10);
}

TEST(DecodeBatchTest, AnItemWithoutAnActivationDoesNotTakeItsNeighbours) {
  v1::ForwardRequest request = Valid(3);
  request.mutable_items(2)->clear_activation();
  EXPECT_EQ(FieldOf(StatusOf(request)), "items[2].activation");
}

struct BadItem {
  const char* name;
  std::function<void(v1::ForwardItem*)> spoil;
  const char* field;
  absl::StatusCode code = absl::StatusCode::kInvalidArgument;
};

const BadItem kBadItems[] = {
    {"NoActivation", [](auto* i) { i->clear_activation(); }, "activation"},
    {"NoFunction", [](auto* i) { i->mutable_activation()->clear_function(); },
     "activation.function"},
    {"UnknownFunction", [](auto* i) { i->mutable_activation()->set_function("gleu"); },
     "activation.function", absl::StatusCode::kNotFound},
    {"UnknownTier", [](auto* i) { i->mutable_activation()->set_tier(static_cast<v1::Tier>(9)); },
     "activation.tier"},
    {"UnknownParameter",
     [](auto* i) { (*i->mutable_activation()->mutable_parameters())["slope"] = 1; },
     "activation.parameters[\"slope\"]"},
    {"NanParameter",
     [](auto* i) {
       i->mutable_activation()->set_function("leaky_relu");
       (*i->mutable_activation()->mutable_parameters())["slope"] = std::nan("");
     },
     "activation.parameters[\"slope\"]"},
    {"InfiniteParameter",
     [](auto* i) {
       i->mutable_activation()->set_function("leaky_relu");
       (*i->mutable_activation()->mutable_parameters())["slope"] =
           std::numeric_limits<double>::infinity();
     },
     "activation.parameters[\"slope\"]"},
    {"NoX", [](auto* i) { i->clear_x(); }, "x"},
    {"NoDType", [](auto* i) { i->mutable_x()->clear_dtype(); }, "x.dtype"},
    {"UnknownDType", [](auto* i) { i->mutable_x()->set_dtype(static_cast<v1::DType>(77)); },
     "x.dtype"},
    {"NegativeExtent", [](auto* i) { i->mutable_x()->set_shape(0, -2); }, "x.shape"},
    {"NegativeBesideZero",
     [](auto* i) {
       i->mutable_x()->set_shape(0, 0);
       i->mutable_x()->set_shape(1, -1);
     },
     "x.shape"},
    {"Overflow",
     [](auto* i) {
       i->mutable_x()->set_shape(0, int64_t{1} << 62);
       i->mutable_x()->set_shape(1, int64_t{1} << 62);
     },
     "x.shape"},
    {"OverflowToSmall",
     [](auto* i) {
       // The product is 6 modulo 2^64.
       i->mutable_x()->set_shape(0, (int64_t{1} << 62) + 3);
       i->mutable_x()->set_shape(1, 2);
       i->mutable_x()->add_shape(2);
     },
     "x.shape"},
    {"TooManyElements", [](auto* i) { i->mutable_x()->set_shape(0, int64_t{1} << 40); }, "x.shape"},
    {"RankTooHigh",
     [](auto* i) {
       for (int k = 0; k < 40; ++k) i->mutable_x()->add_shape(1);
     },
     "x.shape"},
    {"NoData", [](auto* i) { i->mutable_x()->clear_content(); }, "x.data"},
    {"TooFewBytes", [](auto* i) { i->mutable_x()->mutable_data()->resize(23); }, "x.data"},
    {"TooManyBytes", [](auto* i) { i->mutable_x()->mutable_data()->resize(25); }, "x.data"},
};

class BadItemTest : public testing::TestWithParam<BadItem> {};

TEST_P(BadItemTest, NamesTheField) {
  v1::ForwardRequest request = Valid(4);
  GetParam().spoil(request.mutable_items(3));
  const absl::Status status = StatusOf(request);
  EXPECT_EQ(status.code(), GetParam().code);
  const std::string field = std::string("items[3].") + GetParam().field;
  EXPECT_EQ(FieldOf(status), field);
  EXPECT_THAT(std::string(status.message()), HasSubstr(field));
}

INSTANTIATE_TEST_SUITE_P(DecodeBatch, BadItemTest, testing::ValuesIn(kBadItems),
                         [](const auto& test) { return test.param.name; });

TEST(DecodeBatchTest, BatchHasOneToMaxItems) {
  Limits limits;
  limits.max_items = 3;
  EXPECT_TRUE(StatusOf(Valid(3), limits).ok());
  EXPECT_EQ(FieldOf(StatusOf(Valid(4), limits)), "items");
  EXPECT_EQ(FieldOf(StatusOf(v1::ForwardRequest(), limits)), "items");
  EXPECT_EQ(FieldOf(StatusOf(v1::GradientRequest(), limits)), "items");
}

TEST(DecodeBatchTest, ScalarAndEmptyTensorsAreValid) {
  v1::ForwardRequest request = Valid(2);
  request.mutable_items(0)->mutable_x()->clear_shape();
  request.mutable_items(0)->mutable_x()->set_data(std::string(4, '\0'));
  v1::Tensor* empty = request.mutable_items(1)->mutable_x();
  empty->set_shape(0, int64_t{1} << 62);
  empty->set_shape(1, 0);
  empty->set_data("");
  const std::string bytes = request.SerializeAsString();
  const absl::StatusOr<Batch> batch = DecodeForward(bytes);
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(batch->evaluations[0].count, 1u);
  EXPECT_EQ(batch->evaluations[1].count, 0u);
}

TEST(DecodeBatchTest, DyMustMatchX) {
  v1::GradientRequest valid;
  v1::GradientItem* item = valid.add_items();
  *item->mutable_activation() = Valid().items(0).activation();
  *item->mutable_x() = Valid().items(0).x();
  *item->mutable_dy() = item->x();
  ASSERT_TRUE(StatusOf(valid).ok());

  v1::GradientRequest request = valid;
  request.mutable_items(0)->mutable_dy()->set_dtype(v1::DTYPE_F64);
  EXPECT_EQ(FieldOf(StatusOf(request)), "items[0].dy.dtype");
  request = valid;
  request.mutable_items(0)->mutable_dy()->set_shape(1, 4);
  EXPECT_EQ(FieldOf(StatusOf(request)), "items[0].dy.shape");
  request.mutable_items(0)->mutable_dy()->clear_shape();
  EXPECT_EQ(FieldOf(StatusOf(request)), "items[0].dy.shape");
  request = valid;
  request.mutable_items(0)->mutable_dy()->mutable_data()->pop_back();
  EXPECT_EQ(FieldOf(StatusOf(request)), "items[0].dy.data");
  request.mutable_items(0)->mutable_dy()->clear_content();
  EXPECT_EQ(FieldOf(StatusOf(request)), "items[0].dy.data");
}

// Requests that are mostly valid, with every field sometimes odd.
class RandomRequests {
 public:
  v1::GradientRequest Next() {
    v1::GradientRequest request;
    for (int i = Pick(4); i > 0; --i) Fill(request.add_items());
    return request;
  }

  int Pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

 private:
  void Fill(v1::GradientItem* item) {
    static constexpr const char* kNames[] = {"relu", "gelu", "swish", "leaky_relu", "", "nope"};
    if (Pick(30) > 0) item->mutable_activation()->set_function(kNames[Pick(Pick(9) == 0 ? 6 : 4)]);
    if (Pick(9) == 0) (*item->mutable_activation()->mutable_parameters())["beta"] = Pick(3) - 1;
    if (Pick(30) > 0) Fill(item->mutable_x());
    if (Pick(3) == 0) *item->mutable_dy() = item->x();
    if (Pick(30) == 0) Fill(item->mutable_dy());
    item->set_parameter_gradients(Pick(2) == 0);
    item->set_statistics(Pick(2) == 0);
    item->set_statistics_only(Pick(4) == 0);
  }

  void Fill(v1::Tensor* tensor) {
    static constexpr int64_t kOdd[] = {-1, int64_t{1} << 62, INT64_MAX, INT64_MIN, 1 << 30};
    tensor->set_dtype(static_cast<v1::DType>(Pick(20) == 0 ? Pick(100) - 50 : 1 + Pick(4)));
    int64_t count = 1;
    for (int i = Pick(4); i > 0; --i) {
      const bool odd = Pick(25) == 0;
      const int64_t extent = odd ? kOdd[Pick(5)] : Pick(4);
      tensor->add_shape(extent);
      count *= odd ? 0 : extent;
    }
    const int64_t size = tensor->dtype() == v1::DTYPE_F64   ? 8
                         : tensor->dtype() == v1::DTYPE_F32 ? 4
                                                            : 2;
    const auto bytes = static_cast<size_t>(count * size) + (Pick(20) == 0 ? 1 : 0);
    if (Pick(30) > 0) tensor->set_data(std::string(bytes, 'x'));
  }

  std::mt19937 random_{20240607};
};

void CheckStatistics(uint64_t elements, const v1::Statistics& read) {
  EXPECT_EQ(read.elements(), elements);
  EXPECT_EQ(read.non_finite(), 1u);
  EXPECT_EQ(read.zeros(), 2u);
  EXPECT_EQ(read.dead(), 3u);
  EXPECT_EQ(read.saturated(), 4u);
  EXPECT_EQ(read.mean(), 0.5);
  EXPECT_EQ(read.variance(), 0.25);
  EXPECT_EQ(read.gradient_gain(), -0.125);
}

// What the hand-made writer lays out is what protobuf reads: one result an
// item, dtype and shape of x, as many bytes as x.
void CheckReply(const v1::GradientRequest& request, Batch* batch) {
  Reply reply(batch);
  for (int i = 0; i < request.items_size(); ++i) {
    const Evaluation& e = batch->evaluations[static_cast<size_t>(i)];
    ASSERT_EQ(e.out == nullptr, request.items(i).statistics_only());
    if (e.out != nullptr) std::fill_n(static_cast<char*>(e.out), e.count * SizeOf(e.dtype), 'r');
  }
  for (auto& values : batch->parameter_gradients) values.fill(-0.5);
  uint64_t next = 0;
  for (auto& figures : batch->statistics) figures = {++next, 1, 2, 3, 4, 0.5, 0.25, -0.125};
  grpc::ByteBuffer bytes = reply.Finish();
  v1::GradientResponse response;
  ASSERT_TRUE(Parse(&bytes, bytes.Length(), &response).ok());
  ASSERT_EQ(response.results_size(), request.items_size());
  next = 0;
  for (int i = 0; i < request.items_size(); ++i) {
    const bool only = request.items(i).statistics_only();
    const bool figures = request.items(i).statistics() || only;
    ASSERT_EQ(response.results(i).has_statistics(), figures);
    if (figures) CheckStatistics(++next, response.results(i).statistics());
    EXPECT_EQ(response.results(i).has_dx(), !only);
    if (!only) {
      v1::Tensor expected = request.items(i).x();
      expected.set_data(std::string(expected.data().size(), 'r'));
      EXPECT_EQ(response.results(i).dx().SerializeAsString(), expected.SerializeAsString());
    }
    const std::string& function = request.items(i).activation().function();
    const bool differentiable = function == "swish" || function == "leaky_relu";
    const bool asked = request.items(i).parameter_gradients();
    ASSERT_EQ(response.results(i).parameter_gradients_size(), differentiable && asked ? 1 : 0);
    for (const auto& [name, value] : response.results(i).parameter_gradients())
      EXPECT_EQ(value, -0.5);
  }
}

TEST(DecodeBatchTest, RandomRequestsAreRepliedToOrRefusedWithAField) {
  RandomRequests requests;
  int accepted = 0;
  int refused = 0;
  for (int round = 0; round < 20000; ++round) {
    const v1::GradientRequest request = requests.Next();
    const std::string bytes = request.SerializeAsString();
    absl::StatusOr<Batch> batch = DecodeGradient(bytes);
    if (batch.ok()) {
      ++accepted;
      CheckReply(request, &*batch);
    } else {
      ++refused;
      EXPECT_THAT(FieldOf(batch.status()), HasSubstr("items")) << batch.status();
    }
  }
  EXPECT_GT(accepted, 1000);
  EXPECT_GT(refused, 1000);
}

TEST(MessageTest, BytesThatAreNoMessageAreRefused) {
  const grpc::Slice slice(std::string("\xff\xff\xff garbage"));
  grpc::ByteBuffer buffer(&slice, 1);
  v1::ForwardRequest request;
  const absl::Status status = Parse(&buffer, buffer.Length(), &request);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("activation.v1.ForwardRequest"));
}

TEST(MessageTest, BytesBeyondTheirLimitAreNotLookedAt) {
  const grpc::Slice slice(std::string("\xff\xff\xff garbage"));
  grpc::ByteBuffer buffer(&slice, 1);
  v1::ForwardRequest request;
  const absl::Status status = Parse(&buffer, 10, &request);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(std::string(status.message()),
            "the request has 11 bytes; at most 10 are taken of activation.v1.ForwardRequest");
  EXPECT_EQ(buffer.Length(), 0U) << "they are given back";
}

}  // namespace
}  // namespace activation::wire
