// Tells the thread sanitizer what happens before what inside of Abseil and gRPC, which Debian
// builds without it: it sees neither their locks nor how a call wanders from thread to thread,
// and would take what is handed over there for races of ours. Only in programs of the preset
// `tsan`, which link the shared libraries: each function here stands before the library's own of
// the same name, says what that promises to its callers, and calls it. Compiled without the
// sanitizer itself. Thread-safe.
//
// Said are the edges of the libraries' interfaces alone, for the object at hand: a lock, an
// operation from its start to its end, a call's last reaction and what waits for it, memory given
// away to be sent.
#include <dlfcn.h>
#include <grpc/byte_buffer.h>
#include <grpc/grpc.h>
#include <grpc/slice.h>
#include <grpcpp/support/server_callback.h>
#include <sanitizer/tsan_interface.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"

namespace {

void Release(const void* object) { __tsan_release(const_cast<void*>(object)); }
void Acquire(const void* object) { __tsan_acquire(const_cast<void*>(object)); }

// The address of a function, be it a member or not.
template <class Function>
void* AddressOf(Function function) {
  void* address = nullptr;
  static_assert(sizeof(function) >= sizeof(address));
  std::memcpy(&address, &function, sizeof(address));
  return address;
}

// The library's own function behind one of those below.
void* Behind(void* function) {
  Dl_info info{};
  void* found = nullptr;
  if (dladdr(function, &info) != 0 && info.dli_saddr == function) {
    found = dlsym(RTLD_NEXT, info.dli_sname);
  }
  if (found == nullptr) {
    std::fprintf(stderr, "tests/tsan: nothing is behind %s\n",
                 info.dli_sname != nullptr ? info.dli_sname : "a function that is not exported");
    std::abort();
  }
  return found;
}

// Calls what is behind the member function kFunction, or behind the function.
template <auto kFunction, class Result, class... Arguments>
Result Forward(Arguments... arguments) {
  static std::atomic<void*> behind{nullptr};
  void* real = behind.load(std::memory_order_relaxed);
  if (real == nullptr) {
    real = Behind(AddressOf(kFunction));
    behind.store(real, std::memory_order_relaxed);
  }
  return reinterpret_cast<Result (*)(Arguments...)>(real)(arguments...);
}

// Where the header's own HasBeenNotified() looks.
const void* FlagOf(const absl::Notification* notification) {
  static_assert(sizeof(absl::Notification) == 2 * sizeof(absl::Mutex));
  return reinterpret_cast<const char*>(notification) + sizeof(absl::Mutex);
}

// The two counts of a server's call, behind its table of virtual functions: what must be before
// it is cancelled, and what before it is done.
const void* CancellationsOf(const grpc::internal::ServerCallbackCall* call) {
  return reinterpret_cast<const char*>(call) + sizeof(void*);
}
const void* CallbacksOf(const grpc::internal::ServerCallbackCall* call) {
  static_assert(sizeof(grpc::internal::ServerCallbackCall) == sizeof(void*) + 2 * sizeof(int));
  return reinterpret_cast<const char*>(call) + sizeof(void*) + sizeof(int);
}

}  // namespace

