// Connections of the load to gRPC servers.
#ifndef ACTIVATION_TESTS_BENCHMARKS_WIRE_CHANNEL_H_
#define ACTIVATION_TESTS_BENCHMARKS_WIRE_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>

#include "tests/benchmarks/wire/worker.h"

namespace activation::wire_benchmark {

// With a connection of its own, and the arguments that the client library gives its own.
std::shared_ptr<grpc::Channel> Connect(const WorkerOptions& options);

}  // namespace activation::wire_benchmark

#endif  // ACTIVATION_TESTS_BENCHMARKS_WIRE_CHANNEL_H_
