// Client over a connection of our own: what it sends, and what it makes of replies.
#include "activation/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "tests/client/fakes.h"

namespace activation::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ForwardExchange& Forward(Call& call) { return std::get<ForwardExchange>(call.exchange); }
GradientExchange& Gradient(Call& call) { return std::get<GradientExchange>(call.exchange); }

// Answers as the identity function does.
void EchoX(Call& call) {
  ForwardExchange& exchange = Forward(call);
  for (const auto& item : exchange.request.items()) {
    *exchange.response.add_results()->mutable_y() = item.x();
  }
}

class ClientTest : public testing::Test {
 protected:
  // The reply to a forward call of two floats, after `change`.
  absl::Status ForwardTwo(std::function<void(v1::ForwardResponse&)> change) {
    fake_->on_start = [&](Call& call) {
      EchoX(call);
      change(Forward(call).response);
    };
    return client_.Forward({.function = "gelu"}, x_, absl::MakeSpan(y_));
  }

  std::shared_ptr<ScriptedConnection> fake_ = std::make_shared<ScriptedConnection>();
  Client client_{fake_};
  std::vector<float> x_ = {1, 2};
  std::vector<float> y_ = {-1, -1};
};

TEST_F(ClientTest, ForwardSendsTheSpanAndReturnsTheReply) {
  fake_->on_start = EchoX;
  ASSERT_TRUE(
      client_.Forward({.function = "swish", .parameters = {{"beta", 2}}}, x_, absl::MakeSpan(y_))
          .ok());
  EXPECT_THAT(y_, ElementsAre(1, 2));
  const v1::ForwardItem& item = Forward(*fake_->last_call).request.items(0);
  EXPECT_EQ(item.activation().function(), "swish");
  EXPECT_EQ(item.activation().parameters().at("beta"), 2);
  EXPECT_EQ(item.activation().tier(), v1::TIER_EXACT);
  EXPECT_EQ(item.x().dtype(), v1::DTYPE_F32);
  EXPECT_THAT(item.x().shape(), ElementsAre(2));
  EXPECT_EQ(item.x().data(), std::string(reinterpret_cast<const char*>(x_.data()), 8));
}

TEST_F(ClientTest, DoublesTravelAsF64) {
  fake_->on_start = EchoX;
  const std::vector<double> x = {1.5};
  std::vector<double> y(1);
  ASSERT_TRUE(
      client_.Forward({.function = "gelu", .tier = Tier::kFast}, x, absl::MakeSpan(y)).ok());
  const v1::ForwardItem& item = Forward(*fake_->last_call).request.items(0);
  EXPECT_EQ(item.x().dtype(), v1::DTYPE_F64);
  EXPECT_EQ(item.activation().tier(), v1::TIER_FAST);
  EXPECT_EQ(y[0], 1.5);
}

TEST_F(ClientTest, TheBackendThatIsAskedForIsSent) {
  fake_->on_start = EchoX;
  std::vector<float> y(x_.size());
  for (const auto& [backend, wire] :
       {std::pair{Backend::kAuto, v1::BACKEND_UNSPECIFIED},
        std::pair{Backend::kCpu, v1::BACKEND_CPU}, std::pair{Backend::kCuda, v1::BACKEND_CUDA}}) {
    ASSERT_TRUE(
        client_.Forward({.function = "gelu", .backend = backend}, x_, absl::MakeSpan(y)).ok());
    EXPECT_EQ(Forward(*fake_->last_call).request.items(0).activation().backend(), wire);
  }
}

TEST_F(ClientTest, EmptyAndScalarTensorsAreSent) {
  fake_->on_start = EchoX;
  float scalar = 3, result = 0;
  const std::vector<ForwardItem> items = {
      {.x = {.shape = {0, std::numeric_limits<int64_t>::max(), 4}}},
      {.x = {.shape = {}, .data = &scalar}, .y = &result}};
  ASSERT_TRUE(client_.Forward(items).ok());
  EXPECT_EQ(Forward(*fake_->last_call).request.items(0).x().data(), "");
  EXPECT_EQ(result, 3);
}

TEST_F(ClientTest, GradientWithoutDySendsNone) {
  fake_->on_start = [](Call& call) {
    GradientExchange& exchange = Gradient(call);
    *exchange.response.add_results()->mutable_dx() = exchange.request.items(0).x();
  };
  std::vector<float> dx(2);
  ASSERT_TRUE(client_.Gradient({.function = "gelu"}, x_, {}, absl::MakeSpan(dx)).ok());
  EXPECT_FALSE(Gradient(*fake_->last_call).request.items(0).has_dy());
  EXPECT_FALSE(Gradient(*fake_->last_call).request.items(0).parameter_gradients());
  EXPECT_THAT(dx, ElementsAre(1, 2));
}

