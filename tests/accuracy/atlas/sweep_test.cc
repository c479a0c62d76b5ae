#include "tests/accuracy/atlas/sweep.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "tests/accuracy/atlas/reference.h"

namespace activation::atlas {
namespace {

const Case& CaseNamed(const std::string& name) {
  for (const Case& subject : AllCases()) {
    if (subject.name == name) return subject;
  }
  ADD_FAILURE() << name;
  return AllCases()[0];
}

// Right but for what `spoil` makes of a result.
class SpoiltFunction : public PeerFunction {
 public:
  using Spoil = std::function<void(float x, float& y)>;
  SpoiltFunction(const Task& task, Spoil spoil) : reference_(task), spoil_(std::move(spoil)) {}

  std::string call() const override { return "spoilt"; }
  absl::Status Evaluate(const void* x, void* out, size_t count) override {
    reference_.Round(x, out, count);
    for (size_t i = 0; i < count; ++i) {
      spoil_(static_cast<const float*>(x)[i], static_cast<float*>(out)[i]);
    }
    return absl::OkStatus();
  }

 private:
  const Reference reference_;
  const Spoil spoil_;
};

class BrokenFunction : public PeerFunction {
 public:
  std::string call() const override { return "broken"; }
  absl::Status Evaluate(const void*, void*, size_t) override {
    return absl::UnavailableError("gone");
  }
};

Contender Spoilt(const Task& task, SpoiltFunction::Spoil spoil) {
  return {std::make_unique<SpoiltFunction>(task, std::move(spoil)), {}, absl::OkStatus()};
}

TEST(SweepTest, FindsExactlyWhatIsWrong) {
  const Task task = {&CaseNamed("sigmoid"), Direction::kForward, DType::kF32};
  const Inputs inputs(DType::kF32, 1 << 16);
  std::vector<Contender> contenders;
  contenders.push_back(Spoilt(task, [](float, float&) {}));
  // Powers of two are among the inputs.
  contenders.push_back(Spoilt(task, [](float x, float& y) {
    if (x == 2) y = std::nextafter(y, 0.0F);
    if (x == -64) y = 0;
    if (x == 4) y = std::numeric_limits<float>::quiet_NaN();
  }));
  contenders.push_back({std::make_unique<BrokenFunction>(), {}, absl::OkStatus()});
  Sweep(task, inputs, absl::MakeSpan(contenders));

  EXPECT_EQ(contenders[0].findings.tally.wrong, 0U);
  EXPECT_TRUE(contenders[0].findings.profile.empty());

  const Findings& spoilt = contenders[1].findings;
  EXPECT_EQ(spoilt.tally.wrong, 3U);
  EXPECT_EQ(spoilt.tally.nan_made, 1U);
  EXPECT_EQ(spoilt.tally.wrong_zeros, 1U);
  EXPECT_EQ(spoilt.tally.worst.x, -64);
  ASSERT_EQ(spoilt.profile.size(), 3U);
  const uint32_t block_of_two =
      static_cast<uint32_t>(std::bit_cast<uint32_t>(2.0F) / inputs.span());
  EXPECT_EQ(spoilt.profile[0].block, block_of_two);
  EXPECT_EQ(spoilt.profile[0].wrong, 1U);
  EXPECT_NEAR(spoilt.profile[0].max_ulp, 1, 0.5);
  EXPECT_EQ(spoilt.profile[1].nan_made, 1U);

  EXPECT_EQ(contenders[2].status.message(), "gone");
}

TEST(SweepTest, LooksAtInputsThatAreNotFinite) {
  const Task task = {&CaseNamed("silu"), Direction::kForward, DType::kF32};
  const Inputs inputs(DType::kF32, 1 << 12);
  std::vector<Contender> contenders;
  contenders.push_back(Spoilt(task, [](float x, float& y) {
    if (std::isnan(x)) y = 0;
    if (x == -HUGE_VALF) y = 7;
  }));
  Sweep(task, inputs, absl::MakeSpan(contenders));
  const Findings& findings = contenders[0].findings;
  EXPECT_EQ(findings.tally.wrong, 0U);
  EXPECT_EQ(findings.special.at_minus_infinity, 7);
  EXPECT_EQ(findings.special.at_infinity, HUGE_VAL);
  // Two blocks of eight, of which one each is infinite.
  EXPECT_EQ(findings.special.nans_lost, 14U);
}

}  // namespace
}  // namespace activation::atlas
