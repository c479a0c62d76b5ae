// Rows in memory that another process changes while they are computed, as the owner of shared
// memory may: nothing beyond them is read or written, and there is an end.
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "src/backends/cpu/evaluate.h"
#include "tests/backends/cpu/evaluations.h"

namespace activation {
namespace {

constexpr size_t kPage = 4096;
constexpr size_t kBytes = 8 * kPage;

// Shared memory of a process that changes it all the time, right before a page that nobody may
// touch.
class ChangingMemory {
 public:
  ChangingMemory()
      : mapping_(mmap(nullptr, kBytes + kPage, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                      -1, 0)) {
    mprotect(end(), kPage, PROT_NONE);
    owner_ = fork();
    if (owner_ == 0) Change();
  }
  ~ChangingMemory() {
    kill(owner_, SIGKILL);
    waitpid(owner_, nullptr, 0);
    munmap(mapping_, kBytes + kPage);
  }
  ChangingMemory(const ChangingMemory&) = delete;
  ChangingMemory& operator=(const ChangingMemory&) = delete;

  bool ok() const { return mapping_ != MAP_FAILED && owner_ > 0; }
  std::byte* end() const { return static_cast<std::byte*>(mapping_) + kBytes; }

 private:
  // By floats, which as halves of doubles are as good: tops that go, that are no number or the
  // only number, and that rise with each look at them.
  [[noreturn]] void Change() {
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    auto* const x = static_cast<volatile float*>(mapping_);
    constexpr size_t kCount = kBytes / sizeof(float);
    constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
    std::minstd_rand random(1);
    for (float rising = -1e6F;; rising = rising > 1e6F ? -1e6F : rising + 41) {
      const float values[] = {0, 1, kNan, -std::numeric_limits<float>::infinity(), rising};
      const float value = values[random() % 5];
      const size_t begin = random() % 2 == 0 ? 0 : random() % kCount;
      for (size_t i = begin; i < kCount; ++i) x[i] = value;
      x[kCount - 1 - random() % 64] = values[random() % 5];
    }
  }

  void* const mapping_;
  pid_t owner_ = -1;
};

struct Shape {
  DType dtype;
  Tier tier;
  size_t extent;
};

class ChangingRowsTest : public testing::TestWithParam<const char*> {};

TEST_P(ChangingRowsTest, AreSafe) {
  using Clock = std::chrono::steady_clock;
  constexpr std::byte kGuard{0x5a};
  constexpr size_t kGuards = 1024;
  const ChangingMemory memory;
  ASSERT_TRUE(memory.ok());
  // As long as what stays on the stack of a kernel, and one more and less.
  for (const Shape& shape : {Shape{DType::kF32, Tier::kExact, 64},
                             {DType::kF32, Tier::kExact, 4096},
                             {DType::kF32, Tier::kExact, 4099},
                             {DType::kF32, Tier::kFast, 4096},
                             {DType::kF64, Tier::kExact, 64},
                             {DType::kF64, Tier::kExact, 4095}}) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      Evaluation row = Make(*FindFunction(GetParam()), direction, shape.dtype, shape.extent);
      const size_t bytes = shape.extent * SizeOf(shape.dtype);
      std::vector<std::byte> out(bytes + 2 * kGuards, kGuard);
      row.tier = shape.tier;
      row.layout = {.outer = 1, .extent = shape.extent, .inner = 1};
      row.x = memory.end() - bytes;
      if (direction == Direction::kGradient) row.dy = row.x;
      row.out = out.data() + kGuards;
      const auto end = Clock::now() + std::chrono::milliseconds(50);
      while (Clock::now() < end) EvaluateStretch(BestKernels(), row, 0, 1);
      const auto is_guard = [](std::byte byte) { return byte == kGuard; };
      ASSERT_TRUE(std::all_of(out.begin(), out.begin() + kGuards, is_guard));
      ASSERT_TRUE(std::all_of(out.end() - kGuards, out.end(), is_guard));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, ChangingRowsTest,
                         testing::Values("softmax", "softmin", "log_softmax"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace activation
