// The metrics that the documentation, the dashboard and the alerts name are those that
// servers have, one of them with a CUDA device, one with certificates and tokens.
#include <gmock/gmock.h>

#include <fstream>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "inference/grpc_service.grpc.pb.h"
#include "tests/backends/cuda/fake_device.h"
#include "tests/integration/authority.h"
#include "tests/integration/requests.h"
#include "tests/integration/serving.h"

namespace activation {
namespace {

using Names = std::set<std::string>;

std::string FileText(const std::string& path) {
  std::ifstream file(std::string(ACTIVATION_ROOT) + "/" + path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << path;
  return text.str();
}

// Names of metrics as a text has them; `activation_shared_*` is none.
Names NamesIn(const std::string& text) {
  const std::regex name(
      R"(\b(activation|grpc_server|nv_inference|process)_[a-z0-9_]*[a-z0-9](?![a-z0-9_*]))");
  Names names;
  for (std::sregex_iterator match(text.begin(), text.end(), name), end; match != end; ++match) {
    names.insert(match->str());
  }
  return names;
}

// Names of families that have a sample, and of the samples of histograms.
Names NamesOfScrape(const std::string& text) {
  const std::regex type(R"(# TYPE (\w+) (\w+))");
  Names names;
  for (std::sregex_iterator match(text.begin(), text.end(), type), end; match != end; ++match) {
    const std::string name = (*match)[1];
    const bool histogram = (*match)[2] == "histogram";
    const std::string sample = "\n" + name + (histogram ? "_bucket" : "");
    if (text.find(sample + "{") == std::string::npos &&
        text.find(sample + " ") == std::string::npos) {
      continue;
    }
    names.insert(name);
    if (!histogram) continue;
    for (const char* suffix : {"_bucket", "_sum", "_count"}) names.insert(name + suffix);
  }
  return names;
}

class MetricNamesTest : public ServingTest {
 protected:
  void SetUp() override {
    Config config;
    config.tls.certificate = folder_.Write("tls.crt", identity_.certificate);
    config.tls.key = folder_.Write("tls.key", identity_.key);
    config.tls.client_ca = folder_.Write("clients.crt", authority_.certificate());
    config.token_file = folder_.Write("tokens", "tests a-token-of-the-tests-0123 all");
    Serve(config);
    scrape_ = HttpGet("/metrics");
    ServeOnDevice();
    MakeCalls();
    ASSERT_TRUE(ReturnsToRest());
    scrape_ += HttpGet("/metrics");
    served_ = NamesOfScrape(scrape_);
  }

  void ServeOnDevice() {
    cuda::Discovery found;
    found.devices.push_back(std::make_unique<cuda::FakeDevice>(size_t{1} << 30, 0));
    Config config;
    config.backend = Placement::kCpu;  // but for calls that ask for the device
    config.batch_delay = absl::ZeroDuration();
    Serve(config, std::move(found));
  }

  // One of each kind that has metrics of its own.
  void MakeCalls() {
    v1::ForwardRequest request = SmallRequest();
    request.mutable_items(0)->mutable_activation()->set_backend(v1::BACKEND_CUDA);
    grpc::ClientContext calling;
    v1::ForwardResponse response;
    EXPECT_TRUE(stub_->Forward(&calling, request, &response).ok());
    grpc::ClientContext streaming;
    const auto stream = stub_->Stream(&streaming);
    v1::StreamResponse answer;
    EXPECT_TRUE(stream->Write(ItemOf(1, SmallRequest())) && stream->Read(&answer));
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
    ::inference::ModelInferRequest infer;
    infer.set_model_name("relu");
    auto* const input = infer.add_inputs();
    input->set_name("x");
    input->set_datatype("FP32");
    input->add_shape(1);
    infer.add_raw_input_contents(std::string(4, '\0'));
    grpc::ClientContext inferring;
    ::inference::ModelInferResponse inferred;
    EXPECT_TRUE(::inference::GRPCInferenceService::NewStub(channel_)
                    ->ModelInfer(&inferring, infer, &inferred)
                    .ok());
  }

  const Authority authority_{"authority"};
  const Identity identity_ = authority_.Issue("server");
  const TestFolder folder_;
  std::string scrape_;
  Names served_;
};

TEST_F(MetricNamesTest, TheDocumentationNamesAllThatAreServedAndNoOther) {
  const std::string page = FileText("docs/operations.md");
  const size_t begin = page.find("\n## Metrics\n");
  ASSERT_NE(begin, std::string::npos);
  const Names documented = NamesIn(page.substr(begin, page.find("\n## ", begin + 1) - begin));
  EXPECT_GT(documented.size(), 30U);
  for (const std::string& name : documented) {
    EXPECT_EQ(served_.count(name), 1U) << name << " is documented and not served";
  }
  const std::regex type(R"(# TYPE (\w+) )");
  for (std::sregex_iterator match(scrape_.begin(), scrape_.end(), type), end; match != end;
       ++match) {
    const std::string name = (*match)[1];
    // `process_*` are documented as that.
    if (name.rfind("process_", 0) == 0) continue;
    EXPECT_EQ(documented.count(name), 1U) << name << " is served and not documented";
  }
}

TEST_F(MetricNamesTest, DashboardAndAlertsReadWhatIsServed) {
  for (const char* path :
       {"deploy/grafana/dashboards/activation.json", "deploy/prometheus/rules.yml",
        "deploy/kubernetes/overlays/keda/scaled_object.yaml"}) {
    const Names read = NamesIn(FileText(path));
    EXPECT_FALSE(read.empty()) << path;
    for (const std::string& name : read) {
      EXPECT_EQ(served_.count(name), 1U) << path << " reads " << name;
    }
  }
}

TEST_F(MetricNamesTest, StagesOfTheDeviceStandBesideThoseOfCalls) {
  for (const char* stage : {"decode", "queue", "copy_in", "kernel", "encode"}) {
    EXPECT_GE(Metric(std::string(R"(activation_stage_seconds_count{stage=")") + stage + "\"}"), 0)
        << stage;
  }
  // One call's three elements went there and back.
  for (const char* stage : {"copy_in", "copy_out"}) {
    EXPECT_EQ(
        Metric(std::string(R"(activation_stage_seconds_count{device="0",stage=")") + stage + "\"}"),
        1)
        << stage;
  }
}

}  // namespace
}  // namespace activation