TEST_F(ClientTest, GradientSendsDyAndReturnsParameterGradients) {
  fake_->on_start = [](Call& call) {
    GradientExchange& exchange = Gradient(call);
    v1::GradientResult* result = exchange.response.add_results();
    *result->mutable_dx() = exchange.request.items(0).dy();
    (*result->mutable_parameter_gradients())["beta"] = 0.5;
  };
  const std::vector<float> dy = {7, 8};
  std::map<std::string, double> gradients = {{"stale", 1}};
  const GradientItem item{.activation = {.function = "swish"},
                          .x = {.shape = {1, 2}, .data = x_.data()},
                          .dy = dy.data(),
                          .dx = y_.data(),
                          .parameter_gradients = &gradients};
  ASSERT_TRUE(client_.Gradient(absl::MakeConstSpan(&item, 1)).ok());
  EXPECT_THAT(y_, ElementsAre(7, 8));
  EXPECT_THAT(gradients, ElementsAre(testing::Pair("beta", 0.5)));
  EXPECT_TRUE(Gradient(*fake_->last_call).request.items(0).parameter_gradients());
}

TEST_F(ClientTest, StatisticsAreAskedForAndReturned) {
  Statistics got;
  const ForwardItem item{.activation = {.function = "gelu"},
                         .x = {.shape = {2}, .data = x_.data()},
                         .y = y_.data(),
                         .statistics = &got};
  fake_->on_start = [](Call& call) {
    EchoX(call);
    v1::Statistics* statistics = Forward(call).response.mutable_results(0)->mutable_statistics();
    statistics->set_elements(2);
    statistics->set_dead(1);
    statistics->set_variance(0.5);
  };
  ASSERT_TRUE(client_.Forward(absl::MakeConstSpan(&item, 1)).ok());
  EXPECT_TRUE(Forward(*fake_->last_call).request.items(0).statistics());
  EXPECT_EQ(got.elements, 2u);
  EXPECT_EQ(got.dead, 1u);
  EXPECT_EQ(got.variance, 0.5);
  // A server that does not know the field answers without.
  fake_->on_start = EchoX;
  const absl::Status status = client_.Forward(absl::MakeConstSpan(&item, 1));
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), HasSubstr("results[0].statistics"));
}

TEST_F(ClientTest, WithoutAPlaceForTheResultStatisticsAloneAreAskedFor) {
  Statistics forward_figures, gradient_figures;
  const ForwardItem forward{.x = {.shape = {2}, .data = x_.data()}, .statistics = &forward_figures};
  const GradientItem gradient{.x = {.shape = {2}, .data = x_.data()},
                              .statistics = &gradient_figures};
  // A server that knows no such thing answers with the tensor, too.
  for (const bool sends_y : {false, true}) {
    fake_->on_start = [sends_y](Call& call) {
      if (sends_y) EchoX(call);
      v1::ForwardResponse& response = Forward(call).response;
      if (!sends_y) response.add_results();
      response.mutable_results(0)->mutable_statistics()->set_elements(2);
    };
    forward_figures = {};
    ASSERT_TRUE(client_.Forward(absl::MakeConstSpan(&forward, 1)).ok());
    EXPECT_EQ(forward_figures.elements, 2U);
    EXPECT_TRUE(Forward(*fake_->last_call).request.items(0).statistics());
    EXPECT_TRUE(Forward(*fake_->last_call).request.items(0).statistics_only());
  }
  fake_->on_start = [](Call& call) {
    Gradient(call).response.add_results()->mutable_statistics()->set_elements(3);
  };
  ASSERT_TRUE(client_.Gradient(absl::MakeConstSpan(&gradient, 1)).ok());
  EXPECT_EQ(gradient_figures.elements, 3U);
  EXPECT_TRUE(Gradient(*fake_->last_call).request.items(0).statistics_only());
}

