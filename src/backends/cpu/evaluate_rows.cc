#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "src/backends/cpu/evaluate_kinds.h"
#include "src/backends/cpu/slow_lane.h"
#include "src/backends/cpu/slow_rows.h"
#include "src/backends/cpu/staging.h"

namespace activation {
namespace {

// One row, its elements side by side, at any address.
struct Row {
  const std::byte* x;
  const std::byte* dy;  // nullptr: ones
  std::byte* out;
};

// By bits, which compilers turn into vectors: adding one to an exponent of all ones
// carries into the sign.
template <class T>
bool AreFinite(const T* x, size_t n) {
  using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
  constexpr auto kInfinity = std::bit_cast<Bits>(std::numeric_limits<T>::infinity());
  constexpr Bits kLeastExponent = kInfinity & (~kInfinity + 1);
  Bits carried = 0;
  for (size_t i = 0; i < n; ++i) {
    carried |= (std::bit_cast<Bits>(x[i]) & kInfinity) + kLeastExponent;
  }
  return carried >> (8 * sizeof(T) - 1) == 0;
}

// Evaluates rows of one evaluation; has the buffers they need.
class RowEvaluation {
 public:
  RowEvaluation(const KernelSet& kernels, const Evaluation& evaluation)
      : kernels_(kernels),
        evaluation_(evaluation),
        place_(PlaceInKind(evaluation.function)),
        n_(evaluation.layout.extent) {}

  void Evaluate(const Row& row) {
    if (evaluation_.dtype == DType::kF64) {
      EvaluateDoubles(row);
    } else {
      EvaluateFloats(row);
    }
  }

 private:
  void EvaluateDoubles(const Row& row) {
    const double* x = Aligned(row.x, x_doubles_);
    const double* dy = Aligned(row.dy, dy_doubles_);
    y_doubles_.resize(n_);
    if (AreFinite(x, n_) || IsUsualRow(place_, {x, dy, n_})) {
      EvaluateInPairs({x, dy, n_});
      for (size_t i = 0; i < n_; ++i) y_doubles_[i] = RoundedPair(i);
    } else {
      EvaluateUnusualRow(place_, evaluation_.direction, {x, dy, n_}, y_doubles_.data());
    }
    std::memcpy(row.out, y_doubles_.data(), n_ * sizeof(double));
  }

  void EvaluateInPairs(const SlowRow& row) {
    for (std::vector<double>* words : {&high_, &low_, &size_}) words->resize(n_);
    kernels_.rows_in_double[place_](evaluation_.direction, row.x, row.dy,
                                    {high_.data(), low_.data(), size_.data()}, n_);
  }

  // A zero keeps its sign, and nothing is to be added to what is not finite; the one
  // quiet NaN.
  double RoundedPair(size_t i) const {
    if (std::isnan(high_[i])) return std::numeric_limits<double>::quiet_NaN();
    return high_[i] == 0 || std::isinf(high_[i]) ? high_[i] : high_[i] + low_[i];
  }

  void EvaluateFloats(const Row& row) {
    const float* x = Floats(row.x, x_floats_);
    const float* dy = Floats(row.dy, dy_floats_);
    y_floats_.resize(RoundUp(n_));
    const bool usual = AreFinite(x, n_) || IsUsualRow(place_, InDouble(x, dy));
    if (usual) {
      EvaluateUsual(x, dy);
    } else {
      y_doubles_.resize(n_);
      EvaluateUnusualRow(place_, evaluation_.direction, InDouble(x, dy), y_doubles_.data());
      std::copy(y_doubles_.begin(), y_doubles_.end(), y_floats_.begin());
    }
    if (evaluation_.dtype == DType::kF32) {
      std::memcpy(row.out, y_floats_.data(), n_ * sizeof(float));
    } else {
      Narrow(x, dy, usual, row.out);
    }
  }

