// Gauss's and Kronrod's rule over an interval, in deviations of the standard normal
// distribution: its points, and what a point of it is called. Pure functions.
#ifndef ACTIVATION_SRC_DIAGNOSIS_INTERVAL_RULE_H_
#define ACTIVATION_SRC_DIAGNOSIS_INTERVAL_RULE_H_

#include <algorithm>
#include <array>
#include <cstddef>

namespace activation::diagnosis {

// Gauss's rule of 7 points and Kronrod's of 15 that contains it, on [-1, 1]: the points that
// are not negative, the largest first. Gauss has every second one.
// Source: QUADPACK, dqk15.
inline constexpr size_t kRulePoints = 15;
// The rule's, and both ends of the interval.
inline constexpr size_t kPoints = kRulePoints + 2;
inline constexpr std::array<double, 8> kNodes = {
    0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
    0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
    0.586087235467691130294144691258235, 0.405845151377397166906606412076961,
    0.207784955007898467600689403773245, 0.0};
inline constexpr std::array<double, 8> kKronrod = {
    0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
    0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
    0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
    0.204432940075298892414161999234649, 0.209482141084727828012999174891714};
inline constexpr std::array<double, 4> kGauss = {
    0.129484966168869693270611432679082, 0.279705391489276667901467771423780,
    0.381830050505118944950369775488975, 0.417959183673469387755102040816327};

struct Interval {
  double begin;
  double end;
};

// The points of an interval, ascending.
inline double PointOf(const Interval& interval, size_t i) {
  const double middle = (interval.begin + interval.end) / 2;
  const double half = (interval.end - interval.begin) / 2;
  if (i == 0) return interval.begin;
  if (i == kPoints - 1) return interval.end;
  return i <= 8 ? middle - half * kNodes[i - 1] : middle + half * kNodes[kRulePoints - i];
}

// Of the rule's points, without the ends: the place of its weight in kKronrod, and where that
// is odd, half of it in kGauss.
inline size_t NodeOf(size_t i) { return std::min(i, kRulePoints - 1 - i); }

}  // namespace activation::diagnosis

#endif  // ACTIVATION_SRC_DIAGNOSIS_INTERVAL_RULE_H_
