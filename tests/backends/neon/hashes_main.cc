// Prints golden_hashes.json as NEON has it.
#include <cstdio>

#include "tests/accuracy/golden_hashes.h"

int main() {
  const activation::KernelSet& kernels = activation::BestKernels();
  if (kernels.target != "NEON") {
    std::fprintf(stderr, "kernels for %s instead of NEON\n", kernels.target.c_str());
    return 1;
  }
  std::puts(activation::accuracy::AllGoldenHashes(kernels).dump(1).c_str());
  return 0;
}
