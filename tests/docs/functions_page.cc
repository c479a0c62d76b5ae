// Writes docs/functions.md from the catalogue to standard output, or with a
// path says whether that file is what it would write: functions_page [FILE].
// Exit code 1 where it is not, 77 where it only lacks functions that are new.
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "src/functions/catalogue.h"

namespace activation {
namespace {

std::string Number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  if (value == 0) return std::signbit(value) ? "-0" : "0";
  return absl::StrCat(value);
}

// What f does far away, from its values there.
std::string Saturation(const FunctionInfo& info) {
  const double left = info.special.forward[0];
  const double right = info.special.forward[3];
  std::string text;
  if (std::isfinite(left)) absl::StrAppend(&text, "below at ", Number(left == 0 ? 0 : left));
  if (std::isfinite(right)) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", "above at ", Number(right == 0 ? 0 : right));
  }
  return text.empty() ? "no" : text;
}

std::string Row(const char* what, const std::array<double, 4>& values) {
  return absl::StrCat("| ", what, " | ", Number(values[0]), " | ", Number(values[1]), " | ",
                      Number(values[2]), " | ", Number(values[3]), " |\n");
}

std::string Parameters(const FunctionInfo& info) {
  if (ParamCount(info) == 0) return "";
  std::string text =
      "| parameter | default | range | gradient | meaning |\n|---|---|---|---|---|\n";
  for (size_t i = 0; i < ParamCount(info); ++i) {
    const ParamInfo& param = info.params[i];
    absl::StrAppend(&text, "| `", param.name, "` | ", Number(param.default_value), " | [",
                    Number(param.minimum), ", ", Number(param.maximum), "] | ",
                    param.differentiable ? "yes" : "no", " | ", param.description, " |\n");
  }
  return text + "\n";
}

// What a function that is not elementwise takes and gives, and what becomes of
// infinities and NaN there.
std::string Explained(Kind kind) {
  switch (kind) {
    case Kind::kElementwise:
      return "";
    case Kind::kPerChannel:
      return "**Per channel**: takes a tensor `weight` of the dtype of x, one element a channel "
             "(axis 1) "
             "or one for all.\nGradient returns that by the weights, too, in f64, where "
             "`parameter_gradients` asks for it.\n\n";
    case Kind::kRowWise:
      return "**Row-wise**: of all elements along the axis together. A row with a NaN, with more "
             "than "
             "one element infinite in\nthe way of the greatest (for softmin the least), or with "
             "none "
             "but the opposite infinity is NaN; one such infinity\ngives the limit.\n\n";
    case Kind::kGated:
      break;
  }
  return "**Gated**: a and b are the halves of x along the axis, whose extent is even; y and dy "
         "are half "
         "as long there. Gradient\nreturns that by both halves. NaN and infinities go through the "
         "product as IEEE 754 says.\n\n";
}

std::string SpecialValues(const FunctionInfo& info) {
  return absl::StrCat("| at | -inf | -0 | +0 | inf |\n|---|---|---|---|---|\n",
                      Row("f", info.special.forward), Row("f'", info.special.gradient), "\n");
}

std::string Section(const FunctionInfo& info) {
  const bool elementwise = info.kind == Kind::kElementwise;
  return absl::StrCat(
      "## ", info.name, "\n`", elementwise ? "f(x)" : "y", " = ", info.formula, "`\n\n",
      info.description, "\n\n", Explained(info.kind), "Range ", info.range, "; ",
      info.monotone ? "monotone" : "not monotone", "; ", info.smooth ? "smooth" : "not smooth",
      elementwise ? absl::StrCat("; saturates: ", Saturation(info)) : "", ". ", info.reference,
      ".\n\n", Parameters(info), elementwise ? SpecialValues(info) : "");
}

// The page of the functions that `wanted` takes.
template <class Wanted>
std::string Page(Wanted wanted) {
  std::string page =
      "# Functions\n\nWritten from the catalogue by `./dev docs`; do not edit. Names and defaults "
      "follow PyTorch. "
      "`ListFunctions` and\n`activation-client describe` say the same of a running server.\n\n";
  const char* separator = "";
  for (const FunctionInfo& info : Catalogue()) {
    if (!wanted(info)) continue;
    absl::StrAppend(&page, separator, "[", info.name, "](#", info.name, ")");
    separator = ",\n";
  }
  page += "\n\n";
  for (const FunctionInfo& info : Catalogue()) {
    if (wanted(info)) page += Section(info);
  }
  page.pop_back();
  return page;
}

int Check(const char* path) {
  std::ostringstream found;
  found << std::ifstream(path).rdbuf();
  const std::string text = found.str();
  size_t missing = 0;
  const std::string wanted = Page([&](const FunctionInfo& info) {
    return text.find(absl::StrCat("\n## ", info.name, "\n")) != std::string::npos;
  });
  for (const FunctionInfo& info : Catalogue()) {
    missing += wanted.find(absl::StrCat("\n## ", info.name, "\n")) == std::string::npos ? 1 : 0;
  }
  if (text != wanted || missing > 0) {
    std::fprintf(stderr, "%s is not what the catalogue says; run ./dev docs\n", path);
  }
  return text != wanted ? 1 : (missing > 0 ? 77 : 0);
}

}  // namespace
}  // namespace activation

int main(int argc, char** argv) {
  if (argc > 1) return activation::Check(argv[1]);
  std::fputs(activation::Page([](const auto&) { return true; }).c_str(), stdout);
  return 0;
}
