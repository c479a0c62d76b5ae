// Connections the process has no file descriptor for.
//
// gRPC 1.51 never listens again once accept() has failed for want of a descriptor
// (CVE-2023-4785), and civetweb then asks again and again. So this program has accept() and
// accept4() of its own, which both libraries call instead of the C library's: a connection
// that takes one of the last descriptors is closed at once, before either library sees it.
// Its client gets UNAVAILABLE and tries again; everything else that needs a descriptor
// finds one; and once connections end, new ones are taken. docs/adr/0013 says why so.
// Thread-safe.
#ifndef ACTIVATION_SERVER_ACCEPT_H_
#define ACTIVATION_SERVER_ACCEPT_H_

#include <cstdint>

namespace activation {

// From now on connections are closed whose descriptor is among the last of the limit in
// force (RLIMIT_NOFILE). Before that only those are that would get none at all.
void KeepLastDescriptors();

// Connections closed for want of descriptors, since the start.
int64_t ConnectionsShed();

}  // namespace activation

#endif  // ACTIVATION_SERVER_ACCEPT_H_
