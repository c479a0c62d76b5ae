// Work for which the system may have no memory.
#ifndef ACTIVATION_SRC_BASE_OUT_OF_MEMORY_H_
#define ACTIVATION_SRC_BASE_OUT_OF_MEMORY_H_

#include <new>

#include "absl/status/status.h"

namespace activation {

// What `work` returns, or what `error` does where there was no memory for it (errors.h).
template <class Work, class Error>
absl::Status OrOutOfMemory(const Work& work, const Error& error) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return error();
  }
}

// Does `work` as far as there is memory for it: where nobody is above who would catch more, and it
// can be left out, or be done the next time.
template <class Work>
void UnlessOutOfMemory(const Work& work) {
  try {
    work();
  } catch (const std::bad_alloc&) {
  }
}

}  // namespace activation

#endif  // ACTIVATION_SRC_BASE_OUT_OF_MEMORY_H_
