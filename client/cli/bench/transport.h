// How calls travel: prepared bytes out, a reply's bytes back, over gRPC. Whoever Sends and
// whoever takes what ended may be two threads; each of the two may be only one.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_TRANSPORT_H_
#define ACTIVATION_CLIENT_CLI_BENCH_TRANSPORT_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <optional>

#include "activation/options.h"
#include "client/cli/bench/server_times.h"

namespace activation::cli {

// A place for one call in flight, used again and again. Belongs to the transport from
// Send until it comes back.
struct WireCall {
  const char* method = nullptr;
  const grpc::ByteBuffer* request = nullptr;
  bool ask_times = false;  // heeded by unary calls alone
  grpc::ByteBuffer reply;
  grpc::Status status;
  std::optional<ServerTimes> server;
  size_t place = 0;  // of the caller
};

class Transport {
 public:
  virtual ~Transport() = default;

  virtual void Send(WireCall* call) = 0;
  // Waits for a call to end. nullptr once Shutdown was called and none is left.
  virtual WireCall* Next() = 0;
  // No call is sent any more.
  virtual void Shutdown() = 0;
  // Ends what is in flight and has no deadline of its own. From any thread.
  virtual void Cancel() = 0;
};

// `options.connections` connections, taken in turn; a call takes options.deadline at most.
std::unique_ptr<Transport> NewUnaryTransport(const client::ClientOptions& options);

// A stream of `method` on each of them. Replies come in the order of calls.
std::unique_ptr<Transport> NewStreamTransport(const client::ClientOptions& options,
                                              const char* method);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_TRANSPORT_H_
