// Forward and gradient through a real server give the right numbers.
#include "src/backends/cpu/evaluate.h"

#include <cmath>
#include <cstdint>
#include <functional>

#include "src/functions/catalogue.h"
#include "tests/integration/requests.h"
#include "tests/integration/serving.h"

namespace activation {
namespace {

using Function = std::function<double(double)>;

double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double Phi(double x) { return 0.5 * std::erfc(-x * std::sqrt(0.5)); }
double Density(double x) { return std::exp(-0.5 * x * x) / std::sqrt(2 * std::acos(-1.0)); }

struct Reference {
  const char* function;
  Function value;
  Function derivative;
};

const Reference kReferences[] = {
    {"sigmoid", Sigmoid, [](double x) { return Sigmoid(x) * (1 - Sigmoid(x)); }},
    {"tanh", [](double x) { return std::tanh(x); },
     [](double x) { return 1 - std::tanh(x) * std::tanh(x); }},
    {"relu", [](double x) { return x > 0 ? x : 0; }, [](double x) { return x > 0 ? 1 : 0; }},
    {"silu", [](double x) { return x * Sigmoid(x); },
     [](double x) { return Sigmoid(x) * (1 + x * (1 - Sigmoid(x))); }},
    {"gelu", [](double x) { return x * Phi(x); },
     [](double x) { return Phi(x) + x * Density(x); }}};

// Powers of two and sums of few of them: exact in every storage type.
const std::vector<double> kInputs = {-3.5, -2, -1, -0.625, -0.25, 0.125, 0.5, 1, 1.75, 3};

double FromHalf(uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int mantissa = bits & 1023;
  const double size =
      exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  return (bits & 0x8000) != 0 ? -size : size;
}

double FromBFloat(uint16_t bits) {
  const uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float value = 0;
  std::memcpy(&value, &wide, sizeof(value));
  return static_cast<double>(value);
}

// The storage with the given value, found by looking at every one.
uint16_t Search(double value, double (*from)(uint16_t)) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    if (from(static_cast<uint16_t>(bits)) == value) return static_cast<uint16_t>(bits);
  }
  ADD_FAILURE() << value << " is not representable";
  return 0;
}

v1::Tensor Store(v1::DType dtype, const std::vector<double>& values) {
  if (dtype == v1::DTYPE_F64) return MakeTensor(dtype, values);
  if (dtype == v1::DTYPE_F32) {
    return MakeTensor(dtype, std::vector<float>(values.begin(), values.end()));
  }
  std::vector<uint16_t> stored;
  for (const double value : values) {
    stored.push_back(Search(value, dtype == v1::DTYPE_F16 ? FromHalf : FromBFloat));
  }
  return MakeTensor(dtype, stored);
}

std::vector<double> Load(const v1::Tensor& tensor) {
  if (tensor.dtype() == v1::DTYPE_F64) return ValuesOf<double>(tensor);
  if (tensor.dtype() == v1::DTYPE_F32) {
    const std::vector<float> values = ValuesOf<float>(tensor);
    return {values.begin(), values.end()};
  }
  std::vector<double> values;
  for (const uint16_t bits : ValuesOf<uint16_t>(tensor)) {
    values.push_back(tensor.dtype() == v1::DTYPE_F16 ? FromHalf(bits) : FromBFloat(bits));
  }
  return values;
}

// Half a unit in the last place of a value about 1, and some for the reference.
double Tolerance(v1::DType dtype) {
  switch (dtype) {
    case v1::DTYPE_F64:
      return 1e-14;
    case v1::DTYPE_F32:
      return std::ldexp(1, -23);
    case v1::DTYPE_F16:
      return std::ldexp(1, -10);
    default:
      return std::ldexp(1, -7);
  }
}

struct Case {
  v1::DType dtype;
  v1::Tier tier;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << v1::DType_Name(c.dtype) << ' ' << v1::Tier_Name(c.tier);
}

class EvaluateTest : public ServingTest, public testing::WithParamInterface<Case> {
 protected:
  void SetUp() override { Serve(); }

  static void ExpectNear(const v1::Tensor& result, const Function& reference,
                         const std::vector<double>& scale) {
    const std::vector<double> values = Load(result);
    ASSERT_EQ(values.size(), kInputs.size());
    for (size_t i = 0; i < values.size(); ++i) {
      const double expected = scale[i] * reference(kInputs[i]);
      EXPECT_NEAR(values[i], expected, Tolerance(result.dtype()) * (1 + std::abs(expected)))
          << "at " << kInputs[i];
    }
  }
};

