#include "server/accept.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <limits>
#include <mutex>

namespace activation {
namespace {

// Descriptors that are no connection's: regions of shared memory, files that are read again,
// and threads' own. Of a small limit it is a share.
constexpr rlim_t kKept = 64;
constexpr rlim_t kKeptShare = 8;

std::atomic<int> first_kept{std::numeric_limits<int>::max()};
std::atomic<int64_t> shed{0};

bool IsExhaustion(int error) { return error == EMFILE || error == ENFILE; }

// Whether accept() has one to take, or an error to tell: of civetweb's listener it would wait.
bool HasConnection(int listener) {
  pollfd waiting{.fd = listener, .events = POLLIN, .revents = 0};
  return poll(&waiting, 1, 0) > 0;
}

// A descriptor to be given up for the moment in which a connection is taken and closed that
// would get none: it would wait in the listener's queue, and nobody would be told again.
class Spare {
 public:
  // Whether a connection was closed; false where others take each descriptor that is free, or
  // where none waits, which is EAGAIN.
  template <class Accept>
  bool Shed(int listener, const Accept& accept) {
    const std::lock_guard<std::mutex> lock(mutex_);
    // Whoever waited here would have all other listeners wait for the lock.
    if (!HasConnection(listener)) {
      errno = EAGAIN;
      return false;
    }
    if (descriptor_ >= 0) close(descriptor_);
    const int connection = accept();
    const int error = errno;
    if (connection >= 0) close(connection);
    Open();
    errno = error;
    return connection >= 0;
  }

  void Fill() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (descriptor_ < 0) Open();
  }

 private:
  void Open() { descriptor_ = open("/dev/null", O_RDONLY | O_CLOEXEC); }

  std::mutex mutex_;
  int descriptor_ = -1;  // guarded by mutex_
};

// Never destroyed: gRPC's threads may outlive main().
Spare& TheSpare() {
  static auto* const spare = new Spare;
  return *spare;
}

// What `accept` returns, but never for want of descriptors. A listener is told of new
// connections only once, so all that cannot be served are taken from its queue.
template <class Accept>
int AcceptOrShed(int listener, const Accept& accept) {
  while (true) {
    const int connection = accept();
    if (connection >= 0 && connection < first_kept.load(std::memory_order_relaxed)) {
      return connection;
    }
    if (connection >= 0) {
      close(connection);
    } else if (!IsExhaustion(errno)) {
      return -1;
    } else if (!TheSpare().Shed(listener, accept)) {
      // Nothing to be had, or no connection left. Either way it is for later.
      if (IsExhaustion(errno)) errno = EAGAIN;
      return -1;
    }
    shed.fetch_add(1, std::memory_order_relaxed);
    // The caller has asked for one connection, which is gone.
    if (!HasConnection(listener)) {
      errno = EAGAIN;
      return -1;
    }
  }
}

template <class Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

void KeepLastDescriptors() {
  TheSpare().Fill();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  const rlim_t kept = std::min(kKept, limit.rlim_cur / kKeptShare);
  first_kept =
      static_cast<int>(std::min<rlim_t>(limit.rlim_cur - kept, std::numeric_limits<int>::max()));
}

int64_t ConnectionsShed() { return shed.load(std::memory_order_relaxed); }

}  // namespace activation

extern "C" {

int accept4(int listener, sockaddr* address, socklen_t* size, int flags) {
  static auto* const next = activation::Next<decltype(accept4)>("accept4");
  return activation::AcceptOrShed(listener, [&] { return next(listener, address, size, flags); });
}

int accept(int listener, sockaddr* address, socklen_t* size) {
  static auto* const next = activation::Next<decltype(accept)>("accept");
  return activation::AcceptOrShed(listener, [&] { return next(listener, address, size); });
}

}  // extern "C"
