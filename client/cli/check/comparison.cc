#include "client/cli/check/comparison.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "client/cli/check/ulp.h"
#include "client/cli/number_text.h"

namespace activation::cli::check {
namespace {

// The same numbers in f64; nothing of nothing.
std::vector<double> Widened(DType dtype, const char* elements, size_t count) {
  std::vector<double> wide;
  if (elements == nullptr) return wide;
  wide.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    wide.push_back(ElementValue(dtype, elements + i * SizeOf(dtype)));
  }
  return wide;
}

// Whether `truth` is one that is rounded to `expected`. A sum over a row that cancels is exact in
// the reference and not in f64.
bool Agrees(DType dtype, double truth, double expected) {
  if (std::isnan(truth) || std::isnan(expected)) return true;
  constexpr double kHair = 1e-6;
  return UlpError(dtype, expected, truth) <= kRightUlp + kHair;
}

}  // namespace

absl::Status Comparison::Add(const Block& block) {
  const size_t results = reference_.walk().ResultCount(block.count);
  expected_.resize(results * SizeOf(dtype_));
  absl::Status computed =
      reference_.Compute(dtype_, block.x, block.dy, expected_.data(), {element_, block.count});
  if (!computed.ok()) return computed;
  suspects_.clear();
  LookAtRows(block);
  for (size_t i = 0; i < results; ++i) Look(block, i);
  absl::Status measured = MeasureSuspects(block);
  element_ += block.count;
  index_ += results;
  return measured;
}

void Comparison::LookAtRows(const Block& block) {
  const Walk& walk = reference_.walk();
  if (walk.kind() != Kind::kRowWise) return;
  special_rows_.assign(walk.RowCount(block.count), false);
  for (const char* tensor : {block.x, block.dy}) {
    if (tensor == nullptr) continue;
    for (size_t i = 0; i < block.count; ++i) {
      if (!std::isfinite(ElementValue(dtype_, tensor + i * SizeOf(dtype_)))) {
        special_rows_[walk.RowOf(i)] = true;
      }
    }
  }
}

void Comparison::Look(const Block& block, size_t i) {
  const size_t size = SizeOf(dtype_);
  const Walk::Places places = reference_.walk().At(element_, i);
  const double x = ElementValue(dtype_, block.x + places.x * size);
  const double dy = block.dy == nullptr ? 1 : ElementValue(dtype_, block.dy + places.dy * size);
  double companion = 0;
  if (places.other != Walk::kNone) companion = ElementValue(dtype_, block.x + places.other * size);
  if (places.weight != Walk::kNone) companion = reference_.weight(places.weight);
  const bool finite = std::isfinite(x) && std::isfinite(dy) && std::isfinite(companion) &&
                      (special_rows_.empty() || !special_rows_[reference_.walk().RowOf(places.x)]);
  const char* result_bits = block.results + i * size;
  const char* expected_bits = expected_.data() + i * size;
  if (std::memcmp(result_bits, expected_bits, size) == 0) {
    return findings_.AddRight(x, finite, false);
  }
  const double result = ElementValue(dtype_, result_bits);
  const double expected = ElementValue(dtype_, expected_bits);
  if (std::isnan(result) && std::isnan(expected)) return findings_.AddRight(x, finite, false);
  if (result == expected) return findings_.AddRight(x, finite, true);
  suspects_.push_back({i,
                       {.index = index_ + i,
                        .x = x,
                        .dy = dy,
                        .companion = companion,
                        .result = result,
                        .expected = expected,
                        .truth = expected},
                       finite});
}

// Of a function of one number each alone, else the block as it is.
absl::Status Comparison::FindTruths(const Block& block) {
  if (reference_.walk().kind() == Kind::kElementwise) return FindTruthsAlone();
  const Walk& walk = reference_.walk();
  const std::vector<double> x = Widened(dtype_, block.x, block.count);
  const std::vector<double> dy = Widened(dtype_, block.dy, walk.DyCount(block.count));
  std::vector<double> truth(walk.ResultCount(block.count));
  absl::Status computed =
      reference_.Compute(DType::kF64, x.data(), dy.empty() ? nullptr : dy.data(), truth.data(),
                         {element_, block.count});
  if (!computed.ok()) return computed;
  for (Suspect& suspect : suspects_) {
    const double found = truth[suspect.place];
    if (Agrees(dtype_, found, suspect.wrong.expected)) suspect.wrong.truth = found;
  }
  return absl::OkStatus();
}

absl::Status Comparison::FindTruthsAlone() {
  std::vector<double> x, dy, truth(suspects_.size());
  for (const Suspect& suspect : suspects_) {
    x.push_back(suspect.wrong.x);
    dy.push_back(suspect.wrong.dy);
  }
  absl::Status computed =
      reference_.Compute(DType::kF64, x.data(), reference_.gradient() ? dy.data() : nullptr,
                         truth.data(), {.count = truth.size()});
  for (size_t i = 0; computed.ok() && i < suspects_.size(); ++i) {
    suspects_[i].wrong.truth = truth[i];
  }
  return computed;
}

absl::Status Comparison::MeasureSuspects(const Block& block) {
  const bool truth_is_known = dtype_ != DType::kF64;
  if (truth_is_known && !suspects_.empty()) {
    absl::Status found = FindTruths(block);
    if (!found.ok()) return found;
  }
  for (Suspect& suspect : suspects_) {
    Wrong& wrong = suspect.wrong;
    if (std::isnan(wrong.result) || std::isnan(wrong.expected)) {
      wrong.ulp = wrong.places = std::numeric_limits<double>::infinity();
    } else {
      wrong.places = PlacesApart(dtype_, wrong.result, wrong.expected);
      wrong.ulp = truth_is_known ? UlpError(dtype_, wrong.result, wrong.truth) : wrong.places;
    }
    findings_.AddWrong(wrong, suspect.finite);
  }
  return absl::OkStatus();
}

}  // namespace activation::cli::check
