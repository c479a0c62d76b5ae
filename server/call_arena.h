// Where calls lie: in the memory that gRPC keeps for each of them and frees after OnDone().
#ifndef ACTIVATION_SERVER_CALL_ARENA_H_
#define ACTIVATION_SERVER_CALL_ARENA_H_

#include <grpc/grpc.h>
#include <grpcpp/server_context.h>

#include <cstddef>
#include <new>

namespace activation {

// For reactors, of which one is made by `new (context)`: it takes its memory as gRPC takes that of
// the call. So no call is answered as one of a method that nobody has because there was none for
// its reactor; where gRPC's arena is full and the system has none at all, gRPC ends the process.
class InCallArena {
 public:
  static void* operator new(size_t size, grpc::CallbackServerContext* context) {
    return grpc_call_arena_alloc(context->c_call(), size);
  }
  // The arena aligns as malloc does.
  static void* operator new(size_t, std::align_val_t, grpc::CallbackServerContext*) = delete;
  static void operator delete(void* /*call*/, grpc::CallbackServerContext* /*context*/) {}
  static void operator delete(void* /*call*/) {}  // NOLINT: its partner is the arena's

 protected:
  InCallArena() = default;
  ~InCallArena() = default;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_CALL_ARENA_H_
