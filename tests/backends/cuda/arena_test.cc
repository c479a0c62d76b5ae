#include "src/backends/cuda/arena.h"

#include <algorithm>

#include "gtest/gtest.h"
#include "src/backends/cuda/job_table.h"
#include "tests/backends/cpu/evaluations.h"

namespace activation::cuda {
namespace {

struct Range {
  size_t begin;
  size_t bytes;
};

Piece PieceOf(Evaluation evaluation, Residence residence = {}) {
  Piece piece;
  piece.evaluation = evaluation;
  piece.residence = residence;
  piece.arena_bytes = ArenaBytes(evaluation, residence);
  return piece;
}

// A batch of every function, forward and gradient, with all that each can ask for.
Pieces Everything(double* gradients) {
  Pieces batch;
  for (FunctionId id = 0; id < Catalogue().size(); ++id) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      for (const DType dtype : kAllDTypes) {
        Evaluation e = Make(id, direction, dtype, 2 * (id + 1));
        e.layout = {1, 2, id + 1};
        if (direction == Direction::kGradient) {
          e.dy = gradients;
          e.parameter_gradients = gradients;
        }
        if (Catalogue()[id].kind == Kind::kPerChannel) {
          e.weight = gradients;
          e.weight_count = 2;
          if (direction == Direction::kGradient) e.weight_gradient = gradients;
        }
        batch.push_back(PieceOf(e));
      }
    }
  }
  return batch;
}

TEST(ArenaTest, NoTwoTensorsShareMemory) {
  double gradients[kMaxParams];
  const Pieces batch = Everything(gradients);
  const ArenaLayout layout = LayOut(batch);
  std::vector<Range> ranges;
  const auto add = [&ranges](size_t place, size_t bytes) {
    EXPECT_EQ(place == Places::kNowhere, bytes == 0);
    EXPECT_TRUE(bytes == 0 || place % kArenaAlignment == 0);
    if (bytes > 0) ranges.push_back({place, bytes});
  };
  auto next = layout.places.begin();
  for (const Piece& piece : batch) {
    const Evaluation& e = piece.evaluation;
    const Places& places = *next++;
    add(places.x, XBytes(e));
    add(places.dy, DyBytes(e));
    add(places.weight, WeightBytes(e));
    add(places.out, OutBytes(e));
    add(places.parameter_gradients, ParameterGradientBytes(e));
    add(places.weight_gradient, WeightGradientBytes(e));
    EXPECT_GE(places.x, layout.inputs);
    EXPECT_LT(places.out, layout.inputs);
  }
  ranges.push_back({layout.table, 0});
  std::sort(ranges.begin(), ranges.end(), [](auto a, auto b) { return a.begin < b.begin; });
  for (size_t i = 1; i < ranges.size(); ++i) {
    EXPECT_LE(ranges[i - 1].begin + ranges[i - 1].bytes, ranges[i].begin);
  }
}

TEST(ArenaTest, ABatchTakesNoMoreThanItsPiecesSay) {
  double gradients[kMaxParams];
  const Pieces batch = Everything(gradients);
  size_t said = 0;
  std::vector<Evaluation> evaluations;
  for (const Piece& piece : batch) {
    said += piece.arena_bytes;
    evaluations.push_back(piece.evaluation);
  }
  const JobTable jobs(evaluations);
  EXPECT_LE(LayOut(batch).table + RoundToArena(jobs.bytes().size()) + jobs.scratch_bytes(), said);
}

TEST(ArenaTest, ADeviceTensorHasNoPlaceAndAPinnedOneHas) {
  Evaluation e = Make(*FindFunction("gelu"), Direction::kForward, DType::kF32, 100);
  const ArenaLayout layout = LayOut({PieceOf(e, {.x = Memory::kDevice, .out = Memory::kPinned})});
  EXPECT_EQ(layout.places[0].x, Places::kNowhere);
  EXPECT_EQ(layout.places[0].out, 0U);
}

}  // namespace
}  // namespace activation::cuda
