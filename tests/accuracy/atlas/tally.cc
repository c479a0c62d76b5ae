#include "tests/accuracy/atlas/tally.h"

namespace activation::atlas {

void Tally::Add(const Tally& other) {
  wrong += other.wrong;
  far += other.far;
  wrong_zeros += other.wrong_zeros;
  wrong_signs += other.wrong_signs;
  nan_made += other.nan_made;
  nan_lost += other.nan_lost;
  inf_made += other.inf_made;
  inf_lost += other.inf_lost;
  zero_signs += other.zero_signs;
  if (other.worst.ulp > worst.ulp) worst = other.worst;
  normal_wrong += other.normal_wrong;
  normal_zeros += other.normal_zeros;
  if (other.normal_worst.ulp > normal_worst.ulp) normal_worst = other.normal_worst;
}

}  // namespace activation::atlas
