// Every bound of the service with its default. What GetServerInfo reports is
// read from here or from the configuration that overrides it.
#ifndef ACTIVATION_SRC_BASE_LIMITS_H_
#define ACTIVATION_SRC_BASE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace activation {

// Bounds on one request.
struct Limits {
  // Largest message either way: 256 MiB holds 64 million f32. gRPC itself
  // cannot go past 2 GiB.
  int64_t max_message_bytes = int64_t{256} << 20;
  // Items in one request. A batch is checked whole before any work, so this
  // bounds the time spent on a request that is refused.
  int64_t max_items = 16384;
  // Extents in a shape; no framework goes further than 32.
  int64_t max_rank = 32;
  // Entries of all maps of parameters in one request of the Open Inference Protocol together;
  // a client sends a handful, and what no function knows is passed over.
  int64_t max_parameters = 1024;
  // Elements of one tensor: what max_message_bytes can carry of 2-byte ones.
  int64_t max_elements = int64_t{128} << 20;
  // Bytes of requests and replies held by all calls together.
  int64_t max_inflight_bytes = int64_t{2} << 30;
  // Calls and items of streams under way together; each costs some KiB beside its tensors.
  int64_t max_inflight_jobs = 16384;
  // How long what is queued for the CPU's workers may take. Longer than the largest request
  // takes on a few processors, shorter than clients wait.
  int64_t max_queue_milliseconds = 2000;
  // Calls under way on one connection, which gRPC tells its client; more wait there.
  int64_t max_concurrent_streams = 1000;
  // Shared-memory regions of all clients together; each costs a file descriptor, and
  // the guard against faults (server/shared_memory/fault_guard.h) has room for so many.
  int64_t max_shared_memory_regions = 1024;
  // Bytes of them together. Mapping costs no memory, but all of it may become the server's
  // own: a page that nobody touched before a result is written there is counted for the server's
  // container, and so are the zeros in place of a region that its owner has cut short.
  int64_t max_shared_memory_bytes = int64_t{8} << 30;
  // How long a region may lie unused before it ends.
  int64_t max_shared_memory_lease_seconds = 3600;
  // Of one stream, items read whose replies have not been written, and bytes of both;
  // at either the server reads no further. Enough to keep a connection busy.
  int64_t max_stream_items = 256;
  int64_t max_stream_bytes = int64_t{64} << 20;
};

// Longest `id` of a ModelInferRequest: its reply repeats it, beside what was admitted. Clients
// send a number or a UUID.
inline constexpr size_t kMaxRequestIdBytes = size_t{1} << 10;

// For how long a region of the Open Inference Protocol is not used before a client on another
// connection that opens the same object gets its name. Longer than a live client pauses.
inline constexpr int64_t kRegionAbandonedSeconds = 5;

// Largest request of a method that carries no tensors. Names have up to 255 bytes; what a client
// of Triton may send along with a model is refused whatever it says. Beyond, protobuf would take
// tens of times the bytes of the request, which no admission has counted.
inline constexpr size_t kMaxFixedRequestBytes = size_t{64} << 10;

// Largest reply of such a method that nothing admits: about what the headers of any call may take
// (--max-header-bytes), which nothing admits either, so that both are bounded by the calls that
// connections may have, where clients obey (docs/security.md). All that says whether a server lives
// and what it is fits, and is answered also where admission is full. Larger is only what tells of
// many regions or models.
inline constexpr size_t kMaxUnadmittedReplyBytes = size_t{8} << 10;

// Calls about shared memory that wait for one another (server/errands.h), each with its request.
inline constexpr size_t kMaxErrands = 256;

}  // namespace activation

#endif  // ACTIVATION_SRC_BASE_LIMITS_H_
