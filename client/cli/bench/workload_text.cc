#include "client/cli/bench/workload_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/cli/tensor_input.h"

namespace activation::cli {
namespace {

absl::Status Unknown(absl::string_view part, absl::string_view whole) {
  return absl::InvalidArgumentError(absl::StrCat(
      "'", part, "' in '", whole,
      "' is no part of a mix; write it as gelu:f32:1024, softmax:64x128:gradient:items=8*2"));
}

bool IsDType(absl::string_view part) {
  return part == "f32" || part == "f64" || part == "f16" || part == "bf16";
}

// "items=8" or a parameter of the function.
bool ApplyAssignment(absl::string_view part, CaseOptions* options) {
  const std::pair<absl::string_view, absl::string_view> sides =
      absl::StrSplit(part, absl::MaxSplits('=', 1));
  if (sides.first == "items") {
    return absl::SimpleAtoi(sides.second, &options->items) && options->items >= 1 &&
           options->items <= kMostItems;
  }
  double value = 0;
  if (sides.first.empty() || !absl::SimpleAtod(sides.second, &value)) return false;
  // One that is given twice is a mistake.
  return options->activation.parameters.emplace(std::string(sides.first), value).second;
}

bool Apply(absl::string_view part, CaseOptions* options) {
  if (IsDType(part)) {
    options->dtype = DTypeNamed(part);
  } else if (part == "forward" || part == "gradient") {
    options->gradient = part == "gradient";
  } else if (part == "exact" || part == "fast") {
    options->activation.tier = TierNamed(part);
  } else if (absl::StrContains(part, '=')) {
    return ApplyAssignment(part, options);
  } else {
    auto shape = ParseShape(std::string(part));
    if (!shape.ok() || shape->empty()) return false;
    options->shape = *std::move(shape);
  }
  return true;
}

absl::StatusOr<CaseOptions> ParseCase(absl::string_view text, const CaseOptions& base) {
  CaseOptions options = base;
  const std::vector<absl::string_view> share = absl::StrSplit(text, absl::MaxSplits('*', 1));
  if (share.size() == 2 && (!absl::SimpleAtod(share[1], &options.weight) || !(options.weight > 0) ||
                            options.weight > 1e6)) {
    return Unknown(absl::StrCat("*", share[1]), text);
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(share[0], ':');
  options.activation.function = std::string(absl::StripAsciiWhitespace(parts[0]));
  options.activation.parameters.clear();
  for (size_t i = 1; i < parts.size(); ++i) {
    const absl::string_view part = absl::StripAsciiWhitespace(parts[i]);
    if (!Apply(part, &options)) return Unknown(part, text);
  }
  return options;
}

}  // namespace

absl::StatusOr<std::vector<CaseOptions>> ParseMix(const std::string& text,
                                                  const CaseOptions& base) {
  std::vector<CaseOptions> cases;
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    part = absl::StripAsciiWhitespace(part);
    if (part.empty()) return Unknown(part, text);
    auto parsed = ParseCase(part, base);
    if (!parsed.ok()) return parsed.status();
    cases.push_back(*std::move(parsed));
  }
  return cases;
}

std::string CaseText(const CaseOptions& options) {
  std::string text =
      absl::StrCat(options.activation.function, ":", NameOf(options.dtype), ":",
                   absl::StrJoin(options.shape, "x"), ":",
                   options.gradient ? "gradient" : "forward", ":", NameOf(options.activation.tier));
  for (const auto& [name, value] : options.activation.parameters) {
    absl::StrAppend(&text, ":", name, "=", absl::StrFormat("%g", value));
  }
  if (options.items != 1) absl::StrAppend(&text, ":items=", options.items);
  if (options.weight != 1) absl::StrAppend(&text, absl::StrFormat("*%g", options.weight));
  return text;
}

}  // namespace activation::cli
