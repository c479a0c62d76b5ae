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
    absl::StrAppend(
        &text, "| `", param.name, "` | ",
        param.default_real != nullptr ? param.default_real : Number(param.default_value), " | [",
        Number(param.minimum), ", ", Number(param.maximum), "] | ",
        param.differentiable ? "yes" : "no", " | ", param.description, " |\n");
  }
  return text + "\n";
}

std::string SpecialValuesTable(const FunctionInfo& info) {
  if (info.kind != Kind::kElementwise) return "";
  return absl::StrCat("| at | -inf | -0 | +0 | inf |\n|---|---|---|---|---|\n",
                      Row("f", info.special.forward), Row("f'", info.special.gradient), "\n");
}

std::string Section(const FunctionInfo& info) {
  return absl::StrCat("### ", info.name, "\n`", info.kind == Kind::kElementwise ? "f(x)" : "y",
                      " = ", info.formula, "`\n\n", info.description, "\n\nRange ", info.range,
                      "; ", info.monotone ? "monotone" : "not monotone", "; ",
                      info.smooth ? "smooth" : "not smooth", "; saturates: ", Saturation(info),
                      ". ", info.reference, ".\n\n- Used in: ", info.used_in,
                      ".\n- Strengths: ", info.strengths, ".\n- Weaknesses: ", info.weaknesses,
                      ".\n\n", Parameters(info), SpecialValuesTable(info));
}

// What the functions of a kind have in common.
struct Group {
  Kind kind;
  const char* title;
  const char* introduction;
};

constexpr Group kGroups[] = {
    {Kind::kElementwise, "Elementwise", R"(
Each element by itself: y has the shape of x. The gradient is dx = dy f'(x). The tables show f and
f' at the infinities and at zero, with default parameters; NaN gives NaN, in dy, too, but where
the formula has a constant piece, as relu below zero: there dx is 0 whatever dy is.
)"},
    {Kind::kPerChannel, "Per channel", R"(
Each element with the weight of its channel (axis 1): y has the shape of x, and `weight`, of the
dtype of x, has one element a channel or one for all. The gradient is dx = dy df/dx and, where
`parameter_gradients` asks for it, the sum of dy df/dweight for each weight, in f64. NaN gives NaN;
a channel whose weight is 0 is relu, at -inf and for an infinite dy, too.
)"},
    {Kind::kRowWise, "Row-wise", R"(
All elements along `axis` together, a row: y has the shape of x, and dx takes the dy of the whole
row. A row with a NaN is NaN, and so is one of -inf only or with more than one +inf; a single +inf
gives the limit, probability 1 there and 0 elsewhere. For softmin the signs are the other way
round. A NaN in dy makes the gradient of its row NaN. An infinite dy outweighs the
finite ones: results are inf or -inf by the sign of its product with the derivative, and NaN where
that is 0 (of an element at -inf, or one that is all of its row) or infinities oppose each other.
)"},
    {Kind::kGated, "Gated", R"(
The halves a and b of x along `axis`, whose extent is even: y = a g(b) and dy are half as long
there. The gradient dx has the shape of x: dy g(b) for a, dy a g'(b) for b. A NaN in a
or b makes y NaN, and dx of both halves. One infinite factor gives the
limit, which is NaN where it is 0 * inf; where both are infinite nothing is promised.
)"},
};

// The page of the functions that `wanted` takes.
template <class Wanted>
std::string Page(Wanted wanted) {
  std::string page =
      "# Functions\n\nWritten from the catalogue by `./dev docs`; do not edit. Defaults are "
      "PyTorch's where it has the function. `ListFunctions` and\n`activation-client describe` say "
      "the same of a running server.\n\n";
  const char* separator = "";
  for (const FunctionInfo& info : Catalogue()) {
    if (!wanted(info)) continue;
    absl::StrAppend(&page, separator, "[", info.name, "](#", info.name, ")");
    separator = ",\n";
  }
  page += "\n\n";
  for (const Group& group : kGroups) {
    absl::StrAppend(&page, "## ", group.title, group.introduction, "\n");
    for (const FunctionInfo& info : Catalogue()) {
      if (info.kind == group.kind && wanted(info)) page += Section(info);
    }
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
    return text.find(absl::StrCat("\n### ", info.name, "\n")) != std::string::npos;
  });
  for (const FunctionInfo& info : Catalogue()) {
    missing += wanted.find(absl::StrCat("\n### ", info.name, "\n")) == std::string::npos ? 1 : 0;
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
