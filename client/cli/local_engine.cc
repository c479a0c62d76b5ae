#include "client/cli/local_engine.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/tensor.h"
#include "src/backends/cpu/cpu_backend.h"
#include "src/backends/run_to_end.h"
#include "src/base/words.h"
#include "src/functions/catalogue.h"

namespace activation::cli {

absl::StatusOr<FunctionId> FindFunctionHere(absl::string_view name) {
  auto found = FindFunction(name);
  if (found.ok()) return found;
  return absl::NotFoundError(absl::StrCat("function: this program has no function named '",
                                          Echo(name), "'", DidYouMean(NearestNames(name))));
}

absl::StatusOr<Evaluation> EvaluationOf(const client::Activation& activation) {
  const auto function = FindFunctionHere(activation.function);
  if (!function.ok()) return function.status();
  const auto params = ResolveParams(*function, activation.parameters);
  if (!params.ok()) return params.status();
  Evaluation evaluation;
  evaluation.function = *function;
  evaluation.params = *params;
  evaluation.tier = ToEngine(activation.tier);
  return evaluation;
}

absl::StatusOr<Evaluation> EvaluationOfOneNumber(const client::Activation& activation,
                                                 absl::string_view done) {
  auto evaluation = EvaluationOf(activation);
  if (!evaluation.ok()) return evaluation;
  const FunctionInfo& info = Catalogue()[evaluation->function];
  if (info.kind == Kind::kElementwise) return evaluation;
  return absl::InvalidArgumentError(
      absl::StrCat("function: ", info.name, " is ", Name(info.kind),
                   "; only functions of one number, which `list` calls elementwise, are ", done));
}

absl::Status RunHere(const Evaluation& evaluation) {
  // Its workers may not end before what they work for.
  static Backend& backend = *MakeCpuBackend().release();
  return RunToEnd(backend, {evaluation});
}

}  // namespace activation::cli
