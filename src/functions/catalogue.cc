#include "src/functions/catalogue.h"

#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "src/base/errors.h"
#include "src/base/words.h"
#include "src/functions/ops_scalar.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"

namespace activation {
namespace {

template <class... Elementwise, class... PerChannel, class... RowWise, class... Gated>
constexpr auto InfoOf(TypeList<Elementwise...>, TypeList<PerChannel...>, TypeList<RowWise...>,
                      TypeList<Gated...>) {
  return std::array{Elementwise::kInfo..., PerChannel::kInfo..., RowWise::kInfo...,
                    Gated::kInfo...};
}

constexpr auto kCatalogue = InfoOf(scalar::ElementwiseFunctions(), scalar::PerChannelFunctions(),
                                   scalar::RowWiseFunctions(), scalar::GatedFunctions());

std::string ParameterNames(const FunctionInfo& info) {
  std::string names;
  for (size_t i = 0; i < ParamCount(info); ++i) {
    absl::StrAppend(&names, i == 0 ? "" : ", ", info.params[i].name);
  }
  return names.empty() ? "none" : names;
}

// The name as part of a field path: the caller's text, so escaped and cut.
std::string FieldOfParameter(absl::string_view name) {
  std::string safe;
  for (const char c : name.substr(0, 64)) safe += (c < ' ' || c == '"' || c > '~') ? '?' : c;
  return absl::StrCat("parameters[\"", safe, "\"]");
}

}  // namespace

absl::Span<const FunctionInfo> Catalogue() { return kCatalogue; }

absl::Span<const FunctionInfo> ElementwiseFunctions() {
  return Catalogue().first(scalar::ElementwiseFunctions::kSize);
}

size_t PlaceInKind(FunctionId function) {
  size_t first = function;
  while (first > 0 && kCatalogue[first - 1].kind == kCatalogue[function].kind) --first;
  return function - first;
}

// Asked for each item of a batch.
absl::StatusOr<FunctionId> FindFunction(absl::string_view name) {
  static const auto* const ids = [] {
    auto* const all = new std::map<absl::string_view, FunctionId>;
    for (FunctionId id = 0; id < kCatalogue.size(); ++id) all->emplace(kCatalogue[id].name, id);
    return all;
  }();
  const auto found = ids->find(name);
  if (found != ids->end()) return found->second;
  return UnknownFunction("function", name, NearestNames(name));
}

std::vector<std::string> NearestNames(absl::string_view name) {
  static const auto* const names = [] {
    auto* const all = new std::vector<std::string>;
    for (const FunctionInfo& info : kCatalogue) all->emplace_back(info.name);
    return all;
  }();
  return Nearest(name, *names);
}

std::string Saturation(const FunctionInfo& info) {
  if (info.kind != Kind::kElementwise) return info.saturation;
  // Without the sign of a zero.
  const double below = info.special.forward.front() + 0.0;
  const double above = info.special.forward.back() + 0.0;
  std::string text;
  if (std::isfinite(below)) absl::StrAppend(&text, "below at ", below);
  if (std::isfinite(above)) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", "above at ", above);
  }
  return text.empty() ? "no" : text;
}

absl::StatusOr<Params> ResolveParams(FunctionId function, const NamedValues& given) {
  const FunctionInfo& info = kCatalogue[function];
  const size_t count = ParamCount(info);
  Params params;
  for (size_t i = 0; i < count; ++i) params.values[i] = info.params[i].default_value;
  for (const auto& [name, value] : given) {
    size_t i = 0;
    while (i < count && info.params[i].name != name) ++i;
    if (i == count) {
      return InvalidField(
          FieldOfParameter(name),
          absl::StrCat("not a parameter of ", info.name, ", which has: ", ParameterNames(info)));
    }
    const ParamInfo& param = info.params[i];
    if (std::isnan(value)) return InvalidField(FieldOfParameter(name), "must be a number");
    if (!std::isfinite(value) || value < param.minimum || value > param.maximum) {
      return InvalidField(
          FieldOfParameter(name),
          absl::StrCat(value, " is outside [", param.minimum, ", ", param.maximum, "]"));
    }
    if (param.integral && value != std::trunc(value)) {
      return InvalidField(FieldOfParameter(name), absl::StrCat(value, " is no whole number"));
    }
    // -0.0 is 0, so that no result has its sign from it.
    params.values[i] = value + 0.0;
  }
  if (info.ordered_params && params.values[0] > params.values[1]) {
    return InvalidField(
        FieldOfParameter(info.params[1].name),
        absl::StrCat(params.values[1], " is below ", info.params[0].name, ", ", params.values[0]));
  }
  return params;
}

}  // namespace activation
