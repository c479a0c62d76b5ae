// The hash of results: a sum over all of a number that depends on every bit of an
// input and its result, so that inputs may come in any order.
#ifndef ACTIVATION_TESTS_ACCURACY_BIT_HASH_H_
#define ACTIVATION_TESTS_ACCURACY_BIT_HASH_H_

#include <cstddef>
#include <cstdint>

namespace activation::accuracy {

// Sebastiano Vigna's splitmix64: every bit of the result depends on every bit
// of the argument.
constexpr uint64_t Mix(uint64_t z) {
  z += 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

// mixed[i] = Mix(bits[i]) for `count` patterns of inputs, and the sum over all of
// Mix(mixed[i] ^ bits[i]) for patterns of results.
void MixBits(const uint64_t* bits, uint64_t* mixed, size_t count);
uint64_t HashBits(const uint64_t* mixed, const uint64_t* bits, size_t count);

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_BIT_HASH_H_
