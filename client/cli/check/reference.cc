#include "client/cli/check/reference.h"

#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/backends/cpu/cpu_backend.h"
#include "src/functions/catalogue.h"

namespace activation::cli::check {

Reference::Reference(const activation::Evaluation& evaluation)
    : evaluation_(evaluation), backend_(MakeCpuBackend()) {}

absl::StatusOr<Reference> Reference::Make(const client::Activation& activation, bool gradient) {
  const auto function = FindFunction(activation.function);
  if (!function.ok()) return function.status();
  const FunctionInfo& info = Catalogue()[*function];
  if (info.kind != Kind::kElementwise) {
    return absl::UnimplementedError(
        absl::StrCat("function: ", info.name, " is ", Name(info.kind),
                     "; only functions of one number are checked, `list` shows them"));
  }
  const auto params = ResolveParams(*function, activation.parameters);
  if (!params.ok()) return params.status();
  activation::Evaluation evaluation;
  evaluation.function = *function;
  evaluation.params = *params;
  evaluation.tier = activation::Tier::kExact;
  evaluation.direction = gradient ? Direction::kGradient : Direction::kForward;
  return Reference(evaluation);
}

absl::Status Reference::Compute(DType dtype, const void* x, const void* dy, void* out,
                                size_t count) const {
  activation::Evaluation evaluation = evaluation_;
  evaluation.dtype = ToEngine(dtype);
  evaluation.count = count;
  evaluation.x = x;
  evaluation.dy = dy;
  evaluation.out = out;
  std::promise<absl::Status> done;
  backend_->Run(
      {&evaluation, 1}, [] { return absl::OkStatus(); },
      [&done](absl::Status status) { done.set_value(std::move(status)); });
  return done.get_future().get();
}

}  // namespace activation::cli::check