  void EvaluateUsual(const float* x, const float* dy) {
    const bool untested = evaluation_.tier == Tier::kFast && evaluation_.dtype == DType::kF32;
    doubt_.resize(RoundUp(n_));
    if (!kernels_.rows[place_](evaluation_.direction, x, dy, y_floats_.data(),
                               untested ? nullptr : doubt_.data(), n_)) {
      return;
    }
    const auto round = [](double y) { return static_cast<float>(y); };
    DecideDoubt(x, dy, round);
    for (size_t i = 0; i < n_; ++i) {
      if (doubt_[i] != 0) y_floats_[i] = round(y_doubles_[i]);
    }
  }

  // Floats to 16 bits. A middle between two of those says which is nearer only
  // where the row is not usual: then it is exact.
  void Narrow(const float* x, const float* dy, bool usual, std::byte* out) {
    const HalfFormat format = FormatOf(kernels_, evaluation_.dtype);
    halves_.resize(n_);
    doubt_.resize(RoundUp(n_));
    if (format.narrow(y_floats_.data(), halves_.data(), doubt_.data(), n_)) {
      if (usual) {
        DecideDoubt(x, dy, format.round);
      } else {
        y_doubles_.assign(y_floats_.begin(), y_floats_.end());
      }
      for (size_t i = 0; i < n_; ++i) {
        if (doubt_[i] != 0) halves_[i] = format.round(y_doubles_[i]);
      }
    }
    std::memcpy(out, halves_.data(), n_ * sizeof(uint16_t));
  }

  // What is marked, to y_doubles_, rounded to odd: in two words, and where even these
  // leave two results to `round` to, by the slow lane.
  template <class Round>
  void DecideDoubt(const float* x, const float* dy, Round round) {
    constexpr double kErrorOfPairs = 0x1p-58;
    y_doubles_.resize(n_);
    const SlowRow row = InDouble(x, dy);
    EvaluateInPairs(row);
    still_.assign(n_, 0);
    bool any = false;
    for (size_t i = 0; i < n_; ++i) {
      if (doubt_[i] == 0) continue;
      const double error = size_[i] * kErrorOfPairs;
      y_doubles_[i] = RoundToOdd(high_[i], low_[i] - error);
      still_[i] = round(y_doubles_[i]) == round(RoundToOdd(high_[i], low_[i] + error)) ? 0 : 1;
      any |= still_[i] != 0;
    }
    if (any) {
      EvaluateRowSlowly(place_, evaluation_.direction, row, still_.data(), y_doubles_.data());
    }
  }

  SlowRow InDouble(const float* x, const float* dy) {
    x_doubles_.assign(x, x + n_);
    if (dy == nullptr) return {x_doubles_.data(), nullptr, n_};
    dy_doubles_.assign(dy, dy + n_);
    return {x_doubles_.data(), dy_doubles_.data(), n_};
  }

  // The elements where they are if they are aligned, else a copy.
  template <class T>
  const T* Aligned(const std::byte* from, std::vector<T>& copy) const {
    if (from == nullptr || IsAligned(from, alignof(T))) return reinterpret_cast<const T*>(from);
    copy.resize(n_);
    std::memcpy(copy.data(), from, n_ * sizeof(T));
    return copy.data();
  }

  const float* Floats(const std::byte* from, std::vector<float>& floats) {
    if (from == nullptr || evaluation_.dtype == DType::kF32) return Aligned(from, floats);
    floats.resize(n_);
    FormatOf(kernels_, evaluation_.dtype).widen(Aligned(from, halves_), floats.data(), n_);
    return floats.data();
  }

  const KernelSet& kernels_;
  const Evaluation& evaluation_;
  const size_t place_;
  const size_t n_;
  std::vector<uint16_t> halves_;
  std::vector<float> x_floats_;
  std::vector<float> dy_floats_;
  std::vector<float> y_floats_;
  std::vector<double> x_doubles_;
  std::vector<double> dy_doubles_;
  std::vector<double> y_doubles_;
  // Results in two words, and their sizes.
  std::vector<double> high_;
  std::vector<double> low_;
  std::vector<double> size_;
  std::vector<uint8_t> doubt_;
  std::vector<uint8_t> still_;
};

// Rows whose elements do not lie side by side: neighbours are put one below the
// other, so many at a time that whole cache lines are read, where memory allows.
class Columns {
 public:
  Columns(const Layout& layout, size_t element_bytes)
      : layout_(layout), bytes_(element_bytes), most_(MostColumns(layout)) {}

