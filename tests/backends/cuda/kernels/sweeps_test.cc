// Elementwise kernels on more inputs than a test of every day has time for, each where its variable
// is set:
//   ACTIVATION_PROOF_INPUTS=16777216   as loops of the host, so many inputs as activation-prove
//   spreads
//                                      them, bit for bit against the CPU backend: minutes
//   ACTIVATION_EVERY_INPUT=1           every float there is, on the GPU, by the hashes of whole
//   sweeps
//                                      that activation-prove found: a minute
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "gtest/gtest.h"
#include "tests/accuracy/sweep_inputs.h"
#include "tests/backends/cuda/kernels/sweep_on_gpu.h"
#include "tests/backends/cuda/kernels/tensors.h"

namespace activation::cuda {
namespace {

Evaluation Of(FunctionId function, DType dtype, Tier tier, Direction direction) {
  Evaluation evaluation;
  evaluation.function = function;
  evaluation.params = *ResolveParams(function, {});
  evaluation.dtype = dtype;
  evaluation.tier = tier;
  evaluation.direction = direction;
  return evaluation;
}

// Runs one job both ways.
void ExpectTheCpusBits(Job job) {
  std::vector<Job> wanted = {std::move(job)};
  std::vector<Job> found = wanted;
  RunOnCpu(wanted);
  RunOnHost(found);
  ExpectSameBits(wanted, found);
}

// Inputs of the proof in jobs of this many, so that they fit the caches.
constexpr size_t kJobElements = size_t{1} << 18;

void ExpectTheCpusBitsOnProof(const Evaluation& evaluation, bool with_dy, uint64_t samples) {
  accuracy::SweepOptions options;
  options.dtype = evaluation.dtype;
  options.samples = samples;
  options.with_dy = with_dy;
  accuracy::SweepInputs sweep(options);
  const uint64_t total = accuracy::InputCount(options);
  const size_t size = SizeOf(evaluation.dtype);
  for (uint64_t begin = 0; begin < total; begin += kJobElements) {
    std::vector<std::byte> x;
    std::vector<std::byte> dy;
    const uint64_t end = std::min(total, begin + kJobElements);
    for (uint64_t first = begin; first < end; first += accuracy::kSweepBlock) {
      sweep.Fill(first, std::min<uint64_t>(accuracy::kSweepBlock, end - first));
      x.insert(x.end(), sweep.x(), sweep.x() + sweep.count() * size);
      if (with_dy) dy.insert(dy.end(), sweep.dy(), sweep.dy() + sweep.count() * size);
    }
    Job job;
    job.evaluation = evaluation;
    job.evaluation.count = x.size() / size;
    job.x = GuardedBytes(std::move(x), 0);
    if (with_dy) job.dy = GuardedBytes(std::move(dy), 0);
    MakeOutputs(job, false, false, 0);
    ExpectTheCpusBits(std::move(job));
  }
}

class SweepsTest : public ::testing::TestWithParam<FunctionId> {};

TEST_P(SweepsTest, HaveTheBitsOfTheCpuOverTheProofOnTheHost) {
  const char* const inputs = std::getenv("ACTIVATION_PROOF_INPUTS");
  if (inputs == nullptr) {
    GTEST_SKIP() << "takes minutes; set ACTIVATION_PROOF_INPUTS to how many inputs, as 16777216";
  }
  const uint64_t samples = std::strtoull(inputs, nullptr, 10);
  ASSERT_GT(samples, 0U);
  for (const DType dtype : kAllDTypes) {
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      if (tier == Tier::kFast && dtype != DType::kF32) continue;
      const Evaluation forward = Of(GetParam(), dtype, tier, Direction::kForward);
      const Evaluation gradient = Of(GetParam(), dtype, tier, Direction::kGradient);
      ExpectTheCpusBitsOnProof(forward, false, samples);
      ExpectTheCpusBitsOnProof(gradient, false, samples);
      ExpectTheCpusBitsOnProof(gradient, true, samples);
    }
  }
}

// The whole file of hashes, of which each is a line: "abs f32 exact forward, N inputs": "hash".
const std::string& KnownHashes() {
  static const std::string& known = *new std::string([] {
    const char* const path = std::getenv("ACTIVATION_SWEEP_HASHES");
    std::ifstream file(path == nullptr ? ACTIVATION_SWEEP_HASHES : path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }());
  return known;
}

// "" where the sweep is not known.
std::string KnownHash(const std::string& sweep) {
  const std::string key = "\"" + sweep + "\": \"";
  const size_t found = KnownHashes().find(key);
  return found == std::string::npos ? "" : KnownHashes().substr(found + key.size(), 16);
}

std::string NameOf(const Evaluation& evaluation, uint64_t inputs) {
  std::ostringstream name;
  name << Catalogue()[evaluation.function].name << " f32 " << Name(evaluation.tier) << " "
       << Name(evaluation.direction) << ", " << inputs << " inputs";
  return name.str();
}

std::string Hexadecimal(uint64_t hash) {
  char text[17];
  std::snprintf(text, sizeof(text), "%016" PRIx64, hash);
  return text;
}

TEST_P(SweepsTest, HaveTheHashesOfEveryFloatOnTheGpu) {
  if (std::getenv("ACTIVATION_EVERY_INPUT") == nullptr) {
    GTEST_SKIP() << "set ACTIVATION_EVERY_INPUT to run it";
  }
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  for (const Tier tier : {Tier::kExact, Tier::kFast}) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      const Evaluation evaluation = Of(GetParam(), DType::kF32, tier, direction);
      const GpuSweep sweep = SweepEveryFloat(evaluation);
      ASSERT_EQ(sweep.error, "");
      const std::string name = NameOf(evaluation, sweep.inputs);
      EXPECT_EQ(Hexadecimal(sweep.hash), KnownHash(name)) << name;
    }
  }
}

// So that the sweep above is not of what nobody knows.
TEST(SweepHashesTest, AreThoseOfEveryFunction) {
  for (FunctionId function = 0; function < ElementwiseFunctions().size(); ++function) {
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        const std::string name = NameOf(Of(function, DType::kF32, tier, direction), kFiniteFloats);
        EXPECT_NE(KnownHash(name), "") << name;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Functions, SweepsTest,
                         ::testing::Range<FunctionId>(0, ElementwiseFunctions().size()),
                         [](const auto& function) { return Catalogue()[function.param].name; });

}  // namespace
}  // namespace activation::cuda
