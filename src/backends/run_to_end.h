// A run that its caller waits for: where nothing else is to be done meanwhile.
#ifndef ACTIVATION_SRC_BACKENDS_RUN_TO_END_H_
#define ACTIVATION_SRC_BACKENDS_RUN_TO_END_H_

#include <future>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "src/backends/backend.h"

namespace activation {

// How the evaluations end, which nobody cancels.
inline absl::Status RunToEnd(Backend& backend, absl::Span<const Evaluation> evaluations) {
  // Of both threads: the one that waits may have gone on before the other is done with telling it.
  const auto ended = std::make_shared<std::promise<absl::Status>>();
  std::future<absl::Status> status = ended->get_future();
  backend.Run(
      evaluations, [] { return absl::OkStatus(); },
      [ended](absl::Status result) { ended->set_value(std::move(result)); });
  return status.get();
}

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_RUN_TO_END_H_
