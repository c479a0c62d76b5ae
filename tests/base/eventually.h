// What becomes true in another thread or process, which tells nobody.
#ifndef ACTIVATION_TESTS_BASE_EVENTUALLY_H_
#define ACTIVATION_TESTS_BASE_EVENTUALLY_H_

#include <chrono>
#include <functional>
#include <thread>

namespace activation {

// Whether `condition` comes true; asks again and again for at most a minute.
inline bool Eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace activation

#endif  // ACTIVATION_TESTS_BASE_EVENTUALLY_H_
