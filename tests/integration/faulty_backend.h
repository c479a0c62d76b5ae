// Faults on purpose in the engine of this process: the linker puts this backend around the
// CPU's (--wrap in CMakeLists.txt), so the server itself has no switch for them and pays
// nothing. Without a fault it hands everything through.
#ifndef ACTIVATION_TESTS_INTEGRATION_FAULTY_BACKEND_H_
#define ACTIVATION_TESTS_INTEGRATION_FAULTY_BACKEND_H_

#include <cstddef>

namespace activation {

// Until it goes, runs for the CPU's workers stand still before their work.
class StuckBackend {
 public:
  StuckBackend();
  // Lets them go on.
  ~StuckBackend();
  StuckBackend(const StuckBackend&) = delete;
  StuckBackend& operator=(const StuckBackend&) = delete;

  // How many stand still, and for how many of these nobody waits any more, as they would be
  // told if they ran.
  static size_t held();
  static size_t interrupted();
};

// Until it goes, no memory is to be had for a tensor of so many bytes, or for anything else.
class NoMemory {
 public:
  enum class Of { kTensors, kOthers };

  explicit NoMemory(size_t least_bytes, Of of = Of::kTensors);
  ~NoMemory();
  NoMemory(const NoMemory&) = delete;
  NoMemory& operator=(const NoMemory&) = delete;

  // How often that was asked for.
  static size_t failures();
};

}  // namespace activation

#endif  // ACTIVATION_TESTS_INTEGRATION_FAULTY_BACKEND_H_
