// One job of the page through the engine, as a client's call goes. Thread-safe.
#ifndef ACTIVATION_SERVER_PAGE_RUN_H_
#define ACTIVATION_SERVER_PAGE_RUN_H_

#include <vector>

#include "absl/status/status.h"
#include "src/engine/engine.h"

namespace activation::page {

// Waits until it is done. DEADLINE_EXCEEDED where that takes longer than a second.
absl::Status Run(Engine& engine, std::vector<Evaluation> evaluations);

}  // namespace activation::page

#endif  // ACTIVATION_SERVER_PAGE_RUN_H_
