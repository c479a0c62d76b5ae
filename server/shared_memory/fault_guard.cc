#include "server/shared_memory/fault_guard.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <mutex>

namespace activation::shared_memory {
namespace {

// A range in one word, so that the handler reads it whole without a lock: the number
// of its first page, then how many there are. 0: free.
constexpr int kCountBits = 28;
constexpr uint64_t kCountMask = (uint64_t{1} << kCountBits) - 1;

struct Slot {
  std::atomic<uint64_t> range{0};
  std::atomic<bool> faulted{false};
};

// All a handler may use: memory that is always there, and atomics without locks.
Slot slots[FaultGuard::kMost];
int page_shift = 0;
struct sigaction previous_action;
static_assert(std::atomic<uint64_t>::is_always_lock_free);

std::mutex& Mutex() {
  static auto* const mutex = new std::mutex;
  return *mutex;
}

// The system call itself: the sanitizers' stand-ins for mmap() are not made for handlers.
bool PutZeros(uint64_t range) {
  const uint64_t begin = (range >> kCountBits) << page_shift;
  const uint64_t bytes = (range & kCountMask) << page_shift;
  const int64_t at = syscall(SYS_mmap, begin, bytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
  return at == static_cast<int64_t>(begin);
}

// The range that holds `address` is in use, by the thread that was interrupted: its
// slot cannot change meanwhile, whatever the others do.
bool Mend(const void* address) {
  const uint64_t page = reinterpret_cast<uintptr_t>(address) >> page_shift;
  for (Slot& slot : slots) {
    const uint64_t range = slot.range.load(std::memory_order_acquire);
    if (range == 0 || page - (range >> kCountBits) >= (range & kCountMask)) continue;
    slot.faulted.store(true, std::memory_order_release);
    return PutZeros(range);
  }
  return false;
}

// As if there were no handler of ours.
void PassOn(int signal, siginfo_t* info, void* context) {
  if ((previous_action.sa_flags & SA_SIGINFO) != 0) {
    previous_action.sa_sigaction(signal, info, context);
  } else if (previous_action.sa_handler != SIG_DFL && previous_action.sa_handler != SIG_IGN) {
    previous_action.sa_handler(signal);
  } else {
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, nullptr);
    // A fault comes again by itself, a signal that somebody sent does not.
    if (info->si_code <= 0) raise(signal);
  }
}

void OnBusError(int signal, siginfo_t* info, void* context) {
  const int error = errno;
  const bool fault = info->si_code > 0;
  if (!fault || !Mend(info->si_addr)) PassOn(signal, info, context);
  errno = error;
}

void InstallHandler() {
  page_shift = std::countr_zero(static_cast<uint64_t>(sysconf(_SC_PAGESIZE)));
  struct sigaction action {};
  action.sa_sigaction = OnBusError;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &previous_action);
}

}  // namespace

std::optional<FaultGuard> FaultGuard::Guard(void* begin, size_t bytes) {
  static std::once_flag installed;
  std::call_once(installed, InstallHandler);
  const uint64_t page_size = uint64_t{1} << page_shift;
  const uint64_t page = reinterpret_cast<uintptr_t>(begin) >> page_shift;
  const uint64_t count = (bytes + page_size - 1) >> page_shift;
  if (count == 0 || count > kCountMask || page >> (64 - kCountBits) != 0) return std::nullopt;
  const std::lock_guard<std::mutex> lock(Mutex());
  for (size_t i = 0; i < kMost; ++i) {
    if (slots[i].range.load(std::memory_order_relaxed) != 0) continue;
    slots[i].faulted.store(false, std::memory_order_relaxed);
    slots[i].range.store(page << kCountBits | count, std::memory_order_release);
    return FaultGuard(i);
  }
  return std::nullopt;
}

FaultGuard::~FaultGuard() {
  if (slot_ == kNone) return;
  const std::lock_guard<std::mutex> lock(Mutex());
  slots[slot_].range.store(0, std::memory_order_release);
}

bool FaultGuard::faulted() const { return slots[slot_].faulted.load(std::memory_order_acquire); }

}  // namespace activation::shared_memory
