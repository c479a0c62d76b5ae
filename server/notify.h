// What the service manager that started this process is told of it, as by sd_notify(3) of systemd.
#ifndef ACTIVATION_SERVER_NOTIFY_H_
#define ACTIVATION_SERVER_NOTIFY_H_

#include <string>

#include "absl/strings/string_view.h"

namespace activation {

// Sends `state`, assignments as READY=1 a line each, to the datagram socket at `socket`, which is
// what NOTIFY_SOCKET says: a path, or @ and an abstract name. Without one, empty, nothing is done.
// A message that cannot be sent is given up: managers have time-outs for services that are silent.
// Thread-safe.
void Notify(const std::string& socket, absl::string_view state);

}  // namespace activation

#endif  // ACTIVATION_SERVER_NOTIFY_H_
