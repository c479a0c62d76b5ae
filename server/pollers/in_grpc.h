// Our pollers in the place of those that gRPC would start.
//
// gRPC has no setting for it. Its servers and channels of the callback API ask one function for the
// queue that they share, and the linker gives them ours for it, in programs that link gRPC's
// archives (server/pollers/CMakeLists.txt). In others nothing here has an effect.
// In the way of a request: gRPC -> Pollers -> UnaryCall.
#ifndef ACTIVATION_SERVER_POLLERS_IN_GRPC_H_
#define ACTIVATION_SERVER_POLLERS_IN_GRPC_H_

namespace activation {

// From the next time on that there is no server and no channel of the callback API in this process;
// `fixed` as in PollerOptions. The last of them must not end on a poller, which would have to wait
// for itself. Thread-safe.
void UseOwnPollers(int fixed);

// How many there are; 0 where gRPC has its own. Thread-safe.
int OwnPollers();

}  // namespace activation

#endif  // ACTIVATION_SERVER_POLLERS_IN_GRPC_H_
