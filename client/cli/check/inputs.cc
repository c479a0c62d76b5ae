#include "client/cli/check/inputs.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace activation::cli::check {
namespace {

// Whether `other` is of the shape `wanted`, which x has or its results have.
absl::Status CheckFits(const TensorSource& x, const std::vector<int64_t>& wanted,
                       const TensorSource& other) {
  const auto elements = ElementsOf(wanted, x.dtype());
  if (!elements.ok()) return elements.status();
  const bool same =
      x.has_shape() && other.has_shape() ? other.shape() == wanted : other.elements() == *elements;
  if (same) return absl::OkStatus();
  std::string text = absl::StrCat(other.name(), ": its shape is ", ShapeText(other.shape()),
                                  ", that of ", x.name(), " is ", ShapeText(x.shape()));
  if (wanted != x.shape()) absl::StrAppend(&text, ", which makes ", ShapeText(wanted));
  return absl::InvalidArgumentError(text);
}

}  // namespace

Inputs::Inputs(TensorSource x, std::optional<TensorSource> dy, TensorSource results)
    : x_(std::move(x)), dy_(std::move(dy)), results_(std::move(results)) {}

absl::StatusOr<Inputs> Inputs::Open(const std::vector<std::string>& arguments,
                                    std::optional<DType> dtype,
                                    std::optional<std::vector<int64_t>> shape) {
  auto x = TensorSource::Open(arguments.front(), dtype);
  if (!x.ok()) return x.status();
  if (shape.has_value()) {
    const absl::Status reshaped = x->Reshape(*std::move(shape));
    if (!reshaped.ok()) return reshaped;
  }
  std::optional<TensorSource> dy;
  if (arguments.size() > 2) {
    auto opened = TensorSource::Open(arguments[1], x->dtype());
    if (!opened.ok()) return opened.status();
    dy = *std::move(opened);
  }
  auto results = TensorSource::Open(arguments.back(), x->dtype());
  if (!results.ok()) return results.status();
  return Inputs(*std::move(x), std::move(dy), *std::move(results));
}

absl::StatusOr<Inputs> Inputs::OpenAll(const std::string& results, DType dtype) {
  auto opened = TensorSource::Open(results, dtype);
  if (!opened.ok()) return opened.status();
  TensorSource x = TensorSource::AllInputs(dtype);
  if (opened->elements() != x.elements()) {
    return absl::InvalidArgumentError(
        absl::StrCat(opened->name(), ": it has ", opened->elements(), " elements; there are ",
                     x.elements(), " numbers in ", NameOf(dtype), ", one result for each"));
  }
  return Inputs(std::move(x), std::nullopt, *std::move(opened));
}

absl::Status Inputs::CheckShapes(const std::vector<int64_t>& dy,
                                 const std::vector<int64_t>& results) const {
  if (dy_.has_value()) {
    absl::Status fits = CheckFits(x_, dy, *dy_);
    if (!fits.ok()) return fits;
  }
  return CheckFits(x_, results, results_);
}

absl::StatusOr<Block> Inputs::Next(const Walk& walk, size_t count) {
  Block block{.count = count};
  const auto x = x_.Next(count);
  if (!x.ok()) return x.status();
  block.x = *x;
  if (dy_.has_value()) {
    const auto dy = dy_->Next(walk.DyCount(count));
    if (!dy.ok()) return dy.status();
    block.dy = *dy;
  }
  const auto results = results_.Next(walk.ResultCount(count));
  if (!results.ok()) return results.status();
  block.results = *results;
  return block;
}

}  // namespace activation::cli::check
