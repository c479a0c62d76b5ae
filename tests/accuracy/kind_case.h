// What the tests of row-wise, gated and per-channel functions share: random tensors
// of any dtype, evaluated on every instruction set, and results held against the
// truth in arbitrary precision.
#ifndef ACTIVATION_TESTS_ACCURACY_KIND_CASE_H_
#define ACTIVATION_TESTS_ACCURACY_KIND_CASE_H_

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "src/backends/backend.h"
#include "tests/accuracy/big_float.h"

namespace activation::accuracy {

// Elements of a dtype, rounded on the way in.
class Elements {
 public:
  Elements() = default;
  Elements(DType dtype, const std::vector<double>& values);

  double operator[](size_t index) const;
  size_t size() const { return bytes_.size() / SizeOf(dtype_); }
  const void* data() const { return bytes_.empty() ? nullptr : bytes_.data(); }
  bool operator==(const Elements& other) const { return bytes_ == other.bytes_; }

  // A tensor of as many bytes as there are in `count` elements.
  static Elements Zeros(DType dtype, size_t count);
  void* mutable_data() { return bytes_.data(); }

 private:
  DType dtype_ = DType::kF32;
  std::vector<std::byte> bytes_;
};

// One way to draw numbers: plain ones, ones of any exponent, or small whole ones, of
// which sums and products are often halfway between two results.
enum class Draw { kPlain, kAnyExponent, kWhole };
inline constexpr Draw kAllDraws[] = {Draw::kPlain, Draw::kAnyExponent, Draw::kWhole};

std::vector<double> Numbers(Draw draw, DType dtype, size_t count, std::mt19937_64& random);

// One evaluation of a function that is not elementwise.
struct KindCase {
  std::string function;
  std::vector<int64_t> shape;
  int axis = -1;
  DType dtype = DType::kF32;
  Tier tier = Tier::kExact;
  Direction direction = Direction::kForward;
  Elements x;
  Elements dy;  // none: ones
  Elements weight;
  std::vector<double>* weight_gradient = nullptr;

  double DyAt(size_t index) const { return dy.size() == 0 ? 1 : dy[index]; }
};

// By every instruction set, alike.
Elements Evaluate(const KindCase& of);

// Expects the bound of the dtype, tier and direction: the nearest number in EXACT of at
// most 32 bits, one unit in the last place in f64, two or four in FAST; and the sign.
void ExpectRight(const KindCase& of, size_t index, double result, const BigFloat& truth);

// The same with units in the last place of `size`, where that is what is promised.
void ExpectRightForSize(const KindCase& of, size_t index, double result, const BigFloat& truth,
                        const BigFloat& size);

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_KIND_CASE_H_
