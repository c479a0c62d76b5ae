#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/accuracy/bit_hash.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "hwy/highway.h"
#include "tests/accuracy/bit_hash.h"

HWY_BEFORE_NAMESPACE();
namespace activation::accuracy {
namespace HWY_NAMESPACE {

// Plain loops: the compiler makes of them what the target has for 64-bit
// products.
void MixBitsHere(const uint64_t* bits, uint64_t* mixed, size_t count) {
  for (size_t i = 0; i < count; ++i) mixed[i] = Mix(bits[i]);
}

uint64_t HashBitsHere(const uint64_t* mixed, const uint64_t* bits, size_t count) {
  uint64_t sum = 0;
  for (size_t i = 0; i < count; ++i) sum += Mix(mixed[i] ^ bits[i]);
  return sum;
}

}  // namespace HWY_NAMESPACE
}  // namespace activation::accuracy
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation::accuracy {

HWY_EXPORT(MixBitsHere);
HWY_EXPORT(HashBitsHere);

void MixBits(const uint64_t* bits, uint64_t* mixed, size_t count) {
  HWY_DYNAMIC_DISPATCH(MixBitsHere)(bits, mixed, count);
}

uint64_t HashBits(const uint64_t* mixed, const uint64_t* bits, size_t count) {
  return HWY_DYNAMIC_DISPATCH(HashBitsHere)(mixed, bits, count);
}

}  // namespace activation::accuracy
#endif  // HWY_ONCE
