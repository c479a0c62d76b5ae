// The table of functions that everything else reads: backends find their
// kernels by index, the wire lists it, the client describes from it.
// All of it is immutable and safe from any thread.
#ifndef ACTIVATION_SRC_FUNCTIONS_CATALOGUE_H_
#define ACTIVATION_SRC_FUNCTIONS_CATALOGUE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "src/functions/function_info.h"

namespace activation {

// A function by its place in the catalogue.
using FunctionId = size_t;

// Every function: the elementwise ones, in the order of their list in
// definitions-inl.h, then the other kinds.
absl::Span<const FunctionInfo> Catalogue();

// The first of them, those of that kind.
absl::Span<const FunctionInfo> ElementwiseFunctions();

// A function's place among those of its kind, which is that of its kernels.
size_t PlaceInKind(FunctionId function);

// The function of that name, or NOT_FOUND about field `function` with the
// nearest names.
absl::StatusOr<FunctionId> FindFunction(absl::string_view name);

// The names closest to `name` by edit distance, nearest first, at most three;
// none where nothing is near.
std::vector<std::string> NearestNames(absl::string_view name);

// What the function nears where its input goes to infinity, with default parameters:
// "below at -1, above at 1", or "no".
std::string Saturation(const FunctionInfo& info);

// A parameter as given by a caller.
using NamedValues = std::map<std::string, double>;

// The function's parameters with `given` in place of defaults, and 0 for -0.0. INVALID_ARGUMENT
// about field `parameters["..."]` for a name the function does not have and for
// a value that is not finite, out of range or a fraction where none makes sense.
absl::StatusOr<Params> ResolveParams(FunctionId function, const NamedValues& given);

}  // namespace activation

#endif  // ACTIVATION_SRC_FUNCTIONS_CATALOGUE_H_
