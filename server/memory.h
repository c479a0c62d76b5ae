// How the process keeps memory that it has freed.
#ifndef ACTIVATION_SERVER_MEMORY_H_
#define ACTIVATION_SERVER_MEMORY_H_

namespace activation {

// Makes the C library keep tens of megabytes that were freed instead of giving them
// back at once: what gRPC receives a message of megabytes into is freed with every call,
// and new memory costs a page fault for every 4 KiB. To be called before other threads
// start; does nothing where the C library is not glibc.
void KeepFreedMemory();

}  // namespace activation

#endif  // ACTIVATION_SERVER_MEMORY_H_
