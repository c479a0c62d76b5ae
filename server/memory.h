// How the process keeps memory that it has freed, and when it gives it back.
#ifndef ACTIVATION_SERVER_MEMORY_H_
#define ACTIVATION_SERVER_MEMORY_H_

#include "absl/time/time.h"

namespace activation {

// Makes the C library keep tens of megabytes that were freed instead of giving them
// back at once: what gRPC receives a message of megabytes into is freed with every call,
// and new memory costs a page fault for every 4 KiB. To be called before other threads
// start; does nothing where the C library is not glibc.
void KeepFreedMemory();

// Gives the system the buffers of results that nobody took since the last time, and
// every free page of the heaps. A few milliseconds; thread-safe.
void GiveBackUnusedMemory();

// Done so often a process holds after a burst what the calls of now need: without it heaps keep
// the most that ever was in use, in the places where each of them happened to need it. Seldom
// enough that the page faults to come are no cost that can be measured.
inline constexpr absl::Duration kGiveBackPeriod = absl::Seconds(10);

}  // namespace activation

#endif  // ACTIVATION_SERVER_MEMORY_H_
