// What came of looking at a file again.
#ifndef ACTIVATION_SERVER_ACCESS_RELOAD_H_
#define ACTIVATION_SERVER_ACCESS_RELOAD_H_

namespace activation::access {

enum class Reload {
  kUnchanged,
  kDone,
  // What it held before counts on.
  kFailed,
};

}  // namespace activation::access

#endif  // ACTIVATION_SERVER_ACCESS_RELOAD_H_
