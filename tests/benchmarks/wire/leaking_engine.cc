// A leak on purpose in the server: the linker puts this before Engine::Submit (--wrap in
// CMakeLists.txt), so the server itself has no switch for it. Every call loses as many bytes as
// ACTIVATION_LEAK_BYTES says.
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "src/engine/engine.h"

namespace activation {
namespace {

// What is lost stays linked, so that nothing but its size tells it from what is in use.
struct Lost {
  Lost* next;
};

std::atomic<Lost*> all_lost{nullptr};

void Lose() {
  static const char* const text = std::getenv("ACTIVATION_LEAK_BYTES");
  static const size_t bytes = text == nullptr ? 0 : std::strtoul(text, nullptr, 10);
  if (bytes < sizeof(Lost)) return;
  void* const memory = std::malloc(bytes);
  if (memory == nullptr) return;
  // A page that was never written is not resident.
  std::memset(memory, 1, bytes);
  auto* const lost = new (memory) Lost{all_lost.load(std::memory_order_relaxed)};
  while (!all_lost.compare_exchange_weak(lost->next, lost, std::memory_order_relaxed)) {
  }
}

}  // namespace

// activation::Engine::Submit(activation::Job), as the linker knows it.
extern "C++" void RealSubmit(Engine* engine,
                             Job job) asm("__real__ZN10activation6Engine6SubmitENS_3JobE");
extern "C++" void LeakingSubmit(Engine* engine,
                                Job job) asm("__wrap__ZN10activation6Engine6SubmitENS_3JobE");

void LeakingSubmit(Engine* engine, Job job) {
  Lose();
  RealSubmit(engine, std::move(job));
}

}  // namespace activation
