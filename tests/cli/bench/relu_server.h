// A real gRPC server in this process that evaluates relu on f32, and can be told to answer
// wrongly or not at all: the far end for tests of what a load test sees.
#ifndef ACTIVATION_TESTS_CLI_BENCH_RELU_SERVER_H_
#define ACTIVATION_TESTS_CLI_BENCH_RELU_SERVER_H_

#include <grpcpp/server.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace activation::cli {

// Thread-safe, but for the faults, which are set before the first call.
class ReluServer {
 public:
  struct Faults {
    // By the number of the call or item: flip the least bit of the last element.
    std::function<bool(uint64_t)> wrong_bit{};
    // End with UNAVAILABLE; items of streams get it as their error.
    std::function<bool(uint64_t)> failure{};
    // Never answer an item of a stream.
    std::function<bool(uint64_t)> silence{};
    // Called for every call and item.
    std::function<void(uint64_t)> on_call{};
  };

  explicit ReluServer(Faults faults);
  ~ReluServer();

  const std::string& endpoint() const { return endpoint_; }
  uint64_t calls() const { return calls_.load(); }

 private:
  class Service;

  std::atomic<uint64_t> calls_{0};
  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
  std::string endpoint_;
};

}  // namespace activation::cli

#endif  // ACTIVATION_TESTS_CLI_BENCH_RELU_SERVER_H_
