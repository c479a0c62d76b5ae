// Functions that are not elementwise: results depend neither on where tensors lie, nor
// on how the work is divided, nor on threads; and nothing is written beside them.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <future>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "src/backends/cpu/cpu_backend.h"
#include "src/backends/cpu/evaluate.h"
#include "tests/accuracy/element.h"

namespace activation {
namespace {

using Bytes = std::vector<std::byte>;

// Of any bits most rows are NaN or have one element that is all of their sum.
enum class Draw { kBits, kPlain };

// Shape and axis. Rows of the first are shorter than a block of a sum, those of the second longer
// and not side by side. Channels of the first are long, those of the second short.
struct Extents {
  std::array<int64_t, 3> shape;
  int axis;
};

constexpr Extents kExtents[] = {{{3, 6, 416}, -1}, {{2, 1100, 3}, 1}};

Bytes Random(Draw draw, DType dtype, size_t count, unsigned seed) {
  std::mt19937 random(seed);
  Bytes bytes(count * SizeOf(dtype));
  if (draw == Draw::kBits) {
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
    return bytes;
  }
  std::normal_distribution<double> plain(0, 2);
  for (size_t i = 0; i < count; ++i) {
    const uint64_t bits = accuracy::BitsOf(dtype, plain(random));
    std::memcpy(bytes.data() + i * SizeOf(dtype), &bits, SizeOf(dtype));
  }
  return bytes;
}

// Tensors of an evaluation, `offset` bytes after what is aligned, and guards around what
// is written.
class Tensors {
 public:
  Tensors(FunctionId function, Direction direction, Tier tier, DType dtype, Draw draw,
          const Extents& extents, size_t offset)
      : offset_(offset) {
    evaluation_.function = function;
    evaluation_.params = *ResolveParams(function, {});
    // Channels are along the second axis, whatever is asked for.
    if (Catalogue()[function].kind != Kind::kPerChannel)
      evaluation_.params.values[0] = extents.axis;
    evaluation_.layout = *ResolveLayout(function, evaluation_.params, extents.shape);
    evaluation_.direction = direction;
    evaluation_.tier = tier;
    evaluation_.dtype = dtype;
    const auto& shape = extents.shape;
    evaluation_.count = static_cast<size_t>(shape[0] * shape[1] * shape[2]);
    const auto channels = static_cast<size_t>(shape[1]);
    const size_t size = SizeOf(dtype);
    x_ = Shifted(Random(draw, dtype, evaluation_.count, 1));
    dy_ = Shifted(Random(draw, dtype, ResultCount(evaluation_), 2));
    weight_ = Shifted(Random(draw, dtype, channels, 3));
    out_ = Guarded(OutputCount(evaluation_) * size);
    sums_ = Guarded(channels * sizeof(double));
    evaluation_.x = x_.data() + offset;
    if (direction == Direction::kGradient) evaluation_.dy = dy_.data() + offset;
    evaluation_.out = out_.bytes.data() + out_.begin;
    if (Catalogue()[function].kind == Kind::kPerChannel) {
      evaluation_.weight = weight_.data() + offset;
      evaluation_.weight_count = channels;
      if (direction == Direction::kGradient) {
        evaluation_.weight_gradient = sums_.bytes.data() + sums_.begin;
      }
    }
  }

  const Evaluation& evaluation() const { return evaluation_; }

  // Output and sums; fails where a guard is gone.
  Bytes Results() const {
    Bytes results = Inside(out_);
    const Bytes sums = Inside(sums_);
    results.insert(results.end(), sums.begin(), sums.end());
    return results;
  }

 private:
  static constexpr size_t kGuard = 64;
  static constexpr std::byte kUntouched{0xA5};

  Bytes Shifted(const Bytes& bytes) const {
    Bytes shifted(offset_);
    shifted.insert(shifted.end(), bytes.begin(), bytes.end());
    return shifted;
  }

  // Room `offset_` bytes after the beginning of a line, between guards.
  struct Room {
    Bytes bytes;
    size_t begin = 0;
    size_t size = 0;
  };

  Room Guarded(size_t size) const {
    constexpr size_t kLine = 64;
    Room room = {Bytes(kGuard + kLine + offset_ + size + kGuard, kUntouched), 0, size};
    const auto address = reinterpret_cast<uintptr_t>(room.bytes.data() + kGuard);
    room.begin = kGuard + (kLine - address % kLine) % kLine + offset_;
    return room;
  }

  static Bytes Inside(const Room& room) {
    const auto begin = room.bytes.begin() + static_cast<std::ptrdiff_t>(room.begin);
    const auto end = begin + static_cast<std::ptrdiff_t>(room.size);
    const auto untouched = [](std::byte byte) { return byte == kUntouched; };
    EXPECT_TRUE(std::all_of(room.bytes.begin(), begin, untouched)) << "wrote before the beginning";
    EXPECT_TRUE(std::all_of(end, room.bytes.end(), untouched)) << "wrote past the end";
    return {begin, end};
  }

