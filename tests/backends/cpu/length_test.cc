// Every elementwise function, and per-channel ones with one channel: an element's result
// depends on nothing but the element, neither on its place nor on the instruction set.
#include <algorithm>
#include <cstring>
#include <utility>

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

// Where the tiers are not one.
constexpr std::pair<DType, Tier> kTypesAndTiers[] = {{DType::kF32, Tier::kExact},
                                                     {DType::kF32, Tier::kFast},
                                                     {DType::kF64, Tier::kExact},
                                                     {DType::kF16, Tier::kExact},
                                                     {DType::kBF16, Tier::kExact}};

constexpr float kWeightF32 = 0.3F;
constexpr double kWeightF64 = 0.3;
constexpr uint16_t kWeightF16 = 0x34CD;
constexpr uint16_t kWeightBF16 = 0x3E9A;

const void* WeightOf(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return &kWeightF32;
    case DType::kF64:
      return &kWeightF64;
    case DType::kF16:
      return &kWeightF16;
    case DType::kBF16:
      break;
  }
  return &kWeightBF16;
}

Evaluation MakeWithWeight(FunctionId function, Direction direction, DType dtype, size_t count) {
  Evaluation evaluation = Make(function, direction, dtype, count);
  if (Catalogue()[function].kind == Kind::kPerChannel) {
    evaluation.weight = WeightOf(dtype);
    evaluation.weight_count = 1;
  }
  return evaluation;
}

class LengthTest : public ::testing::TestWithParam<FunctionId> {};

TEST_P(LengthTest, ResultsDependOnNeitherLengthNorAlignment) {
  constexpr size_t kMost = 257;
  for (const auto& [dtype, tier] : kTypesAndTiers) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      const size_t size = SizeOf(dtype);
      // Every element aligned, and one byte off, none.
      for (const size_t offset : {0, 1}) {
        const std::vector<std::byte> x = RandomBytes(kMost * size + 1, 1);
        const std::vector<std::byte> dy = RandomBytes(kMost * size + 1, 2);
        Evaluation evaluation = MakeWithWeight(GetParam(), direction, dtype, kMost);
        evaluation.tier = tier;
        evaluation.x = x.data() + offset;
        evaluation.dy = direction == Direction::kGradient ? dy.data() + offset : nullptr;
        const std::vector<std::byte> wanted = OneByOne(evaluation);
        for (size_t count = 0; count <= kMost; ++count) {
          std::vector<std::byte> out(size + offset + count * size + size, std::byte{0xAB});
          evaluation.count = count;
          std::byte* begin = out.data() + size + offset;
          evaluation.out = begin;
          EvaluateStretch(BestKernels(), evaluation, 0, count);
          ASSERT_EQ(std::memcmp(begin, wanted.data(), count * size), 0)
              << Name(dtype) << " " << Name(tier) << " " << Name(direction) << " " << count << " "
              << offset;
          ASSERT_EQ(begin[-1], std::byte{0xAB});
          ASSERT_EQ(begin[count * size], std::byte{0xAB}) << "wrote past the end";
        }
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
        Evaluation evaluation = MakeWithWeight(GetParam(), direction, dtype, kCount);
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

// Where the tensors of an evaluation begin, in elements from an aligned address.
struct Offsets {
  size_t x;
  size_t dy;
  size_t out;
};

// Results of tensors beyond the caches take another way to memory. An evaluation says
// how large its tensors are, but a stretch of it touches nothing else of them.
TEST_P(LengthTest, LargeTensorsGiveTheSameBitsAtAnyOffset) {
  constexpr size_t kStretch = 17100;
  constexpr size_t kBegin = 7;
  constexpr size_t kRoom = 64;
  const std::vector<std::byte> x = RandomBytes((kStretch + kRoom) * sizeof(double), 5);
  const std::vector<std::byte> dy = RandomBytes(x.size(), 6);
  std::vector<std::byte> wanted(x.size());
  std::vector<std::byte> out(x.size() + kRoom);
  const auto check = [&](const KernelSet& kernels, Evaluation evaluation, Offsets offsets) {
    const size_t size = SizeOf(evaluation.dtype);
    const size_t bytes = kStretch * size;
    evaluation.x = x.data() + offsets.x * size;
    if (evaluation.direction == Direction::kGradient) evaluation.dy = dy.data() + offsets.dy * size;
    evaluation.out = wanted.data();
    EvaluateStretch(kernels, evaluation, kBegin, kStretch);
    evaluation.count = size_t{1} << 40;
    std::fill(out.begin(), out.end(), std::byte{0xAB});
    std::byte* const begin = out.data() + (offsets.out + kBegin) * size;
    evaluation.out = begin - kBegin * size;
    EvaluateStretch(kernels, evaluation, kBegin, kStretch);
    EXPECT_EQ(std::memcmp(begin, wanted.data() + kBegin * size, bytes), 0) << "other results";
    EXPECT_EQ(begin[-1], std::byte{0xAB}) << "wrote before the beginning";
    EXPECT_EQ(begin[bytes], std::byte{0xAB}) << "wrote past the end";
  };
  for (const KernelSet& kernels : AllKernels()) {
    for (const DType dtype : kAllDTypes) {
      for (const Tier tier : {Tier::kExact, Tier::kFast}) {
        for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
          Evaluation evaluation = MakeWithWeight(GetParam(), direction, dtype, kBegin + kStretch);
          evaluation.tier = tier;
          for (const Offsets offsets : {Offsets{0, 0, 0}, {1, 2, 0}, {0, 0, 1}, {3, 1, 14}}) {
            SCOPED_TRACE(testing::Message()
                         << kernels.target << " " << Name(dtype) << " " << Name(tier) << " "
                         << Name(direction) << " " << offsets.x << offsets.dy << offsets.out);
            check(kernels, evaluation, offsets);
          }
        }
      }
    }
  }
}

TEST_P(LengthTest, LargeTensorsMayBeTheirOwnOutput) {
  constexpr size_t kStretch = 17100;
  for (const DType dtype : kAllDTypes) {
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      std::vector<std::byte> x = RandomBytes(kStretch * SizeOf(dtype), 7);
      const std::vector<std::byte> dy = RandomBytes(x.size(), 8);
      std::vector<std::byte> wanted(x.size());
      Evaluation evaluation =
          MakeWithWeight(GetParam(), Direction::kGradient, dtype, size_t{1} << 40);
      evaluation.tier = tier;
      evaluation.x = x.data();
      evaluation.dy = dy.data();
      evaluation.out = wanted.data();
      EvaluateStretch(BestKernels(), evaluation, 0, kStretch);
      evaluation.out = x.data();
      EvaluateStretch(BestKernels(), evaluation, 0, kStretch);
      EXPECT_EQ(x, wanted) << Name(dtype) << " " << Name(tier);
    }
  }
}

// Which the catalogue has in this order, and then the other kinds.
size_t ElementwiseAndPerChannel() {
  size_t count = ElementwiseFunctions().size();
  while (count < Catalogue().size() && Catalogue()[count].kind == Kind::kPerChannel) ++count;
  return count;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, LengthTest,
                         ::testing::Range(FunctionId{0}, ElementwiseAndPerChannel()),
                         [](const auto& test) {
                           return std::string(Catalogue()[test.param].name);
                         });

}  // namespace
}  // namespace activation
