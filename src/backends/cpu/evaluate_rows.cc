#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "src/backends/cpu/evaluate_kinds.h"
#include "src/backends/cpu/slow_rows.h"
#include "src/backends/cpu/staging.h"
#include "src/backends/half.h"

namespace activation {
namespace {

// One row, its elements side by side, at any address; or the first of many.
struct Row {
  const std::byte* x;
  const std::byte* dy;  // nullptr: ones
  std::byte* out;

  Row After(size_t bytes) const {
    return {x + bytes, dy == nullptr ? nullptr : dy + bytes, out + bytes};
  }
};

// Elements of rows that kernels take together, where they are that short: x and out about fill
// the first-level cache.
constexpr size_t kElementsTogether = 4096;

// Evaluates rows of one evaluation; has the buffers that those kernels take together need: of f32 a
// byte an element, of f16 and bf16 the rows in floats, and copies of tensors that are not aligned.
class RowEvaluation {
 public:
  RowEvaluation(const KernelSet& kernels, const Evaluation& evaluation)
      : kernels_(kernels),
        evaluation_(evaluation),
        place_(PlaceInKind(evaluation.function)),
        n_(evaluation.layout.extent),
        together_(std::clamp<size_t>(kElementsTogether / n_, 1, kRowsTogether)) {}

  // So many rows, one after the other.
  void Evaluate(const Row& first, size_t count) {
    const size_t row_bytes = n_ * SizeOf(evaluation_.dtype);
    ForEachBlock(0, count, together_, [&](size_t begin, size_t rows) {
      const Row here = first.After(begin * row_bytes);
      const uint32_t left = EvaluateFast(here, rows);
      if (left == kAll) return EvaluateTogether(here, rows);
      for (size_t i = 0; i < rows; ++i) {
        if ((left >> i & 1) != 0) EvaluateTogether(here.After(i * row_bytes), 1);
      }
    });
  }

 private:
  static constexpr uint32_t kAll = ~uint32_t{0};

  // In floats, where there are kernels for that. Returns a bit for each row that is left.
  uint32_t EvaluateFast(const Row& first, size_t rows) {
    const bool gradient = evaluation_.direction == Direction::kGradient;
    if (!IsFast() || (gradient && first.dy == nullptr)) return kAll;
    const FastRowKernel kernel = kernels_.fast_rows[place_].For(evaluation_.direction);
    if (IsFloats(first.x) && IsFloats(first.dy) && IsFloats(first.out)) {
      return kernel(reinterpret_cast<const float*>(first.x),
                    reinterpret_cast<const float*>(first.dy), reinterpret_cast<float*>(first.out),
                    n_, rows);
    }
    y_floats_.resize(n_);
    uint32_t left = 0;
    for (size_t i = 0; i < rows; ++i) {
      const Row row = first.After(i * n_ * sizeof(float));
      left |= kernel(Floats(row.x, n_, x_floats_), Floats(row.dy, n_, dy_floats_), y_floats_.data(),
                     n_, 1)
              << i;
      std::memcpy(row.out, y_floats_.data(), n_ * sizeof(float));
    }
    return left;
  }

  static bool IsFloats(const void* pointer) { return IsAligned(pointer, alignof(float)); }

  void EvaluateTogether(const Row& first, size_t rows) {
    if (evaluation_.dtype != DType::kF64) return EvaluateFloats(first, rows);
    for (size_t i = 0; i < rows; ++i) EvaluateDoubles(first.After(i * n_ * sizeof(double)));
  }

  void EvaluateDoubles(const Row& row) {
    const double* x = Aligned(row.x, n_, x_doubles_);
    const double* dy = Aligned(row.dy, n_, dy_doubles_);
    const auto put = [&row](size_t i, double y) { Put(y, i, row.out); };
    if (!IsUsual(x, dy)) {
      return EvaluateUnusualRow(place_, evaluation_.direction, {x, dy, n_}, put);
    }
    kernels_.rows_in_pairs[place_].of_doubles(evaluation_.direction, x, dy, n_, nullptr,
                                              [&](size_t begin, const RowPairs& results) {
                                                for (size_t i = 0; i < results.count; ++i)
                                                  put(begin + i, Rounded(results, i));
                                              });
  }

  bool AreFinite(const float* x, size_t n) const { return kernels_.convert.are_finite(x, n); }
  static bool AreFinite(const double* x, size_t n) {
    return std::all_of(x, x + n, [](double value) { return std::isfinite(value); });
  }

  bool HasDy(const void* dy) const {
    return dy != nullptr && evaluation_.direction == Direction::kGradient;
  }

