#include "client/cli/bench/confidence.h"

#include "gtest/gtest.h"

namespace activation::cli {
namespace {

constexpr double kSeconds = 0.1;
constexpr uint64_t kLatency = 1000;

// Stretches until it is confident, each with as many calls as `answered` says; none where it is
// not within a thousand.
template <class Answered>
int StretchesUntilConfident(double share, const Answered& answered) {
  Confidence confidence(share);
  for (int i = 0; i < 1000; ++i) {
    const uint64_t calls = answered(i);
    if (confidence.Enough(calls, calls * kLatency, kSeconds)) return i + 1;
  }
  return -1;
}

TEST(ConfidenceTest, ASteadyServerIsKnownSoon) {
  EXPECT_EQ(StretchesUntilConfident(0.05, [](int i) { return 1000 + i % 3; }),
            static_cast<int>(Confidence::kFewestSamples));
}

// Of these halves alone one would be sure of twice the rate.
TEST(ConfidenceTest, StretchesWithoutAnAnswerCount) {
  const auto half_the_time = [](int i) { return i % 2 == 0 ? 1000 : 0; };
  EXPECT_EQ(StretchesUntilConfident(0.05, half_the_time), -1);
  // The spread is as large as the mean: t / sqrt(n) is below 0.5 from some twenty on.
  const int stretches = StretchesUntilConfident(0.5, half_the_time);
  EXPECT_GE(stretches, 15);
  EXPECT_LE(stretches, 25);
}

TEST(ConfidenceTest, NothingIsNotKnownWell) {
  EXPECT_EQ(StretchesUntilConfident(0.05, [](int) { return 0; }), -1);
  // Nine stretches with answers are too few, however many have none.
  EXPECT_EQ(StretchesUntilConfident(10, [](int i) { return i < 9 ? 1000 : 0; }), -1);
}

}  // namespace
}  // namespace activation::cli