  size_t most() const { return most_; }

  // Columns from that of index `first` in x on, to rows.
  void Gather(const void* from, size_t first, size_t columns, std::vector<std::byte>& rows) const {
    rows.resize(most_ * layout_.extent * bytes_);
    Move(columns, [&](size_t row, size_t tensor) {
      std::memcpy(rows.data() + row * bytes_,
                  static_cast<const std::byte*>(from) + (first + tensor) * bytes_, bytes_);
    });
  }

  void Scatter(const std::vector<std::byte>& rows, size_t first, size_t columns, void* to) const {
    Move(columns, [&](size_t row, size_t tensor) {
      std::memcpy(static_cast<std::byte*>(to) + (first + tensor) * bytes_,
                  rows.data() + row * bytes_, bytes_);
    });
  }

 private:
  static size_t MostColumns(const Layout& layout) {
    constexpr size_t kMost = 16;
    constexpr size_t kElements = size_t{1} << 18;
    return std::min({kMost, layout.inner, std::max<size_t>(1, kElements / layout.extent)});
  }

  // Calls move(index in rows, index in the tensor) for every element.
  template <class MoveElement>
  void Move(size_t columns, MoveElement move) const {
    for (size_t i = 0; i < layout_.extent; ++i) {
      for (size_t column = 0; column < columns; ++column) {
        move(column * layout_.extent + i, i * layout_.inner + column);
      }
    }
  }

  const Layout& layout_;
  const size_t bytes_;
  const size_t most_;
};

void EvaluateColumns(const Evaluation& evaluation, size_t begin, size_t count,
                     RowEvaluation& rows) {
  const Layout& layout = evaluation.layout;
  const size_t row_bytes = layout.extent * SizeOf(evaluation.dtype);
  const Columns columns(layout, SizeOf(evaluation.dtype));
  std::vector<std::byte> x;
  std::vector<std::byte> dy;
  std::vector<std::byte> out(columns.most() * row_bytes);
  while (count > 0) {
    const size_t column = begin % layout.inner;
    const size_t now = std::min({count, layout.inner - column, columns.most()});
    const size_t first = begin / layout.inner * layout.extent * layout.inner + column;
    columns.Gather(evaluation.x, first, now, x);
    if (evaluation.dy != nullptr) columns.Gather(evaluation.dy, first, now, dy);
    for (size_t i = 0; i < now; ++i) {
      rows.Evaluate({x.data() + i * row_bytes,
                     evaluation.dy == nullptr ? nullptr : dy.data() + i * row_bytes,
                     out.data() + i * row_bytes});
    }
    columns.Scatter(out, first, now, evaluation.out);
    begin += now;
    count -= now;
  }
}

}  // namespace

void EvaluateRows(const KernelSet& kernels, const Evaluation& evaluation, size_t begin,
                  size_t count) {
  if (evaluation.layout.extent == 0) return;
  RowEvaluation rows(kernels, evaluation);
  if (evaluation.layout.inner > 1) return EvaluateColumns(evaluation, begin, count, rows);
  const size_t row_bytes = evaluation.layout.extent * SizeOf(evaluation.dtype);
  for (size_t row = begin; row < begin + count; ++row) {
    const size_t offset = row * row_bytes;
    const auto* dy = static_cast<const std::byte*>(evaluation.dy);
    rows.Evaluate({static_cast<const std::byte*>(evaluation.x) + offset,
                   dy == nullptr ? dy : dy + offset,
                   static_cast<std::byte*>(evaluation.out) + offset});
  }
}

}  // namespace activation
