#include "client/cli/bench/baseline.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace activation::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kStretches = 5;
// Small copies are timed in runs, so that the clock costs nothing.
constexpr size_t kBytesBetweenLooks = size_t{1} << 20;

// The compiler must take the bytes for read.
void Keep(const char* bytes) { asm volatile("" : : "r"(bytes) : "memory"); }

double Stretch(const std::string& from, std::string* to, std::chrono::nanoseconds time) {
  const size_t copies = std::max<size_t>(1, kBytesBetweenLooks / from.size());
  size_t copied = 0;
  const Clock::time_point start = Clock::now();
  Clock::time_point now = start;
  do {
    for (size_t i = 0; i < copies; ++i) {
      std::memcpy(to->data(), from.data(), from.size());
      Keep(to->data());
    }
    copied += copies * from.size();
    now = Clock::now();
  } while (now - start < time);
  return 2 * static_cast<double>(copied) / std::chrono::duration<double>(now - start).count();
}

}  // namespace

std::optional<double> Baseline::ShareOfEcho(const RunResult& run) const {
  if (echo.calls_per_second() <= 0) return std::nullopt;
  return run.calls_per_second() / echo.calls_per_second();
}

double Baseline::ShareOfMemcpy(const RunResult& run) const {
  return memcpy_bytes_per_second > 0 ? run.PerSecond(run.bytes) / memcpy_bytes_per_second : 0;
}

double MemcpyBytesPerSecond(size_t bytes, std::chrono::nanoseconds time) {
  if (bytes == 0) return 0;
  const std::string from(bytes, 'x');
  std::string to(bytes, 'y');
  double best = 0;
  for (int i = 0; i < kStretches; ++i) {
    best = std::max(best, Stretch(from, &to, time / kStretches));
  }
  return best;
}

}  // namespace activation::cli