TEST_P(EvaluateTest, ForwardOfABatch) {
  v1::ForwardRequest request;
  for (const Reference& reference : kReferences) {
    v1::ForwardItem* item = request.add_items();
    item->mutable_activation()->set_function(reference.function);
    item->mutable_activation()->set_tier(GetParam().tier);
    *item->mutable_x() = Store(GetParam().dtype, kInputs);
  }
  v1::ForwardResponse response;
  grpc::ClientContext context;
  const grpc::Status status = stub_->Forward(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.results_size(), request.items_size());
  const std::vector<double> ones(kInputs.size(), 1.0);
  for (int i = 0; i < response.results_size(); ++i) {
    SCOPED_TRACE(kReferences[i].function);
    EXPECT_EQ(response.results(i).y().dtype(), GetParam().dtype);
    EXPECT_EQ(response.results(i).y().shape(0), static_cast<int64_t>(kInputs.size()));
    ExpectNear(response.results(i).y(), kReferences[i].value, ones);
  }
}

TEST_P(EvaluateTest, GradientWithAndWithoutDy) {
  const std::vector<double> dy = {1, -1, 2, 0.5, -0.25, 4, 1, -2, 0, 8};
  v1::GradientRequest request;
  for (const Reference& reference : kReferences) {
    for (const bool with_dy : {false, true}) {
      v1::GradientItem* item = request.add_items();
      item->mutable_activation()->set_function(reference.function);
      item->mutable_activation()->set_tier(GetParam().tier);
      *item->mutable_x() = Store(GetParam().dtype, kInputs);
      if (with_dy) *item->mutable_dy() = Store(GetParam().dtype, dy);
    }
  }
  v1::GradientResponse response;
  grpc::ClientContext context;
  const grpc::Status status = stub_->Gradient(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  const std::vector<double> ones(kInputs.size(), 1.0);
  for (int i = 0; i < response.results_size(); ++i) {
    SCOPED_TRACE(kReferences[i / 2].function);
    ExpectNear(response.results(i).dx(), kReferences[i / 2].derivative, i % 2 == 0 ? ones : dy);
    EXPECT_EQ(response.results(i).parameter_gradients_size(), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, EvaluateTest,
    testing::Values(Case{v1::DTYPE_F32, v1::TIER_UNSPECIFIED}, Case{v1::DTYPE_F64, v1::TIER_EXACT},
                    Case{v1::DTYPE_F16, v1::TIER_EXACT}, Case{v1::DTYPE_BF16, v1::TIER_EXACT},
                    Case{v1::DTYPE_F32, v1::TIER_FAST}, Case{v1::DTYPE_F64, v1::TIER_FAST},
                    Case{v1::DTYPE_F16, v1::TIER_FAST}, Case{v1::DTYPE_BF16, v1::TIER_FAST}));

class BatchTest : public ServingTest {
 protected:
  void SetUp() override { Serve(); }
};

std::string BytesOf(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

// What the wire carries is what the engine computes, for the whole catalogue.
TEST_F(BatchTest, EveryFunctionHasTheEnginesBits) {
  v1::GradientRequest request;
  const std::vector<float> values(kInputs.begin(), kInputs.end());
  for (const FunctionInfo& info : ElementwiseFunctions()) {
    for (const v1::Tier tier : {v1::TIER_EXACT, v1::TIER_FAST}) {
      v1::GradientItem* item = request.add_items();
      item->mutable_activation()->set_function(info.name);
      item->mutable_activation()->set_tier(tier);
      *item->mutable_x() = MakeTensor(v1::DTYPE_F32, values);
    }
  }
  v1::ForwardRequest forward;
  for (const v1::GradientItem& item : request.items()) {
    v1::ForwardItem* other = forward.add_items();
    *other->mutable_activation() = item.activation();
    *other->mutable_x() = item.x();
  }
  v1::ForwardResponse y;
  v1::GradientResponse dx;
  grpc::ClientContext forward_context;
  grpc::ClientContext gradient_context;
  ASSERT_TRUE(stub_->Forward(&forward_context, forward, &y).ok());
  ASSERT_TRUE(stub_->Gradient(&gradient_context, request, &dx).ok());
  for (int i = 0; i < request.items_size(); ++i) {
    Evaluation evaluation;
    evaluation.function = *FindFunction(request.items(i).activation().function());
    evaluation.params = *ResolveParams(evaluation.function, {});
    evaluation.tier = i % 2 == 0 ? Tier::kExact : Tier::kFast;
    evaluation.dtype = DType::kF32;
    evaluation.count = values.size();
    evaluation.x = values.data();
    std::vector<float> expected(values.size());
    evaluation.out = expected.data();
    EvaluateStretch(BestKernels(), evaluation, 0, values.size());
    // Bytes, because log1p is not a number below -1.
    EXPECT_EQ(y.results(i).y().data(), BytesOf(expected)) << request.items(i).DebugString();
    evaluation.direction = Direction::kGradient;
    EvaluateStretch(BestKernels(), evaluation, 0, values.size());
    EXPECT_EQ(dx.results(i).dx().data(), BytesOf(expected)) << request.items(i).DebugString();
  }
}

TEST_F(BatchTest, ParametersAndTheirGradients) {
  v1::GradientRequest request =
      Gradient("leaky_relu", MakeTensor<float>(v1::DTYPE_F32, {-1, -2, 3}));
  v1::GradientItem* item = request.mutable_items(0);
  (*item->mutable_activation()->mutable_parameters())["slope"] = 0.25;
  *item->mutable_dy() = MakeTensor<float>(v1::DTYPE_F32, {1, 2, 4});
  item->set_parameter_gradients(true);
  v1::GradientResponse response;
  grpc::ClientContext context;
  const grpc::Status status = stub_->Gradient(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(ValuesOf<float>(response.results(0).dx()), (std::vector<float>{0.25F, 0.5F, 4.0F}));
  // d/dslope leaky_relu(x) = x for x < 0.
  ASSERT_EQ(response.results(0).parameter_gradients().count("slope"), 1u);
  EXPECT_DOUBLE_EQ(response.results(0).parameter_gradients().at("slope"), 1 * -1 + 2 * -2);
}

TEST_F(BatchTest, StatisticsOfForwardAndGradientAreTheSame) {
  const v1::Tensor x = MakeTensor<float>(v1::DTYPE_F32, {-1, 2, -3, 0});
  v1::ForwardRequest forward = Forward("relu", x);
  forward.mutable_items(0)->set_statistics(true);
  *forward.add_items() = Forward("relu", x).items(0);
  v1::ForwardResponse y;
  grpc::ClientContext first;
  ASSERT_TRUE(stub_->Forward(&first, forward, &y).ok());
  const v1::Statistics& statistics = y.results(0).statistics();
  EXPECT_EQ(statistics.elements(), 4u);
  EXPECT_EQ(statistics.non_finite(), 0u);
  EXPECT_EQ(statistics.zeros(), 3u);
  EXPECT_EQ(statistics.dead(), 3u);
  EXPECT_EQ(statistics.saturated(), 3u);
  EXPECT_EQ(statistics.mean(), 0.5);
  EXPECT_EQ(statistics.variance(), 0.75);
  EXPECT_EQ(statistics.gradient_gain(), 0.25);
  EXPECT_FALSE(y.results(1).has_statistics());
  v1::GradientRequest gradient = Gradient("relu", x);
  gradient.mutable_items(0)->set_statistics(true);
  *gradient.mutable_items(0)->mutable_dy() = MakeTensor<float>(v1::DTYPE_F32, {5, 6, 7, 8});
  v1::GradientResponse dx;
  grpc::ClientContext second;
  ASSERT_TRUE(stub_->Gradient(&second, gradient, &dx).ok());
  EXPECT_EQ(ValuesOf<float>(dx.results(0).dx()), (std::vector<float>{0, 6, 0, 0}));
  EXPECT_EQ(dx.results(0).statistics().SerializeAsString(), statistics.SerializeAsString());
}

TEST_F(BatchTest, StatisticsAloneComeWithoutATensor) {
  constexpr size_t kLarge = 100'000;  // for the workers, and whose result has a buffer of its own
  std::vector<float> values(kLarge);
  for (size_t i = 0; i < kLarge; ++i) values[i] = std::sin(static_cast<float>(i)) * 8;
  const v1::Tensor x = MakeTensor(v1::DTYPE_F32, values);
  v1::ForwardRequest forward = Forward("gelu", x);
  forward.mutable_items(0)->set_statistics(true);
  *forward.add_items() = Forward("gelu", x).items(0);
  forward.mutable_items(1)->set_statistics_only(true);
  *forward.add_items() = Forward("relu", MakeTensor<float>(v1::DTYPE_F32, {-1, 2})).items(0);
  v1::ForwardResponse y;
  grpc::ClientContext first;
  ASSERT_TRUE(stub_->Forward(&first, forward, &y).ok());
  const std::string figures = y.results(0).statistics().SerializeAsString();
  EXPECT_FALSE(y.results(1).has_y());
  EXPECT_EQ(y.results(1).statistics().SerializeAsString(), figures);
  EXPECT_EQ(ValuesOf<float>(y.results(2).y()), (std::vector<float>{0, 2}));
  v1::GradientRequest gradient = Gradient("gelu", x);
  gradient.mutable_items(0)->set_statistics_only(true);
  *gradient.mutable_items(0)->mutable_dy() = x;
  v1::GradientResponse dx;
  grpc::ClientContext second;
  ASSERT_TRUE(stub_->Gradient(&second, gradient, &dx).ok());
  EXPECT_FALSE(dx.results(0).has_dx());
  EXPECT_EQ(dx.results(0).statistics().SerializeAsString(), figures);
  grpc::ClientContext third;
  const auto stream = stub_->Stream(&third);
  v1::StreamRequest item;
  *item.mutable_forward() = forward.items(1);
  ASSERT_TRUE(stream->Write(item));
  v1::StreamResponse reply;
  ASSERT_TRUE(stream->Read(&reply));
  EXPECT_FALSE(reply.forward().has_y());
  EXPECT_EQ(reply.forward().statistics().SerializeAsString(), figures);
  third.TryCancel();
  stream->Finish();
}

TEST_F(BatchTest, ScalarAndEmptyTensors) {
  v1::ForwardRequest request = Forward("relu", MakeTensor<float>(v1::DTYPE_F32, {2.0F}));
  request.mutable_items(0)->mutable_x()->clear_shape();
  *request.add_items() = Forward("gelu", MakeTensor<float>(v1::DTYPE_F32, {})).items(0);
  request.mutable_items(1)->mutable_x()->add_shape(7);
  v1::ForwardResponse response;
  grpc::ClientContext context;
  const grpc::Status status = stub_->Forward(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.results(0).y().shape_size(), 0);
  EXPECT_EQ(ValuesOf<float>(response.results(0).y()), std::vector<float>{2.0F});
  EXPECT_EQ(response.results(1).y().shape_size(), 2);
  EXPECT_TRUE(response.results(1).y().has_data());
  EXPECT_EQ(response.results(1).y().data(), "");
}

TEST_F(BatchTest, SixtyFourSmallItemsAreOneLargeBitForBit) {
  constexpr int kItems = 64;
  constexpr size_t kElements = 256;
  std::vector<float> all;
  for (size_t i = 0; i < kItems * kElements; ++i)
    all.push_back(std::sin(static_cast<float>(i)) * 8);
  v1::ForwardRequest small;
  for (int i = 0; i < kItems; ++i) {
    const auto begin = all.begin() + static_cast<ptrdiff_t>(kElements) * i;
    *small.add_items() =
        Forward("gelu", MakeTensor(v1::DTYPE_F32, std::vector<float>(begin, begin + kElements)))
            .items(0);
  }
  v1::ForwardResponse pieces;
  v1::ForwardResponse whole;
  grpc::ClientContext first;
  grpc::ClientContext second;
  ASSERT_TRUE(stub_->Forward(&first, small, &pieces).ok());
  ASSERT_TRUE(
      stub_->Forward(&second, Forward("gelu", MakeTensor(v1::DTYPE_F32, all)), &whole).ok());
  std::string joined;
  for (const v1::ForwardResult& result : pieces.results()) joined += result.y().data();
  EXPECT_EQ(joined, whole.results(0).y().data());
}

TEST_F(BatchTest, ListsTheCatalogueAndTheLimits) {
  v1::ListFunctionsResponse functions;
  grpc::ClientContext first;
  ASSERT_TRUE(stub_->ListFunctions(&first, {}, &functions).ok());
  ASSERT_EQ(static_cast<size_t>(functions.functions_size()), Catalogue().size());
  for (int i = 0; i < functions.functions_size(); ++i) {
    EXPECT_EQ(functions.functions(i).name(), Catalogue()[static_cast<size_t>(i)].name);
    EXPECT_NE(functions.functions(i).formula(), "");
  }
  v1::GetServerInfoResponse info;
  grpc::ClientContext second;
  ASSERT_TRUE(stub_->GetServerInfo(&second, {}, &info).ok());
  EXPECT_EQ(info.version(), Version());
  EXPECT_NE(info.instruction_set(), "");
  EXPECT_EQ(info.devices(0).backend(), "cpu");
  EXPECT_EQ(info.limits().max_items(), Limits().max_items);
  EXPECT_EQ(info.limits().max_inflight_bytes(), Limits().max_inflight_bytes);
  EXPECT_EQ(info.limits().max_inflight_jobs(), Limits().max_inflight_jobs);
  EXPECT_EQ(info.limits().max_queue_milliseconds(), Limits().max_queue_milliseconds);
  EXPECT_EQ(info.limits().max_concurrent_streams(), Limits().max_concurrent_streams);
  EXPECT_EQ(info.limits().max_parameters(), Limits().max_parameters);
  // Every bound is said; those of shared memory only where that is on.
  const v1::ServerLimits& limits = info.limits();
  for (int i = 0; i < limits.GetDescriptor()->field_count(); ++i) {
    const auto* const field = limits.GetDescriptor()->field(i);
    const bool shared = field->name().find("shared_memory") != std::string::npos;
    EXPECT_EQ(limits.GetReflection()->GetInt64(limits, field) == 0, shared) << field->name();
  }
}

}  // namespace
}  // namespace activation