  // Whether kernels take the row.
  template <class T>
  bool IsUsual(const T* x, const T* dy) const {
    if (HasDy(dy) && !AreFinite(dy, n_)) return false;
    return AreFinite(x, n_) || IsUsualRow(place_, {x, dy, n_});
  }

  // A zero keeps its sign, and nothing is to be added to what is not finite; the one
  // quiet NaN.
  static double Rounded(const RowPairs& results, size_t i) {
    const double high = results.high[i];
    if (std::isnan(high)) return kNotANumber;
    return high == 0 || std::isinf(high) ? high : high + results.low[i];
  }

  void EvaluateFloats(const Row& first, size_t rows) {
    const size_t count = rows * n_;
    const float* x = Floats(first.x, count, x_floats_);
    const float* dy = Floats(first.dy, count, dy_floats_);
    if (evaluation_.dtype == DType::kF32) return EvaluateFloats(x, dy, rows, first.out);
    // f16 and bf16 by way of correctly rounded floats.
    y_floats_.resize(count);
    EvaluateFloats(x, dy, rows, reinterpret_cast<std::byte*>(y_floats_.data()));
    Narrow(x, dy, rows, first.out);
  }

  void EvaluateFloats(const float* x, const float* dy, size_t rows, std::byte* out) {
    const size_t count = rows * n_;
    if (AreFinite(x, count) && !(HasDy(dy) && !AreFinite(dy, count))) {
      return EvaluateUsual(x, dy, rows, out);
    }
    for (size_t i = 0; i < rows; ++i) {
      const float* const row_x = x + i * n_;
      const float* const row_dy = dy == nullptr ? nullptr : dy + i * n_;
      std::byte* const row_out = out + i * n_ * sizeof(float);
      if (IsUsual(row_x, row_dy)) {
        EvaluateUsual(row_x, row_dy, 1, row_out);
      } else {
        EvaluateUnusual(row_x, row_dy, row_out);
      }
    }
  }

  // Whether nothing is tested: results of 16 bits come from correctly rounded floats.
  bool IsFast() const {
    return evaluation_.tier == Tier::kFast && evaluation_.dtype == DType::kF32;
  }

  void EvaluateUnusual(const float* x, const float* dy, std::byte* out) const {
    EvaluateUnusualRow(place_, evaluation_.direction, {x, dy, n_},
                       [out](size_t i, double y) { Put(static_cast<float>(y), i, out); });
  }

  void EvaluateUsual(const float* x, const float* dy, size_t rows, std::byte* out) {
    if (!IsFast()) doubt_.resize(rows * n_);
    if (kernels_.rows[place_](evaluation_.direction, x, dy, out, IsFast() ? nullptr : doubt_.data(),
                              n_, rows)) {
      const auto round = [](double y) { return static_cast<float>(y); };
      DecideDoubt(x, dy, rows, round, [&](size_t i, double y) { Put(round(y), i, out); });
    }
  }

  // Floats to 16 bits. Where a float is in the middle between two of those, only the
  // number it was rounded from says which is nearer.
  void Narrow(const float* x, const float* dy, size_t rows, std::byte* out) {
    const HalfFormat format = FormatOf(kernels_, evaluation_.dtype);
    const size_t count = rows * n_;
    halves_.resize(count);
    doubt_.resize(count);
    if (format.narrow(y_floats_.data(), halves_.data(), doubt_.data(), count)) {
      DecideDoubt(x, dy, rows, format.round,
                  [&](size_t i, double y) { halves_[i] = format.round(y); });
    }
    std::memcpy(out, halves_.data(), count * sizeof(uint16_t));
  }

  // Decides what is marked in rows, of such that are not usual by doing all of it again.
  template <class Round>
  void DecideDoubt(const float* x, const float* dy, size_t rows, Round round, PutResult put) const {
    for (size_t begin = 0; begin < rows * n_; begin += n_) {
      if (std::memchr(doubt_.data() + begin, 1, n_) == nullptr) continue;
      const float* const row_x = x + begin;
      const float* const row_dy = dy == nullptr ? nullptr : dy + begin;
      const auto put_in_row = [&](size_t i, double y) { put(begin + i, y); };
      if (IsUsual(row_x, row_dy)) {
        DecideRow(row_x, row_dy, doubt_.data() + begin, round, put_in_row);
      } else {
        EvaluateUnusualRow(place_, evaluation_.direction, {row_x, row_dy, n_}, put_in_row);
      }
    }
  }

