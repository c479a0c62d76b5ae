// What kernels.cc asks of Highway's library, which Debian has for this machine only: with
// the one target that programs for ARM are compiled for there is nothing to choose.
#include "hwy/targets.h"

namespace hwy {

int64_t SupportedTargets() { return HWY_TARGETS; }
void SetSupportedTargetsForTest(int64_t) {}
ChosenTarget& GetChosenTarget() {
  static ChosenTarget chosen;
  return chosen;
}

}  // namespace hwy
