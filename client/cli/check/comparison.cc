#include "client/cli/check/comparison.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "client/cli/check/ulp.h"
#include "client/cli/number_text.h"

namespace activation::cli::check {

absl::Status Comparison::Add(const Block& block) {
  expected_.resize(block.count * SizeOf(dtype_));
  const absl::Status computed =
      reference_.Compute(dtype_, block.x, block.dy, expected_.data(), block.count);
  if (!computed.ok()) return computed;
  suspects_.clear();
  for (size_t i = 0; i < block.count; ++i) Look(block, i);
  index_ += block.count;
  return MeasureSuspects();
}

void Comparison::Look(const Block& block, size_t i) {
  const size_t size = SizeOf(dtype_), at = i * size;
  const double x = ElementValue(dtype_, block.x + at);
  const double dy = block.dy == nullptr ? 1 : ElementValue(dtype_, block.dy + at);
  const bool finite = std::isfinite(x) && std::isfinite(dy);
  const char* result_bits = block.results + at;
  const char* expected_bits = expected_.data() + at;
  if (std::memcmp(result_bits, expected_bits, size) == 0) {
    return findings_.AddRight(x, finite, false);
  }
  const double result = ElementValue(dtype_, result_bits);
  const double expected = ElementValue(dtype_, expected_bits);
  if (std::isnan(result) && std::isnan(expected)) return findings_.AddRight(x, finite, false);
  if (result == expected) return findings_.AddRight(x, finite, true);
  suspects_.push_back({{.index = index_ + i,
                        .x = x,
                        .dy = dy,
                        .result = result,
                        .expected = expected,
                        .truth = expected},
                       finite});
}

absl::Status Comparison::MeasureSuspects() {
  const bool truth_is_known = dtype_ != DType::kF64;
  std::vector<double> x, dy, truth(suspects_.size());
  for (const Suspect& suspect : suspects_) {
    x.push_back(suspect.wrong.x);
    dy.push_back(suspect.wrong.dy);
  }
  if (truth_is_known && !suspects_.empty()) {
    const absl::Status computed =
        reference_.Compute(DType::kF64, x.data(), reference_.gradient() ? dy.data() : nullptr,
                           truth.data(), truth.size());
    if (!computed.ok()) return computed;
  }
  for (size_t i = 0; i < suspects_.size(); ++i) {
    Wrong& wrong = suspects_[i].wrong;
    if (truth_is_known) wrong.truth = truth[i];
    if (std::isnan(wrong.result) || std::isnan(wrong.expected)) {
      wrong.ulp = wrong.places = std::numeric_limits<double>::infinity();
    } else {
      wrong.places = PlacesApart(dtype_, wrong.result, wrong.expected);
      wrong.ulp = truth_is_known ? UlpError(dtype_, wrong.result, wrong.truth) : wrong.places;
    }
    findings_.AddWrong(wrong, suspects_[i].finite);
  }
  return absl::OkStatus();
}

}  // namespace activation::cli::check
