// What computing a row holds beside the tensors, as admission counts it.
#include <gtest/gtest.h>

#include <vector>

#include "src/backends/cpu/cpu_backend.h"
#include "src/backends/cpu/evaluate.h"
#include "src/functions/catalogue.h"

namespace activation {
namespace {

constexpr size_t kLong = size_t{1} << 20;

// Of rows of `extent` elements, `inner` of them beside one another.
Evaluation Rows(const char* function, DType dtype, size_t extent, size_t outer, size_t inner) {
  Evaluation evaluation;
  evaluation.function = *FindFunction(function);
  evaluation.direction = Direction::kForward;
  evaluation.dtype = dtype;
  evaluation.layout = {.outer = outer, .extent = extent, .inner = inner};
  evaluation.count = extent * outer * inner;
  return evaluation;
}

TEST(ScratchTest, LongRowsOfHalvesAreFloats) {
  Evaluation row = Rows("softmax", DType::kF16, kLong, 1, 1);
  EXPECT_EQ(ScratchOfStretch(row), 11 * kLong);
  row.direction = Direction::kGradient;
  EXPECT_EQ(ScratchOfStretch(row), 15 * kLong);
}

TEST(ScratchTest, TensorsThatAreNotAlignedAreCopied) {
  Evaluation row = Rows("softmax", DType::kF32, kLong, 1, 1);
  EXPECT_EQ(ScratchOfStretch(row), kLong);
  row.x = reinterpret_cast<const void*>(uintptr_t{1});
  EXPECT_EQ(ScratchOfStretch(row), 13 * kLong);
}

TEST(ScratchTest, RowsThatAreColumnsAreCopiedManyAtATime) {
  EXPECT_EQ(ScratchOfStretch(Rows("softmax", DType::kF64, kLong, 1, 2)), (1 + 24) * kLong);
  constexpr size_t kShorter = size_t{1} << 14;  // of which 16 are brought together
  EXPECT_EQ(ScratchOfStretch(Rows("softmax", DType::kF64, kShorter, 1, 100)),
            (1 + 24 * 16) * kShorter);
}

TEST(ScratchTest, WhatIsShortOrNoRowHoldsNothing) {
  EXPECT_EQ(ScratchOfStretch(Rows("softmax", DType::kF16, 1000, 1, 1)), 0);
  EXPECT_EQ(ScratchOfStretch(Rows("gelu", DType::kF16, kLong, 1, 1)), 0);
}

TEST(ScratchTest, EachWorkerHoldsARowAndNoMoreThanThereAre) {
  const std::vector<Evaluation> rows = {Rows("softmax", DType::kF16, kLong, 3, 1),
                                        Rows("gelu", DType::kF16, kLong, 1, 1)};
  EXPECT_EQ(ScratchOf(rows, 2), 2 * 11 * kLong);
  EXPECT_EQ(ScratchOf(rows, 8), 3 * 11 * kLong);
  EXPECT_EQ(ScratchOf({}, 8), 0);
}

}  // namespace
}  // namespace activation
