#include "tests/base/no_memory_here.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>

namespace activation {
namespace {

constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

thread_local std::size_t granted_here = kAny;
thread_local bool refused_here = false;

void* Memory(std::size_t size) noexcept {
  if (granted_here == 0) {
    refused_here = true;
    return nullptr;
  }
  if (granted_here != kAny) --granted_here;
  return std::malloc(std::max<std::size_t>(size, 1));
}

}  // namespace

NoMemoryHere::NoMemoryHere(std::size_t granted) {
  granted_here = granted;
  refused_here = false;
}
NoMemoryHere::~NoMemoryHere() { granted_here = kAny; }
bool NoMemoryHere::refused() { return refused_here; }

}  // namespace activation

void* operator new(std::size_t size) {
  void* const memory = activation::Memory(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

// What comes from here goes back through here: sanitizers look.
// The compiler, which may see the one end without the other, need not.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return activation::Memory(size);
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
