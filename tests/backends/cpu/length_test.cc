// Every function of the catalogue: an element's result depends on nothing but
// the element, neither on its place nor on the instruction set.
#include <cstring>

#include "gtest/gtest.h"
#include "src/backends/cpu/evaluate.h"
#include "tests/backends/cpu/evaluations.h"

namespace activation {
namespace {

// The result of each element alone, in a tensor of one.
std::vector<std::byte> OneByOne(Evaluation evaluation) {
  const size_t size = SizeOf(evaluation.dtype);
  std::vector<std::byte> out(evaluation.count * size);
  const size_t count = evaluation.count;
  const auto* x = static_cast<const std::byte*>(evaluation.x);
  const auto* dy = static_cast<const std::byte*>(evaluation.dy);
  evaluation.count = 1;
  for (size_t i = 0; i < count; ++i) {
    evaluation.x = x + i * size;
    if (dy != nullptr) evaluation.dy = dy + i * size;
    evaluation.out = out.data() + i * size;
    EvaluateStretch(BestKernels(), evaluation, 0, 1);
  }
  return out;
}

class LengthTest : public ::testing::TestWithParam<FunctionId> {};

TEST_P(LengthTest, ResultsDependOnNeitherLengthNorAlignment) {
  constexpr size_t kMost = 257;
  for (const DType dtype : kAllDTypes) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      const size_t size = SizeOf(dtype);
      const std::vector<std::byte> x = RandomBytes(kMost * size + 1, 1);
      const std::vector<std::byte> dy = RandomBytes(kMost * size + 1, 2);
      // One byte off: no element is aligned.
      Evaluation evaluation = Make(GetParam(), direction, dtype, kMost);
      evaluation.x = x.data() + 1;
      evaluation.dy = direction == Direction::kGradient ? dy.data() + 1 : nullptr;
      const std::vector<std::byte> wanted = OneByOne(evaluation);
      for (size_t count = 0; count <= kMost; ++count) {
        std::vector<std::byte> out(count * size + 3, std::byte{0xAB});
        evaluation.count = count;
        evaluation.out = out.data() + 1;
        EvaluateStretch(BestKernels(), evaluation, 0, count);
        ASSERT_EQ(std::memcmp(out.data() + 1, wanted.data(), count * size), 0)
            << Name(dtype) << " " << Name(direction) << " " << count;
        ASSERT_EQ(out[0], std::byte{0xAB});
        ASSERT_EQ(out[count * size + 1], std::byte{0xAB}) << "wrote past the end";
      }
    }
  }
}

TEST_P(LengthTest, EveryInstructionSetGivesTheSameBits) {
  constexpr size_t kCount = 20000;
  for (const DType dtype : kAllDTypes) {
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        const std::vector<std::byte> x = RandomBytes(kCount * SizeOf(dtype), 3);
        const std::vector<std::byte> dy = RandomBytes(kCount * SizeOf(dtype), 4);
        Evaluation evaluation = Make(GetParam(), direction, dtype, kCount);
        evaluation.tier = tier;
        evaluation.x = x.data();
        if (direction == Direction::kGradient) evaluation.dy = dy.data();
        std::vector<std::vector<std::byte>> outs;
        for (const KernelSet& kernels : AllKernels()) {
          evaluation.out = outs.emplace_back(x.size()).data();
          EvaluateStretch(kernels, evaluation, 0, kCount);
        }
        for (const auto& out : outs) EXPECT_EQ(out, outs[0]) << Name(dtype) << " " << Name(tier);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, LengthTest,
                         ::testing::Range(FunctionId{0}, ElementwiseFunctions().size()),
                         [](const auto& test) {
                           return std::string(Catalogue()[test.param].name);
                         });

}  // namespace
}  // namespace activation
