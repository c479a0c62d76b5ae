#include "client/cli/interrupt.h"

#include <csignal>

namespace activation::cli {
namespace {

std::atomic<bool> interrupted{false};
// A signal handler may touch nothing else.
static_assert(std::atomic<bool>::is_always_lock_free);

}  // namespace

const std::atomic<bool>& StopOnInterrupt() {
  for (const int ending : {SIGINT, SIGTERM}) {
    std::signal(ending, [](int signal) {
      interrupted.store(true);
      std::signal(signal, SIG_DFL);
    });
  }
  return interrupted;
}

}  // namespace activation::cli
