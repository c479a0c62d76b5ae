// A thread that gets no memory. Thread-safe.
#ifndef ACTIVATION_TESTS_SERVER_NO_MEMORY_HERE_H_
#define ACTIVATION_TESTS_SERVER_NO_MEMORY_HERE_H_

namespace activation {

// While one exists, `new` gives its thread nothing.
class NoMemoryHere {
 public:
  NoMemoryHere();
  ~NoMemoryHere();

  NoMemoryHere(const NoMemoryHere&) = delete;
  NoMemoryHere& operator=(const NoMemoryHere&) = delete;
};

}  // namespace activation

#endif  // ACTIVATION_TESTS_SERVER_NO_MEMORY_HERE_H_