TEST_F(ClientTest, SpansOfDifferentLengthsAreRefusedUnsent) {
  std::vector<float> three(3);
  EXPECT_EQ(client_.Forward({.function = "gelu"}, x_, absl::MakeSpan(three)),
            absl::InvalidArgumentError("items[0].y: has 3 elements where x has 2"));
  EXPECT_EQ(client_.Gradient({.function = "gelu"}, x_, three, absl::MakeSpan(y_)),
            absl::InvalidArgumentError("items[0].dy: has 3 elements where x has 2"));
  EXPECT_EQ(client_.Gradient({.function = "gelu"}, x_, {}, absl::MakeSpan(three)),
            absl::InvalidArgumentError("items[0].dx: has 3 elements where x has 2"));
  EXPECT_EQ(fake_->starts, 0);
}

TEST_F(ClientTest, ItemsThatCannotBeReadAreRefusedUnsentWithTheirField) {
  const ForwardItem good{.x = {.shape = {2}, .data = x_.data()}, .y = y_.data()};
  const auto message = [&](auto change) {
    std::vector<ForwardItem> items = {good, good};
    change(items[1]);
    const absl::Status status = client_.Forward(items);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  EXPECT_THAT(message([](ForwardItem& i) { i.x.shape = {2, -1}; }), HasSubstr("items[1].x.shape:"));
  EXPECT_THAT(message([](ForwardItem& i) {
                i.x.shape = {int64_t{1} << 40, int64_t{1} << 40};
              }),
              HasSubstr("items[1].x.shape:"));
  EXPECT_THAT(message([](ForwardItem& i) { i.x.data = nullptr; }), HasSubstr("items[1].x.data:"));
  EXPECT_THAT(message([](ForwardItem& i) { i.y = nullptr; }), HasSubstr("items[1].y:"));
  EXPECT_THAT(message([](ForwardItem& i) { i.x.dtype = static_cast<DType>(77); }),
              HasSubstr("items[1].x.dtype:"));
  EXPECT_EQ(fake_->starts, 0);
}

TEST_F(ClientTest, MessagesOverTheLimitAreRefusedBeforeTheyAreMade) {
  fake_->client_options.max_message_bytes = 1000;
  const std::vector<float> x(251);
  std::vector<float> y(251);
  EXPECT_EQ(client_.Forward({.function = "gelu"}, x, absl::MakeSpan(y)).code(),
            absl::StatusCode::kResourceExhausted);
  // One tensor of 2^62 bytes: its memory is never looked at.
  const ForwardItem huge{.x = {.shape = {int64_t{1} << 60}, .data = x.data()}, .y = y.data()};
  EXPECT_EQ(client_.Forward(absl::MakeConstSpan(&huge, 1)).code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(fake_->starts, 0);
}

TEST_F(ClientTest, MalformedRepliesAreInternalAndWriteNothing) {
  const std::vector<std::pair<std::string, std::function<void(v1::ForwardResponse&)>>> cases = {
      {"0 results for 1 items", [](auto& r) { r.clear_results(); }},
      {"2 results for 1 items", [](auto& r) { r.add_results(); }},
      {"results[0].y.dtype", [](auto& r) { r.mutable_results(0)->clear_y(); }},
      {"results[0].y.dtype",
       [](auto& r) { r.mutable_results(0)->mutable_y()->set_dtype(v1::DTYPE_F64); }},
      {"results[0].y.shape", [](auto& r) { r.mutable_results(0)->mutable_y()->set_shape(0, 1); }},
      {"results[0].y.shape", [](auto& r) { r.mutable_results(0)->mutable_y()->add_shape(1); }},
      {"results[0].y.data",
       [](auto& r) { r.mutable_results(0)->mutable_y()->set_data(std::string(4096, 'x')); }},
      {"results[0].y.data", [](auto& r) { r.mutable_results(0)->mutable_y()->clear_data(); }},
  };
  for (const auto& [field, change] : cases) {
    const absl::Status status = ForwardTwo(change);
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << field;
    EXPECT_THAT(std::string(status.message()), HasSubstr(field));
    EXPECT_THAT(y_, ElementsAre(-1, -1));
  }
}

TEST_F(ClientTest, ErrorsOfTheServiceComeThrough) {
  fake_->script.push_back({absl::NotFoundError("items[0].activation.function: no"), {}});
  EXPECT_EQ(client_.Forward({.function = "gelo"}, x_, absl::MakeSpan(y_)),
            absl::NotFoundError("items[0].activation.function: no"));
}

TEST_F(ClientTest, EveryCallHasADeadline) {
  fake_->on_start = EchoX;
  fake_->client_options.deadline = std::chrono::milliseconds(1234);
  const absl::Time before = absl::Now();
  ASSERT_TRUE(client_.Forward({.function = "gelu"}, x_, absl::MakeSpan(y_)).ok());
  EXPECT_GE(fake_->last_call->deadline, before + absl::Milliseconds(1234));
  EXPECT_LE(fake_->last_call->deadline, absl::Now() + absl::Milliseconds(1234));
}

TEST_F(ClientTest, AsyncCallsCallBackOnceWithTheResultInPlace) {
  fake_->on_start = EchoX;
  int calls = 0;
  client_.ForwardAsync({{.x = {.shape = {2}, .data = x_.data()}, .y = y_.data()}},
                       [&](const absl::Status& status) {
                         ++calls;
                         EXPECT_TRUE(status.ok()) << status;
                       });
  EXPECT_EQ(calls, 1);
  EXPECT_THAT(y_, ElementsAre(1, 2));
}

TEST_F(ClientTest, FuturesCarryErrorsFoundBeforeSending) {
  auto future = client_.GradientAsync({{.x = {.shape = {-1}}}});
  EXPECT_EQ(future.get().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ClientTest, ListsFunctions) {
  fake_->on_start = [](Call& call) {
    auto& response = std::get<ListFunctionsExchange>(call.exchange).response;
    v1::FunctionInfo* function = response.add_functions();
    function->set_name("swish");
    function->set_formula("x / (1 + exp(-beta*x))");
    function->set_smooth(true);
    function->set_used_in("used");
    function->set_strengths("strong");
    function->set_weaknesses("weak");
    function->set_saturation("below at 0");
    v1::ParameterInfo* parameter = function->add_parameters();
    parameter->set_name("beta");
    parameter->set_default_value(1);
    parameter->set_minimum(-10);
    parameter->set_maximum(10);
    parameter->set_differentiable(true);
  };
  const auto functions = client_.ListFunctions();
  ASSERT_TRUE(functions.ok());
  ASSERT_EQ(functions->size(), 1u);
  const FunctionInfo& swish = functions->front();
  EXPECT_EQ(swish.name, "swish");
  EXPECT_EQ(swish.formula, "x / (1 + exp(-beta*x))");
  EXPECT_TRUE(swish.smooth);
  EXPECT_FALSE(swish.monotone);
  EXPECT_EQ(swish.used_in, "used");
  EXPECT_EQ(swish.strengths, "strong");
  EXPECT_EQ(swish.weaknesses, "weak");
  EXPECT_EQ(swish.saturation, "below at 0");
  ASSERT_EQ(swish.parameters.size(), 1u);
  EXPECT_EQ(swish.parameters[0].name, "beta");
  EXPECT_EQ(swish.parameters[0].minimum, -10);
  EXPECT_EQ(swish.parameters[0].maximum, 10);
  EXPECT_TRUE(swish.parameters[0].differentiable);
}

TEST_F(ClientTest, DescribesTheServer) {
  fake_->on_start = [](Call& call) {
    auto& response = std::get<GetServerInfoExchange>(call.exchange).response;
    response.set_version("1.2.3");
    response.set_instruction_set("AVX-512");
    v1::Device* const device = response.add_devices();
    device->set_backend("cpu");
    device->set_state("ready");
    response.set_runs_on("the CPU: there is no other");
    response.mutable_limits()->set_max_items(7);
    response.mutable_limits()->set_max_shared_memory_lease_seconds(60);
  };
  const auto info = client_.GetServerInfo();
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->version, "1.2.3");
  EXPECT_EQ(info->instruction_set, "AVX-512");
  EXPECT_EQ(info->devices.at(0).backend, "cpu");
  EXPECT_EQ(info->devices.at(0).state, "ready");
  EXPECT_EQ(info->runs_on, "the CPU: there is no other");
  EXPECT_EQ(info->max_items, 7);
  EXPECT_EQ(info->max_shared_memory_lease_seconds, 60);
}

TEST(ConstTensorTest, CountsElements) {
  EXPECT_EQ((ConstTensor{.shape = {}}.elements()), 1);
  EXPECT_EQ((ConstTensor{.shape = {2, 3}}.elements()), 6);
  EXPECT_EQ((ConstTensor{.shape = {2, 0, 3}}.elements()), 0);
  EXPECT_EQ((ConstTensor{.dtype = DType::kF64, .shape = {2, 3}}.bytes()), 48u);
  EXPECT_EQ((ConstTensor{.shape = {int64_t{1} << 40, int64_t{1} << 40}}.elements()),
            std::numeric_limits<int64_t>::max());
}

}  // namespace
}  // namespace activation::client
