// Where in the tensors of a check that lies which a result was made of: its element of x and of
// dy, of a gated function the element of the other half, of a per-channel one its channel's
// weight. Tensors are walked in blocks of whole units. A plain value.
#ifndef ACTIVATION_CLIENT_CLI_CHECK_WALK_H_
#define ACTIVATION_CLIENT_CLI_CHECK_WALK_H_

#include <cstddef>
#include <cstdint>

#include "src/backends/layout.h"
#include "src/functions/function_info.h"

namespace activation::cli::check {

class Walk {
 public:
  static constexpr size_t kNone = SIZE_MAX;

  struct Places {
    size_t x = 0;
    size_t dy = 0;
    size_t other = kNone;   // of x
    size_t weight = kNone;  // of the weights
  };

  // Of a function of one number.
  Walk() = default;
  // `weights` is how many a per-channel function has: one a channel, or one for all.
  Walk(Kind kind, bool gradient, const Layout& layout, size_t weights)
      : kind_(kind), gradient_(gradient), layout_(layout), weights_(weights) {}

  Kind kind() const { return kind_; }

  // Elements of x whose results depend on no other: a tensor may be cut between two such. 0
  // where the tensor has none.
  size_t unit() const { return layout_.extent * layout_.inner; }
  // Of `count` elements of x, whole units: how they are walked, how many elements of dy belong
  // to them, and how many results.
  Layout LayoutOf(size_t count) const {
    return {unit() == 0 ? 0 : count / unit(), layout_.extent, layout_.inner};
  }
  size_t DyCount(size_t count) const { return kind_ == Kind::kGated ? count / 2 : count; }
  size_t ResultCount(size_t count) const { return gradient_ ? count : DyCount(count); }

  // What result `i` of a block was made of.
  Places At(size_t i) const {
    Places places{.x = i, .dy = i};
    if (kind_ == Kind::kPerChannel) {
      places.weight = weights_ == 1 ? 0 : i / layout_.inner % layout_.extent;
    }
    if (kind_ != Kind::kGated) return places;
    const size_t half = unit() / 2;
    if (gradient_) {
      const size_t within = i % unit();
      places.dy = i / unit() * half + within % half;
      places.other = within < half ? i + half : i - half;
    } else {
      places.x = i / half * unit() + i % half;
      places.other = places.x + half;
    }
    return places;
  }

  // Among the rows of a block, that of element `i` of x; of a row-wise function.
  size_t RowOf(size_t i) const { return i / unit() * layout_.inner + i % layout_.inner; }
  size_t RowCount(size_t count) const { return LayoutOf(count).outer * layout_.inner; }

 private:
  Kind kind_ = Kind::kElementwise;
  bool gradient_ = false;
  Layout layout_;
  size_t weights_ = 0;
};

}  // namespace activation::cli::check

#endif  // ACTIVATION_CLIENT_CLI_CHECK_WALK_H_