  // Puts what is marked, rounded to odd: in two words, and where even these leave two
  // results to `round` to, zeros of two signs among them, by the slow lane.
  template <class Round>
  void DecideRow(const float* x, const float* dy, const uint8_t* doubt, Round round,
                 PutResult put) const {
    constexpr double kErrorOfPairs = 0x1p-58;
    std::vector<size_t> still;
    kernels_.rows_in_pairs[place_].of_floats(
        evaluation_.direction, x, dy, n_, doubt, [&](size_t begin, const RowPairs& results) {
          for (size_t i = 0; i < results.count; ++i) {
            if (doubt[begin + i] == 0) continue;
            const double error = results.size[i] * kErrorOfPairs;
            const double low = RoundToOdd(results.high[i], results.low[i] - error);
            const double high = RoundToOdd(results.high[i], results.low[i] + error);
            put(begin + i, low);
            // A sum of two words that is zero may be one that they do not hold.
            const bool is_lost = results.high[i] == 0 && error > 0;
            if (is_lost || !AreSame(round(low), round(high))) still.push_back(begin + i);
          }
        });
    if (!still.empty()) EvaluateRowSlowly(place_, evaluation_.direction, {x, dy, n_}, still, put);
  }

  static bool AreSame(float a, float b) {
    return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b);
  }
  static bool AreSame(uint16_t a, uint16_t b) { return a == b; }

  template <class T>
  static void Put(T value, size_t i, std::byte* out) {
    std::memcpy(out + i * sizeof(T), &value, sizeof(T));
  }

  // `count` elements where they are if they are aligned, else a copy.
  template <class T>
  static const T* Aligned(const std::byte* from, size_t count, std::vector<T>& copy) {
    if (from == nullptr || IsAligned(from, alignof(T))) return reinterpret_cast<const T*>(from);
    copy.resize(count);
    std::memcpy(copy.data(), from, count * sizeof(T));
    return copy.data();
  }

  const float* Floats(const std::byte* from, size_t count, std::vector<float>& floats) {
    if (from == nullptr || evaluation_.dtype == DType::kF32) return Aligned(from, count, floats);
    floats.resize(count);
    FormatOf(kernels_, evaluation_.dtype)
        .widen(Aligned(from, count, halves_), floats.data(), count);
    return floats.data();
  }

  const KernelSet& kernels_;
  const Evaluation& evaluation_;
  const size_t place_;
  const size_t n_;
  const size_t together_;
  std::vector<uint16_t> halves_;
  std::vector<float> x_floats_;
  std::vector<float> dy_floats_;
  std::vector<float> y_floats_;
  std::vector<double> x_doubles_;
  std::vector<double> dy_doubles_;
  std::vector<uint8_t> doubt_;
};

// How many rows whose elements do not lie side by side are brought together at a time.
size_t MostColumns(const Layout& layout) {
  constexpr size_t kMost = 16;
  constexpr size_t kElements = size_t{1} << 18;
  const size_t that_fit = kElements / std::max<size_t>(1, layout.extent);
  return std::min({kMost, layout.inner, std::max<size_t>(1, that_fit)});
}

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
    rows.Evaluate({x.data(), evaluation.dy == nullptr ? nullptr : dy.data(), out.data()}, now);
    columns.Scatter(out, first, now, evaluation.out);
    begin += now;
    count -= now;
  }
}

}  // namespace

// What RowEvaluation holds of each element of a row, and EvaluateColumns of each of its rows.
size_t ScratchOfRows(const Evaluation& evaluation) {
  const size_t element = SizeOf(evaluation.dtype);
  const bool in_columns = evaluation.layout.inner > 1;
  size_t bytes = sizeof(uint8_t);  // whether it is in doubt
  if (element == sizeof(uint16_t)) {
    const size_t inputs = evaluation.direction == Direction::kGradient ? 2 : 1;
    bytes += (inputs + 1) * sizeof(float) + sizeof(uint16_t);
  } else if (!in_columns &&
             !(IsAligned(evaluation.x, element) && IsAligned(evaluation.dy, element) &&
               IsAligned(evaluation.out, element))) {
    bytes += 3 * element;
  }
  if (in_columns) bytes += 3 * element * MostColumns(evaluation.layout);
  return bytes * evaluation.layout.extent;
}

void EvaluateRows(const KernelSet& kernels, const Evaluation& evaluation, size_t begin,
                  size_t count) {
  if (evaluation.layout.extent == 0) return;
  RowEvaluation rows(kernels, evaluation);
  if (evaluation.layout.inner > 1) return EvaluateColumns(evaluation, begin, count, rows);
  const Row all = {static_cast<const std::byte*>(evaluation.x),
                   static_cast<const std::byte*>(evaluation.dy),
                   static_cast<std::byte*>(evaluation.out)};
  rows.Evaluate(all.After(begin * evaluation.layout.extent * SizeOf(evaluation.dtype)), count);
}

}  // namespace activation