// Abseil's locks, which gRPC has too.
namespace absl {
ABSL_NAMESPACE_BEGIN

void Mutex::Lock() {
  Forward<&Mutex::Lock, void>(this);
  Acquire(this);
}

bool Mutex::TryLock() {
  const bool locked = Forward<&Mutex::TryLock, bool>(this);
  if (locked) Acquire(this);
  return locked;
}

void Mutex::Unlock() {
  Release(this);
  Forward<&Mutex::Unlock, void>(this);
}

void CondVar::Wait(Mutex* mutex) {
  Release(mutex);
  Forward<&CondVar::Wait, void>(this, mutex);
  Acquire(mutex);
}

bool CondVar::WaitWithTimeout(Mutex* mutex, Duration timeout) {
  Release(mutex);
  const bool expired = Forward<&CondVar::WaitWithTimeout, bool>(this, mutex, timeout);
  Acquire(mutex);
  return expired;
}

bool CondVar::WaitWithDeadline(Mutex* mutex, Time deadline) {
  Release(mutex);
  const bool expired = Forward<&CondVar::WaitWithDeadline, bool>(this, mutex, deadline);
  Acquire(mutex);
  return expired;
}

void Notification::Notify() {
  Release(FlagOf(this));
  Forward<&Notification::Notify, void>(this);
}

void Notification::WaitForNotification() const {
  Forward<&Notification::WaitForNotification, void>(this);
  Acquire(FlagOf(this));
}

bool Notification::WaitForNotificationWithTimeout(Duration timeout) const {
  const bool notified = Forward<&Notification::WaitForNotificationWithTimeout, bool>(this, timeout);
  if (notified) Acquire(FlagOf(this));
  return notified;
}

bool Notification::WaitForNotificationWithDeadline(Time deadline) const {
  const bool notified =
      Forward<&Notification::WaitForNotificationWithDeadline, bool>(this, deadline);
  if (notified) Acquire(FlagOf(this));
  return notified;
}

bool BlockingCounter::DecrementCount() {
  Release(this);
  return Forward<&BlockingCounter::DecrementCount, bool>(this);
}

void BlockingCounter::Wait() {
  Forward<&BlockingCounter::Wait, void>(this);
  Acquire(this);
}

ABSL_NAMESPACE_END
}  // namespace absl

// Where this program's own code begins and ends, from the linker.
extern "C" const char __executable_start;
extern "C" const char etext;

namespace {

using Functor = grpc_completion_queue_functor;
using Run = void (*)(Functor*, int);

// What the functors of this program run once an operation is complete; the first are those of
// gRPC's headers.
constexpr size_t kMostRuns = 8;
std::array<std::atomic<Run>, kMostRuns> runs{};

template <size_t kRun>
void AcquireAndRun(Functor* functor, int ok) {
  Acquire(functor);
  runs[kRun].load(std::memory_order_relaxed)(functor, ok);
}

template <size_t... kRuns>
constexpr std::array<Run, sizeof...(kRuns)> AllOf(std::index_sequence<kRuns...>) {
  return {AcquireAndRun<kRuns>...};
}
constexpr std::array<Run, kMostRuns> kAcquiring = AllOf(std::make_index_sequence<kMostRuns>());

// Whether a tag begins with a function of this program, as functors do. Other tags are objects
// that begin with a table, or are not to be read at all.
bool IsFunctor(const void* tag) {
  if (reinterpret_cast<uintptr_t>(tag) < 4096) return false;
  const char* first = nullptr;
  std::memcpy(&first, tag, sizeof(first));
  return first >= &__executable_start && first < &etext;
}

// Has the functor acquire what was released to it.
void Redirect(Functor* functor) {
  for (const Run run : kAcquiring) {
    if (functor->functor_run == run) return;
  }
  for (size_t i = 0; i < kMostRuns; ++i) {
    Run known = nullptr;
    const bool is_new = runs[i].compare_exchange_strong(known, functor->functor_run);
    if (!is_new && known != functor->functor_run) continue;
    functor->functor_run = kAcquiring[i];
    return;
  }
  std::fputs("tests/tsan: more kinds of functors than are provided for\n", stderr);
  std::abort();
}

// Memory of ours in a message, until it is let go of.
void ReleaseMessage(const grpc_op& op) {
  if (op.op != GRPC_OP_SEND_MESSAGE || op.data.send_message.send_message == nullptr) return;
  const grpc_slice_buffer& slices = op.data.send_message.send_message->data.raw.slice_buffer;
  for (size_t i = 0; i < slices.count; ++i) Release(GRPC_SLICE_START_PTR(slices.slices[i]));
}

// What is to be done once gRPC lets go of memory of ours.
struct Memory {
  void* start;
  void (*destroy)(void*);
  void* argument;
};

// Stands for all calls: which of them are a server's, gRPC does not tell.
const char calls = 0;

// Stands between gRPC and a reactor whose call is cancelled, which may be done after that: gRPC
// counts the reaction among the callbacks where nobody sees it.
class Cancelled : public grpc::internal::ServerReactor {
 public:
  Cancelled(grpc::internal::ServerReactor* reactor, const void* callbacks)
      : reactor_(reactor), callbacks_(callbacks) {}
  bool InternalInlineable() override { return reactor_->InternalInlineable(); }
  // Never called; what follows is, once.
  void OnDone() override {}
  void OnCancel() override {
    reactor_->OnCancel();
    Release(callbacks_);
    delete this;
  }

