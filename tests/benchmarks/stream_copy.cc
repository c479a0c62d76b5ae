#include "tests/benchmarks/stream_copy.h"

#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/benchmarks/stream_copy.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "hwy/cache_control.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

void Copy(const std::byte* x, const std::byte* dy, std::byte* out, size_t bytes) {
  const hn::CappedTag<uint32_t, 16> d;
  const auto* const from = reinterpret_cast<const uint32_t*>(x);
  const auto* const also = reinterpret_cast<const uint32_t*>(dy);
  auto* const to = reinterpret_cast<uint32_t*>(out);
  const size_t count = bytes / sizeof(uint32_t);
  if (dy == nullptr) {
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
      hn::Stream(hn::LoadU(d, from + i), d, to + i);
    }
  } else {
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
      hn::Stream(hn::Or(hn::LoadU(d, from + i), hn::LoadU(d, also + i)), d, to + i);
    }
  }
  hwy::FlushStream();
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {
namespace {

HWY_EXPORT(Copy);

}  // namespace

void StreamCopy(const std::byte* x, const std::byte* dy, std::byte* out, size_t bytes) {
  HWY_DYNAMIC_DISPATCH(Copy)(x, dy, out, bytes);
}

}  // namespace activation
#endif  // HWY_ONCE
