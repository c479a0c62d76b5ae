#include "client/cli/check/reference.h"

#include "absl/strings/str_cat.h"
#include "client/cli/local_engine.h"
#include "client/cli/number_text.h"
#include "src/functions/catalogue.h"

namespace activation::cli::check {

absl::StatusOr<Reference> Reference::Make(const client::Activation& activation, bool gradient) {
  auto evaluation = EvaluationOf(activation);
  if (!evaluation.ok()) return evaluation.status();
  evaluation->tier = activation::Tier::kExact;
  evaluation->direction = gradient ? Direction::kGradient : Direction::kForward;
  Reference reference(*evaluation);
  return reference;
}

Kind Reference::kind() const { return Catalogue()[evaluation_.function].kind; }

absl::Status Reference::Fit(absl::Span<const int64_t> x_shape,
                            const std::optional<Tensor>& weight) {
  const FunctionInfo& info = Catalogue()[evaluation_.function];
  if (weight.has_value() != (info.kind == Kind::kPerChannel)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "weight: ", info.name,
        weight.has_value() ? " takes no weights" : " needs them, one a channel or one for all"));
  }
  const auto layout = ResolveLayout(evaluation_.function, evaluation_.params, x_shape);
  if (!layout.ok()) return layout.status();
  if (weight.has_value()) {
    const auto count = static_cast<size_t>(weight->elements());
    if (count != 1 && count != layout->extent) {
      return absl::InvalidArgumentError(
          absl::StrCat("weight: it has ", count, " elements; x has ", layout->extent,
                       layout->extent == 1 ? " channel, one is needed for it"
                                           : " channels, one is needed for each or for all"));
    }
    weight_bytes_ = weight->bytes;
    for (size_t i = 0; i < count; ++i) {
      weights_.push_back(
          ElementValue(weight->dtype, weight_bytes_.data() + i * SizeOf(weight->dtype)));
    }
  }
  walk_ = Walk(info.kind, gradient(), *layout, weights_.size());
  return absl::OkStatus();
}

absl::Status Reference::Compute(DType dtype, const void* x, const void* dy, void* out,
                                Stretch stretch) const {
  if (stretch.count == 0) return absl::OkStatus();
  Evaluation evaluation = evaluation_;
  evaluation.dtype = ToEngine(dtype);
  evaluation.layout = walk_.LayoutOf(stretch.count);
  evaluation.count = stretch.count;
  evaluation.x = x;
  evaluation.dy = dy;
  evaluation.out = out;
  if (!weights_.empty()) {
    const bool same = SizeOf(dtype) * weights_.size() == weight_bytes_.size();
    const void* const all = same ? static_cast<const void*>(weight_bytes_.data()) : weights_.data();
    // A part of a slab has its own channels alone.
    evaluation.weight =
        static_cast<const char*>(all) + walk_.WeightOf(stretch.first) * SizeOf(dtype);
    evaluation.weight_count = weights_.size() == 1 ? 1 : evaluation.layout.extent;
  }
  return RunHere(evaluation);
}

}  // namespace activation::cli::check
