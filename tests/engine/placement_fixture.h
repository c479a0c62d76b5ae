// An engine on fake CUDA devices.
#ifndef ACTIVATION_TESTS_ENGINE_PLACEMENT_FIXTURE_H_
#define ACTIVATION_TESTS_ENGINE_PLACEMENT_FIXTURE_H_

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "src/engine/engine.h"
#include "tests/backends/cuda/fake_device.h"

namespace activation {

class PlacementTest : public testing::Test {
 protected:
  // An engine on so many fake devices.
  void Make(Placement placement, size_t devices = 1) {
    Make(placement, std::vector<size_t>(devices, size_t{1} << 30));
  }

  // On fake devices with so much memory each.
  void Make(Placement placement, const std::vector<size_t>& memory_bytes) {
    cuda::Discovery found;
    found.why_none = "none in this test";
    for (size_t i = 0; i < memory_bytes.size(); ++i) {
      auto device = std::make_unique<cuda::FakeDevice>(memory_bytes[i], static_cast<int>(i));
      devices_.push_back(device.get());
      found.devices.push_back(std::move(device));
    }
    EngineOptions options;
    options.cpu_threads = 1;
    options.placement = placement;
    options.cuda.batch.delay = absl::ZeroDuration();
    options.on_device_lost = [this](const cuda::DeviceProperties& device, const absl::Status& why) {
      ++losses_;
      last_loss_ = absl::StrCat(device.number, ": ", why.message());
    };
    engine_ = std::make_unique<Engine>(std::move(options), std::move(found));
  }

  Evaluation Item(const char* function, Placement placement = Placement::kAuto) {
    Evaluation evaluation;
    evaluation.function = *FindFunction(function);
    evaluation.params = *ResolveParams(evaluation.function, {});
    evaluation.placement = placement;
    evaluation.count = x_.size();
    evaluation.layout = {1, x_.size(), 1};
    evaluation.x = x_.data();
    evaluation.out = y_.data();
    return evaluation;
  }

  Placement Assigned(Evaluation evaluation) {
    EXPECT_TRUE(engine_->Assign(absl::MakeSpan(&evaluation, 1)).ok());
    return evaluation.placement;
  }

  // As a service does it.
  absl::Status Run(std::vector<Evaluation> evaluations) {
    absl::Status status = engine_->Assign(absl::MakeSpan(evaluations));
    if (!status.ok()) return status;
    std::promise<absl::Status> promise;
    Job job;
    job.evaluations = std::move(evaluations);
    job.done = [&promise](absl::Status result) { promise.set_value(std::move(result)); };
    engine_->Submit(std::move(job));
    return promise.get_future().get();
  }

  // Of an evaluation that was assigned.
  std::future<absl::Status> Start(const Evaluation& evaluation) {
    auto promise = std::make_shared<std::promise<absl::Status>>();
    Job job;
    job.evaluations = {evaluation};
    job.done = [promise](absl::Status status) { promise->set_value(std::move(status)); };
    engine_->Submit(std::move(job));
    return promise->get_future();
  }

  std::atomic<int> losses_{0};
  std::string last_loss_;
  std::vector<float> x_ = std::vector<float>(1000, -1.0F);
  std::vector<float> y_ = std::vector<float>(1000, 7.0F);
  const std::vector<float> zeros_ = std::vector<float>(1000, 0.0F);
  std::vector<cuda::FakeDevice*> devices_;  // the engine's
  std::unique_ptr<Engine> engine_;
};

}  // namespace activation

#endif  // ACTIVATION_TESTS_ENGINE_PLACEMENT_FIXTURE_H_
