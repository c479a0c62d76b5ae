// A workload's tensors in memory that a server on this machine sees, too: the inputs of
// every call once, and for each call in flight a place for its results.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_SHARED_TENSORS_H_
#define ACTIVATION_CLIENT_CLI_BENCH_SHARED_TENSORS_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "activation/options.h"
#include "client/cli/bench/protocol.h"
#include "client/cli/bench/workload.h"
#include "client/src/shared_object.h"

namespace activation::cli {

// How many results it has places for, and under what name the server finds it.
struct SharedTensorsOptions {
  size_t places = 1;
  std::string prefix;  // what the server's --shared-memory-prefix says
};

// Thread-compatible; unregisters when it goes.
class SharedTensors {
 public:
  // Registers with the server that `client` names through the protocol's own call.
  // UNIMPLEMENTED where the server has shared memory off, NOT_FOUND where it runs on another
  // machine, INVALID_ARGUMENT where it wants another prefix. The workload must outlive this.
  static absl::StatusOr<std::unique_ptr<SharedTensors>> Create(const client::ClientOptions& client,
                                                               Api api, const Workload& workload,
                                                               const SharedTensorsOptions& options);

  ~SharedTensors();
  SharedTensors(const SharedTensors&) = delete;
  SharedTensors& operator=(const SharedTensors&) = delete;

  size_t places() const { return places_; }
  RegionPlaces PlacesOf(size_t choice, size_t place) const;

 private:
  SharedTensors(std::shared_ptr<grpc::Channel> channel, Api api, client::SharedObject object,
                size_t places, std::vector<RegionPlaces> inputs, size_t results,
                size_t result_bytes);
  absl::Status Register(absl::Duration deadline);

  const std::shared_ptr<grpc::Channel> channel_;
  const Api api_;
  client::SharedObject object_;
  const size_t places_;
  std::vector<RegionPlaces> inputs_;  // by choice
  const size_t results_;              // where those of the first place begin
  const size_t result_bytes_;         // of each place
  std::string region_;                // empty until registered
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_SHARED_TENSORS_H_
