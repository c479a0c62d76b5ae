// Every call of a workload as bytes, made once and sent many times, and the check of what
// comes back. Thread-safe, but for places: each belongs to one call in flight at a time.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_PREPARED_CALLS_H_
#define ACTIVATION_CLIENT_CLI_BENCH_PREPARED_CALLS_H_

#include <grpcpp/support/byte_buffer.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/bench/protocol.h"
#include "client/cli/bench/workload.h"

namespace activation::cli {

class SharedTensors;

// What a right reply is.
enum class Expect {
  kResult,  // the exact result, to the last bit
  kEcho,    // the request's own bytes
};

// Of the tensors of one right reply.
size_t ReplyBytes(Expect expect, const WorkloadCase& a_case);

class PreparedCalls {
 public:
  // Tensors travel in the messages, or lie in `shared`, which must outlive this. The
  // workload must, too.
  PreparedCalls(const Protocol& protocol, const Workload& workload, Expect expect,
                const SharedTensors* shared = nullptr);

  const Workload& workload() const { return workload_; }
  const Protocol& protocol() const { return protocol_; }
  const WorkloadCase& CaseOf(size_t choice) const;
  const char* Method(size_t choice) const { return MethodOf(protocol_, CaseOf(choice)); }
  // Of one such call: elements of x, and bytes of tensors both ways.
  double Elements(size_t choice) const;
  double TensorBytes(size_t choice) const;

  // The bytes to send for a choice of the workload from a place among the calls in flight.
  // In shared memory makes the result differ from the right one all over, so that one that
  // is never written, or in part, is not taken for right.
  const grpc::ByteBuffer& Prepare(size_t choice, size_t place) const;

  // Whether the reply to it is right. Errors as those of protocol.h.
  absl::StatusOr<bool> Judge(size_t choice, size_t place, grpc::ByteBuffer* reply) const;

 private:
  struct One {
    std::string bytes;
    grpc::ByteBuffer request;  // refers to `bytes`
    std::unique_ptr<RegionPlaces> places;
    // A reply that was found right. Later ones with the same bytes need not be read; what
    // they refer to in shared memory is compared all the same.
    mutable std::atomic<const std::string*> known{nullptr};
    ~One() { delete known.load(); }
  };

  const One& Of(size_t choice, size_t place) const;
  absl::StatusOr<bool> Read(size_t choice, const One& one, const std::string& reply) const;

  const Protocol protocol_;
  const Workload& workload_;
  const Expect expect_;
  std::vector<std::unique_ptr<One>> ones_;  // by place, where tensors are shared, and choice
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_PREPARED_CALLS_H_
