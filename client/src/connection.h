// The seam of the client library: a Connection carries one call of the service
// and says how it ended. The parts that add something to a call (retries, a
// pool of channels) are Connections around a Connection:
//
//   Client -> RetryConnection -> HedgeConnection -> ConnectionPool -> GrpcConnection
//
// Tests put one of their own under a Client.
#ifndef ACTIVATION_CLIENT_SRC_CONNECTION_H_
#define ACTIVATION_CLIENT_SRC_CONNECTION_H_

#include <google/protobuf/arena.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "activation/options.h"
#include "activation/v1/activation.pb.h"
#include "client/src/cancellation.h"

namespace activation::client {

// What goes out and what comes back. The arena makes the items of a batch cheap.
template <class Request, class Response>
struct Exchange {
  Exchange() = default;
  // The same request once more, which must live as long, for another response; made in the
  // same arena, so that the two responses can be swapped.
  explicit Exchange(Exchange* original)
      : request(original->request),
        response(*google::protobuf::Arena::CreateMessage<Response>(&original->arena)) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  google::protobuf::Arena arena{};
  Request& request = *google::protobuf::Arena::CreateMessage<Request>(&arena);
  Response& response = *google::protobuf::Arena::CreateMessage<Response>(&arena);
};

using ForwardExchange = Exchange<v1::ForwardRequest, v1::ForwardResponse>;
using GradientExchange = Exchange<v1::GradientRequest, v1::GradientResponse>;
using ListFunctionsExchange = Exchange<v1::ListFunctionsRequest, v1::ListFunctionsResponse>;
using GetServerInfoExchange = Exchange<v1::GetServerInfoRequest, v1::GetServerInfoResponse>;
using RegisterExchange =
    Exchange<v1::RegisterSharedMemoryRequest, v1::RegisterSharedMemoryResponse>;
using UnregisterExchange =
    Exchange<v1::UnregisterSharedMemoryRequest, v1::UnregisterSharedMemoryResponse>;
using StatusExchange = Exchange<v1::SharedMemoryStatusRequest, v1::SharedMemoryStatusResponse>;

// One call, with all its tries. Until it is done it belongs to the connection,
// which only reads the request and the deadline; afterwards to the caller.
struct Call {
  std::variant<ForwardExchange, GradientExchange, ListFunctionsExchange, GetServerInfoExchange,
               RegisterExchange, UnregisterExchange, StatusExchange>
      exchange;
  absl::Time deadline = absl::InfiniteFuture();
  // Where it may be cancelled; then it ends with CANCELLED, unless it has ended.
  std::shared_ptr<Cancellation> cancellation{};
  // Whether a result takes the place of an input, so that the call must not be computed twice
  // (in_place.h). Set before the call is started.
  bool in_place = false;
  // Of a copy, the call whose request it is.
  std::shared_ptr<Call> original{};
};

// How a try ended.
struct Outcome {
  absl::Status status;
  // The server's word on another try: not before this delay, or never where the
  // delay is negative. Nothing where the server did not say.
  std::optional<absl::Duration> pushback;
};

// Thread safety: every member may be called from any thread at once.
class Connection {
 public:
  using Done = std::function<void(Outcome)>;

  virtual ~Connection() = default;

  // Starts `call` and returns. `done` is called once, from any thread (this one
  // included), and must not block. The connection may be destroyed meanwhile:
  // the call ends all the same.
  virtual void Start(std::shared_ptr<Call> call, Done done) = 0;

  // Asks grpc.health.v1 about `service` over a transport of its own. Blocks.
  virtual absl::Status CheckHealth(const std::string& service, absl::Time deadline) = 0;

  virtual const ClientOptions& options() const = 0;
};

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_CONNECTION_H_