 private:
  grpc::internal::ServerReactor* const reactor_;
  const void* const callbacks_;
};

void LetGo(void* held) {
  auto* const memory = static_cast<Memory*>(held);
  Acquire(memory->start);
  memory->destroy(memory->argument);
  std::free(memory);
}

}  // namespace

// The end of an operation is after its start.
extern "C" {

grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* ops, size_t count, void* tag,
                                      void* reserved) {
  if (IsFunctor(tag)) Redirect(static_cast<Functor*>(tag));
  for (size_t i = 0; i < count; ++i) ReleaseMessage(ops[i]);
  Release(tag);
  return Forward<&grpc_call_start_batch, grpc_call_error>(call, ops, count, tag, reserved);
}

void grpc_channel_watch_connectivity_state(grpc_channel* channel, grpc_connectivity_state state,
                                           gpr_timespec deadline, grpc_completion_queue* queue,
                                           void* tag) {
  Release(tag);
  Forward<&grpc_channel_watch_connectivity_state, void>(channel, state, deadline, queue, tag);
}

grpc_event grpc_completion_queue_next(grpc_completion_queue* queue, gpr_timespec deadline,
                                      void* reserved) {
  const grpc_event event =
      Forward<&grpc_completion_queue_next, grpc_event>(queue, deadline, reserved);
  if (event.type == GRPC_OP_COMPLETE) Acquire(event.tag);
  return event;
}

grpc_event grpc_completion_queue_pluck(grpc_completion_queue* queue, void* tag,
                                       gpr_timespec deadline, void* reserved) {
  const grpc_event event =
      Forward<&grpc_completion_queue_pluck, grpc_event>(queue, tag, deadline, reserved);
  if (event.type == GRPC_OP_COMPLETE) Acquire(event.tag);
  return event;
}

// A server is gone after its calls, the last reactions included, each of which lets go of one.
void grpc_call_unref(grpc_call* call) {
  Release(&calls);
  Forward<&grpc_call_unref, void>(call);
}

void grpc_server_destroy(grpc_server* server) {
  Forward<&grpc_server_destroy, void>(server);
  Acquire(&calls);
}

grpc_slice grpc_slice_new_with_user_data(void* start, size_t size, void (*destroy)(void*),
                                         void* argument) {
  auto* const memory = static_cast<Memory*>(std::malloc(sizeof(Memory)));
  *memory = {start, destroy, argument};
  Release(start);
  return Forward<&grpc_slice_new_with_user_data, grpc_slice>(start, size, &LetGo,
                                                             static_cast<void*>(memory));
}

}  // extern "C"

// A server's call is cancelled, and done, after all that its counts waited for.
namespace grpc::internal {

void ServerCallbackCall::ScheduleOnDone(bool inline_ondone) {
  Acquire(CallbacksOf(this));
  Forward<&ServerCallbackCall::ScheduleOnDone, void>(this, inline_ondone);
}

void ServerCallbackCall::CallOnCancel(ServerReactor* reactor) {
  Acquire(CancellationsOf(this));
  ServerReactor* const before = new Cancelled(reactor, CallbacksOf(this));
  Forward<&ServerCallbackCall::CallOnCancel, void>(this, before);
}

}  // namespace grpc::internal
