#include "server/memory.h"

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "server/wire/buffer_pool.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace activation {

void KeepFreedMemory() {
#ifdef __GLIBC__
  // The largest that glibc takes for the first; all are measured (docs/performance_wire.md).
  constexpr int kBytes = 32 << 20;
  mallopt(M_MMAP_THRESHOLD, kBytes);
  mallopt(M_TRIM_THRESHOLD, kBytes);
  // A heap for each processor instead of eight: as fast, and each keeps what it once needed.
  mallopt(M_ARENA_MAX, static_cast<int>(std::max(2U, std::thread::hardware_concurrency())));
#endif
}

void GiveBackUnusedMemory() {
  wire::BufferPool::Shared().DropUnused();
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace activation
