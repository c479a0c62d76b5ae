// Servers that send every request back: what the same bytes cost without our work.
// Each serves from Start() until the object goes. They stand beside the way of a
// request, as its yardstick.
#ifndef ACTIVATION_TESTS_BENCHMARKS_WIRE_ECHO_H_
#define ACTIVATION_TESTS_BENCHMARKS_WIRE_ECHO_H_

#include <grpcpp/support/channel_arguments.h>

#include <memory>
#include <string>
#include <vector>

namespace activation::wire_benchmark {

// What one echo is told; not every kind heeds all of it.
struct EchoOptions {
  std::string address = "127.0.0.1:0";
  // Full names of the unary methods, as "/activation.v1.ActivationService/Forward".
  std::vector<std::string> methods;
  // Channel arguments, as "grpc.http2.max_frame_size=65536".
  std::vector<std::string> arguments;
  // Completion queues with a thread each, of kinds that have them.
  int queues = 1;
  // Whether each call has an object that gRPC tells when it is done, kind callback.
  bool own_reactor = false;
};

class Echo {
 public:
  virtual ~Echo() = default;
  // What a client connects to; empty where nothing could be bound.
  virtual std::string target() const = 0;
};

// The request's buffer as the reply, on the callback API.
std::unique_ptr<Echo> StartCallbackEcho(const EchoOptions& options);
// The same on completion queues.
std::unique_ptr<Echo> StartQueueEcho(const EchoOptions& options);
// Our Forward with protobuf's objects: parses the request, copies each x to its y and
// serializes the reply.
std::unique_ptr<Echo> StartProtobufEcho(const EchoOptions& options);
// No gRPC at all: messages behind their length (tcp_channel.h).
std::unique_ptr<Echo> StartTcpEcho(const EchoOptions& options);

}  // namespace activation::wire_benchmark

#endif  // ACTIVATION_TESTS_BENCHMARKS_WIRE_ECHO_H_
