// Our pollers in the place of those that gRPC would start.
//
// gRPC has no setting for it. Its servers and channels of the callback API ask one function for the
// queue that they share, and the linker gives them ours for it, in programs that link gRPC's
// archives (server/pollers/CMakeLists.txt). In others nothing here has an effect.
#ifndef ACTIVATION_SERVER_POLLERS_IN_GRPC_H_
#define ACTIVATION_SERVER_POLLERS_IN_GRPC_H_

namespace activation {

// Of all servers and channels of this process that are made from now on, until the last of them has
// gone; `fixed` as in PollerOptions. Nothing while some of these live already. Thread-safe.
void UseOwnPollers(int fixed);

// How many there are; 0 where gRPC has its own. Thread-safe.
int OwnPollers();

}  // namespace activation

#endif  // ACTIVATION_SERVER_POLLERS_IN_GRPC_H_
