// How a check cuts its tensors into blocks, and what a result of a block was made of: an element
// of x and one of dy; for a gated function also the element of the other half, for a per-channel
// one the weight of its channel. A plain value.
#ifndef ACTIVATION_CLIENT_CLI_CHECK_WALK_H_
#define ACTIVATION_CLIENT_CLI_CHECK_WALK_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "src/backends/layout.h"
#include "src/functions/function_info.h"

namespace activation::cli::check {

// Neighbours among the elements of x.
struct Stretch {
  size_t first = 0;
  size_t count = 0;
};

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

  // How many elements of x the block from `first` on has, where the tensor begins or another
  // block ended: at most `most`, or one slab where that is more and its results depend on all of
  // it. Those of channels depend on their own element, so that a slab may be cut: between
  // channels, or within one that is too large itself.
  size_t CountFrom(size_t first, size_t most) const {
    const size_t slab = Slab(), channel = layout_.inner;
    if (kind_ != Kind::kPerChannel || slab <= most) return std::max(most / slab, size_t{1}) * slab;
    if (channel > most) return std::min(most, channel - first % channel);
    return std::min(most / channel * channel, slab - first % slab);
  }

  // Of a block: how it is walked, how many elements of dy belong to it, and how many results.
  Layout LayoutOf(size_t count) const {
    if (count == 0) return {0, layout_.extent, layout_.inner};
    if (count % Slab() == 0) return {count / Slab(), layout_.extent, layout_.inner};
    if (count % layout_.inner == 0) return {1, count / layout_.inner, layout_.inner};
    return {1, 1, count};
  }
  size_t DyCount(size_t count) const { return kind_ == Kind::kGated ? count / 2 : count; }
  size_t ResultCount(size_t count) const { return gradient_ ? count : DyCount(count); }

  // Of a per-channel function: which weight the element of x has.
  size_t WeightOf(size_t element) const {
    return weights_ == 1 ? 0 : element / layout_.inner % layout_.extent;
  }

  // What result `i` of the block from `first` on was made of; places are in the block, but for
  // that of the weight.
  Places At(size_t first, size_t i) const {
    Places places{.x = i, .dy = i};
    if (kind_ == Kind::kPerChannel) places.weight = WeightOf(first + i);
    if (kind_ != Kind::kGated) return places;
    const size_t half = Slab() / 2;
    if (gradient_) {
      const size_t within = i % Slab();
      places.dy = i / Slab() * half + within % half;
      places.other = within < half ? i + half : i - half;
    } else {
      places.x = i / half * Slab() + i % half;
      places.other = places.x + half;
    }
    return places;
  }

  // Among the rows of a block, that of element `i` of x; of a row-wise function.
  size_t RowOf(size_t i) const { return i / Slab() * layout_.inner + i % layout_.inner; }
  size_t RowCount(size_t count) const { return LayoutOf(count).outer * layout_.inner; }

 private:
  // Elements of x that lie together and hold the whole of the axis.
  size_t Slab() const { return layout_.extent * layout_.inner; }

  Kind kind_ = Kind::kElementwise;
  bool gradient_ = false;
  Layout layout_;
  size_t weights_ = 0;
};

}  // namespace activation::cli::check

#endif  // ACTIVATION_CLIENT_CLI_CHECK_WALK_H_
