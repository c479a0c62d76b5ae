// Ctrl-C, and SIGTERM, which `timeout` and containers send: the first ends the work, and what
// there is is shown; the second of a kind ends the process.
#ifndef ACTIVATION_CLIENT_CLI_INTERRUPT_H_
#define ACTIVATION_CLIENT_CLI_INTERRUPT_H_

#include <atomic>

namespace activation::cli {

// From now on. True once the first came; it outlives everything.
const std::atomic<bool>& StopOnInterrupt();

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_INTERRUPT_H_
