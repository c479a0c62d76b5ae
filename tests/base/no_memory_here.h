// A thread that gets no memory. Thread-safe.
#ifndef ACTIVATION_TESTS_BASE_NO_MEMORY_HERE_H_
#define ACTIVATION_TESTS_BASE_NO_MEMORY_HERE_H_

#include <cstddef>
#include <new>

namespace activation {

// While one exists, `new` gives its thread nothing more once it was asked so many times.
class NoMemoryHere {
 public:
  explicit NoMemoryHere(size_t granted = 0);
  ~NoMemoryHere();

  NoMemoryHere(const NoMemoryHere&) = delete;
  NoMemoryHere& operator=(const NoMemoryHere&) = delete;

  // Whether this thread was refused memory since.
  static bool refused();
};

// Whether `work`, which may throw for it, asks this thread's `new` more often than that.
template <class Work>
bool AsksMoreOftenThan(size_t granted, const Work& work) {
  const NoMemoryHere none(granted);
  try {
    work();
  } catch (const std::bad_alloc&) {
  }
  return NoMemoryHere::refused();
}

}  // namespace activation

#endif  // ACTIVATION_TESTS_BASE_NO_MEMORY_HERE_H_
