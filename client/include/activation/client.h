// The C++ client of the activation service.
//
//   #include <activation/client.h>
//
//   activation::client::Client client({.endpoint = "127.0.0.1:50051"});
//   std::vector<float> x = {-1, 0, 1}, y(3);
//   absl::Status status = client.Forward({.function = "gelu"}, x, absl::MakeSpan(y));
#ifndef ACTIVATION_CLIENT_H_
#define ACTIVATION_CLIENT_H_

#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "activation/options.h"
#include "activation/types.h"

namespace activation::client {

class Connection;
class SharedRanges;

// A handle to a server: cheap to copy, all copies share one pool of
// connections. Connects on the first call.
//
// Errors are those of the service (the message names the field), plus
// INVALID_ARGUMENT for spans of different lengths, checked before anything is
// sent. A failed call leaves the outputs unspecified. RetryDelay(status) is what a server that is
// full has said to the last try.
//
// Tensors that lie in a SharedBuffer (shared_buffer.h) of this client or a copy of it
// are not sent: the server reads and writes them where they are.
//
// Thread safety: every member may be called from any thread at once. Memory
// given to a call is read and written until the call is done.
class Client {
 public:
  // Opens nothing yet, and reads the files that the options name.
  explicit Client(const ClientOptions& options = {});
  // For tests: a client over a connection of one's own.
  explicit Client(std::shared_ptr<Connection> connection);

  // y = f(x), elementwise. `x` and `y` have the same length.
  absl::Status Forward(const Activation& activation, absl::Span<const float> x,
                       absl::Span<float> y) const;
  absl::Status Forward(const Activation& activation, absl::Span<const double> x,
                       absl::Span<double> y) const;

  // dx = dy * f'(x). An empty `dy` means all ones.
  absl::Status Gradient(const Activation& activation, absl::Span<const float> x,
                        absl::Span<const float> dy, absl::Span<float> dx) const;
  absl::Status Gradient(const Activation& activation, absl::Span<const double> x,
                        absl::Span<const double> dy, absl::Span<double> dx) const;

  // A batch in one call: any functions, dtypes and shapes. The natural way to
  // send many small tensors.
  absl::Status Forward(absl::Span<const ForwardItem> items) const;
  absl::Status Gradient(absl::Span<const GradientItem> items) const;

  // The same without waiting: `done` is called once, from a thread of the
  // library, and must not block; the future form needs no callback. The items
  // are copied, the memory they point to is not.
  void ForwardAsync(std::vector<ForwardItem> items, std::function<void(absl::Status)> done) const;
  void GradientAsync(std::vector<GradientItem> items, std::function<void(absl::Status)> done) const;
  std::future<absl::Status> ForwardAsync(std::vector<ForwardItem> items) const;
  std::future<absl::Status> GradientAsync(std::vector<GradientItem> items) const;

  // The server's catalogue.
  absl::StatusOr<std::vector<FunctionInfo>> ListFunctions() const;

  // Version, devices and limits of the server.
  absl::StatusOr<ServerInfo> GetServerInfo() const;

  // Asks grpc.health.v1 about `service` ("" is the server as a whole): OK when
  // serving, UNAVAILABLE when not. Uses a connection of its own and never
  // retries, so that a dead listener is seen.
  absl::Status CheckHealth(const std::string& service = "") const;

 private:
  friend class SharedBuffer;

  std::shared_ptr<Connection> connection_;
  std::shared_ptr<SharedRanges> shared_;  // memory of the SharedBuffers of all copies
};

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_H_
