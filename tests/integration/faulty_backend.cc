#include "tests/integration/faulty_backend.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "src/backends/cpu/cpu_backend.h"

namespace activation {
namespace {

// Runs that stand still, of all engines of the process. Thread-safe.
class Held {
 public:
  struct Run {
    Interrupt interrupt;
    std::function<void()> begin;
  };

  void Hold(bool on) {
    std::vector<Run> released;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      on_ = on;
      if (!on) released.swap(runs_);
    }
    for (const Run& run : released) run.begin();
  }

  void RunOrHold(Run run) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (on_) {
        runs_.push_back(std::move(run));
        return;
      }
    }
    run.begin();
  }

  size_t count() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return runs_.size();
  }

  size_t interrupted() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return static_cast<size_t>(std::count_if(runs_.begin(), runs_.end(),
                                             [](const Run& run) { return !run.interrupt().ok(); }));
  }

 private:
  std::mutex mutex_;
  bool on_ = false;        // guarded by mutex_
  std::vector<Run> runs_;  // guarded by mutex_
};

Held& TheHeld() {
  static auto* const held = new Held;
  return *held;
}

class FaultyBackend final : public Backend {
 public:
  explicit FaultyBackend(std::unique_ptr<Backend> backend) : backend_(std::move(backend)) {}

  std::string name() const override { return backend_->name(); }
  std::string description() const override { return backend_->description(); }

  void Run(absl::Span<const Evaluation> evaluations, Interrupt interrupt,
           std::function<void(absl::Status)> done) override {
    if (IsInline(evaluations)) {
      return backend_->Run(evaluations, std::move(interrupt), std::move(done));
    }
    RunElsewhere(evaluations, std::move(interrupt), std::move(done));
  }

  void RunElsewhere(absl::Span<const Evaluation> evaluations, Interrupt interrupt,
                    std::function<void(absl::Status)> done) override {
    std::vector<Evaluation> kept(evaluations.begin(), evaluations.end());
    const auto run = [this, kept = std::move(kept), interrupt, done = std::move(done)] {
      backend_->RunElsewhere(kept, interrupt, done);
    };
    TheHeld().RunOrHold({std::move(interrupt), run});
  }

 private:
  const std::unique_ptr<Backend> backend_;
};

std::atomic<size_t> memory_limit{SIZE_MAX};
std::atomic<size_t> others_limit{SIZE_MAX};
std::atomic<size_t> memory_failures{0};

}  // namespace

StuckBackend::StuckBackend() { TheHeld().Hold(true); }
StuckBackend::~StuckBackend() { TheHeld().Hold(false); }
size_t StuckBackend::held() { return TheHeld().count(); }
size_t StuckBackend::interrupted() { return TheHeld().interrupted(); }

NoMemory::NoMemory(size_t least_bytes, Of of) {
  memory_failures = 0;
  (of == Of::kTensors ? memory_limit : others_limit) = least_bytes;
}
NoMemory::~NoMemory() {
  memory_limit = SIZE_MAX;
  others_limit = SIZE_MAX;
}
size_t NoMemory::failures() { return memory_failures; }

// activation::MakeCpuBackend(int), as the linker knows it.
extern "C++" std::unique_ptr<Backend> RealCpuBackend(int threads) asm(
    "__real__ZN10activation14MakeCpuBackendEi");
extern "C++" std::unique_ptr<Backend> WrappedCpuBackend(int threads) asm(
    "__wrap__ZN10activation14MakeCpuBackendEi");

std::unique_ptr<Backend> WrappedCpuBackend(int threads) {
  return std::make_unique<FaultyBackend>(RealCpuBackend(threads));
}

}  // namespace activation

// What buffers of tensors come from (src/base/aligned_buffer.h).
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto unit = static_cast<std::size_t>(alignment);
  void* memory = nullptr;
  if (size < activation::memory_limit) {
    memory = std::aligned_alloc(unit, (size + unit - 1) / unit * unit);
  } else {
    ++activation::memory_failures;
  }
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void* operator new(std::size_t size) {
  void* memory = nullptr;
  if (size < activation::others_limit) {
    memory = std::malloc(std::max<std::size_t>(size, 1));
  } else {
    ++activation::memory_failures;
  }
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

// What comes from here goes back through here: sanitizers look.
// The compiler, which may see the one end without the other, need not.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return size < activation::others_limit ? std::malloc(std::max<std::size_t>(size, 1)) : nullptr;
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
