#include "server/memory.h"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace activation {

void KeepFreedMemory() {
#ifdef __GLIBC__
  // The largest that glibc takes for the first; both are measured (docs/performance.md).
  constexpr int kBytes = 32 << 20;
  mallopt(M_MMAP_THRESHOLD, kBytes);
  mallopt(M_TRIM_THRESHOLD, kBytes);
#endif
}

}  // namespace activation