  const size_t offset_;
  Evaluation evaluation_;
  Bytes x_;
  Bytes dy_;
  Bytes weight_;
  Room out_;
  Room sums_;
};

void EvaluateInStretches(const Evaluation& evaluation, size_t units_at_once) {
  const size_t units = UnitsOf(evaluation);
  for (size_t begin = 0; begin < units;) {
    const size_t most = UnitsOfStretch(evaluation, begin, size_t{1} << 30);
    const size_t count = std::min(most, units_at_once);
    EvaluateStretch(BestKernels(), evaluation, begin, count);
    begin += count;
  }
}

void RunWith(Backend& backend, const Evaluation& evaluation) {
  std::promise<absl::Status> done;
  backend.Run(
      {&evaluation, 1}, [] { return absl::OkStatus(); },
      [&done](absl::Status status) { done.set_value(std::move(status)); });
  EXPECT_EQ(done.get_future().get(), absl::OkStatus());
}

using Case = std::tuple<FunctionId, Draw, size_t>;

std::string NameOfCase(const ::testing::TestParamInfo<Case>& test) {
  const auto [function, draw, extents] = test.param;
  return Catalogue()[function].name + std::string(draw == Draw::kBits ? "_bits" : "_plain") +
         (extents == 0 ? "" : "_long");
}

class KindsTest : public ::testing::TestWithParam<Case> {};

TEST_P(KindsTest, ResultsDependOnNeitherPlaceNorDivisionNorThreads) {
  const auto [function, draw, extents] = GetParam();
  const std::unique_ptr<Backend> backends[] = {MakeCpuBackend(1), MakeCpuBackend(3)};
  for (const DType dtype : kAllDTypes) {
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        SCOPED_TRACE(testing::Message()
                     << Name(dtype) << " " << Name(tier) << " " << Name(direction));
        const auto results_of = [&, function = function, draw = draw, extents = extents](
                                    size_t offset, auto evaluate) {
          const Tensors tensors(function, direction, tier, dtype, draw, kExtents[extents], offset);
          evaluate(tensors.evaluation());
          return tensors.Results();
        };
        const auto in_stretches = [](size_t units) {
          return [units](const Evaluation& e) { EvaluateInStretches(e, units); };
        };
        const Bytes wanted = results_of(0, in_stretches(size_t{1} << 30));
        for (const size_t offset : {0, 1, 2, 4}) {
          for (const size_t units : {1, 7, 1000}) {
            EXPECT_EQ(results_of(offset, in_stretches(units)), wanted) << offset << " " << units;
          }
          for (const auto& backend : backends) {
            EXPECT_EQ(results_of(offset, [&](const Evaluation& e) { RunWith(*backend, e); }),
                      wanted);
          }
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Catalogue, KindsTest,
    ::testing::Combine(::testing::Range(ElementwiseFunctions().size(), Catalogue().size()),
                       ::testing::Values(Draw::kBits, Draw::kPlain), ::testing::Values(0, 1)),
    NameOfCase);

// Results of tensors beyond the caches take another way to memory, from some addresses on, but
// for those of rows. An evaluation says how large its tensors are, but a stretch of it touches
// nothing else of them.
class LargeKindsTest : public ::testing::TestWithParam<FunctionId> {};

TEST_P(LargeKindsTest, GiveTheSameBits) {
  const auto check = [](const KernelSet& kernels, Direction direction, Tier tier, DType dtype,
                        const Extents& extents) {
    const auto results = [&](size_t offset, bool is_large) {
      const Tensors tensors(GetParam(), direction, tier, dtype, Draw::kPlain, extents, offset);
      Evaluation evaluation = tensors.evaluation();
      evaluation.weight_gradient = nullptr;
      const size_t units = UnitsOf(evaluation);
      if (is_large) evaluation.count = size_t{1} << 40;
      EvaluateStretch(kernels, evaluation, 0, units);
      return tensors.Results();
    };
    const Bytes wanted = results(0, false);
    for (const size_t offset : {0, 1, 8, 16, 32, 64}) {
      EXPECT_EQ(results(offset, true), wanted) << offset;
    }
  };
  for (const KernelSet& kernels : AllKernels()) {
    for (const DType dtype : kAllDTypes) {
      for (const Tier tier : {Tier::kExact, Tier::kFast}) {
        for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
          SCOPED_TRACE(testing::Message() << kernels.target << " " << Name(dtype) << " "
                                          << Name(tier) << " " << Name(direction));
          for (const Extents& extents : kExtents) check(kernels, direction, tier, dtype, extents);
        }
      }
    }
  }
}

std::vector<FunctionId> OtherThanElementsAndRows() {
  std::vector<FunctionId> functions;
  for (FunctionId id = ElementwiseFunctions().size(); id < Catalogue().size(); ++id) {
    if (Catalogue()[id].kind != Kind::kRowWise) functions.push_back(id);
  }
  return functions;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, LargeKindsTest, ::testing::ValuesIn(OtherThanElementsAndRows()),
                         [](const auto& test) {
                           return std::string(Catalogue()[test.param].name);
                         });

// Rows are not elements: a thousand of them are many pieces.
TEST(RowWorkTest, IsInterruptedBetweenPieces) {
  Evaluation evaluation;
  evaluation.function = *FindFunction("softmax");
  evaluation.params = *ResolveParams(evaluation.function, {});
  evaluation.layout = *ResolveLayout(evaluation.function, evaluation.params, {1000, 1024});
  evaluation.count = size_t{1000} * 1024;
  const std::vector<float> x(evaluation.count);
  std::vector<float> out(evaluation.count);
  evaluation.x = x.data();
  evaluation.out = out.data();
  std::atomic<int> asked{0};
  std::promise<absl::Status> done;
  MakeCpuBackend(2)->Run(
      {&evaluation, 1},
      [&asked] { return ++asked < 10 ? absl::OkStatus() : absl::CancelledError(""); },
      [&done](absl::Status status) { done.set_value(std::move(status)); });
  EXPECT_EQ(done.get_future().get().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace activation
