#include "tests/server/no_memory_here.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace activation {
namespace {

thread_local bool none = false;

void* Memory(std::size_t size) noexcept {
  return none ? nullptr : std::malloc(std::max<std::size_t>(size, 1));
}

}  // namespace

NoMemoryHere::NoMemoryHere() { none = true; }
NoMemoryHere::~NoMemoryHere() { none = false; }

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
