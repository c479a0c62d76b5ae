// One thread of a closed loop: it keeps its calls in flight until the watch stops, each
// reply followed by the next request. A new way of calling is one more kind here.
#ifndef ACTIVATION_TESTS_BENCHMARKS_WIRE_WORKER_H_
#define ACTIVATION_TESTS_BENCHMARKS_WIRE_WORKER_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/benchmarks/wire/tally.h"

namespace activation::wire_benchmark {

// One thread's share of the load.
struct WorkerOptions {
  std::string address;
  std::string method;
  int in_flight = 1;
  int connections = 1;
  std::vector<std::string> arguments;  // of channels, name=number
};

// Of what is `total` in all, the share of one of `parts`.
inline int Share(int total, int parts, int part) {
  return total / parts + (part < total % parts ? 1 : 0);
}

class Worker {
 public:
  virtual ~Worker() = default;
  // Returns when no call is left. Failures go to the watch.
  virtual void Run(Tally* tally) = 0;
};

// Unary gRPC calls of bytes, on a completion queue.
std::unique_ptr<Worker> NewUnaryWorker(const WorkerOptions& options);
// Items on gRPC streams, one for each connection.
std::unique_ptr<Worker> NewStreamWorker(const WorkerOptions& options);
// To the TCP echo: a connection for each call in flight.
std::unique_ptr<Worker> NewTcpWorker(const WorkerOptions& options);

}  // namespace activation::wire_benchmark

#endif  // ACTIVATION_TESTS_BENCHMARKS_WIRE_WORKER_H_
