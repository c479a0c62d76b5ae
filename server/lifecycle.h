// A server's life as a process: from its configuration to its exit code.
#ifndef ACTIVATION_SERVER_LIFECYCLE_H_
#define ACTIVATION_SERVER_LIFECYCLE_H_

#include "server/config.h"

namespace activation {

// Says why a command line is refused: in the log where that is of JSON lines, else as plain text.
// Returns the exit code. To be called from main before there is any other thread.
int ReportRefusal(const CommandLine& command_line);

// Serves until SIGTERM or SIGINT, then drains; a second signal hastens the
// drain. SIGHUP has certificates and tokens looked at again. Returns 0 after a drain, 1 where the
// server could not start, 2 where a setting cannot be followed. A service manager that set
// NOTIFY_SOCKET is told when it serves and when it stops. To be called from main before there
// is any other thread.
int RunUntilSignal(const Config& config);

}  // namespace activation

#endif  // ACTIVATION_SERVER_LIFECYCLE_H_
