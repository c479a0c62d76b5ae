#include "tests/accuracy/atlas/task.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"

namespace activation::atlas {
namespace {

// Of functions that are not differentiable everywhere.
const std::map<std::string, std::vector<double>>& Kinks() {
  static const auto* const kinks = new std::map<std::string, std::vector<double>>{
      {"relu", {0}},
      {"relu6", {0, 6}},
      {"leaky_relu", {0}},
      {"hard_tanh", {-1, 1}},
      {"clip", {-1, 1}},
      {"threshold", {1}},
      {"softshrink", {-.5, .5}},
      {"hardshrink", {-.5, .5}},
      {"hard_sigmoid", {-3, 3}},
      {"hard_swish", {-3, 3}},
      {"selu", {0}},
      {"abs", {0}},
  };
  return *kinks;
}

Case CaseOf(const std::string& function, const std::string& variant, const NamedValues& given) {
  Case subject;
  subject.name = absl::StrCat(function, variant);
  subject.function = *FindFunction(function);
  subject.params = *ResolveParams(subject.function, given);
  const auto kinks = Kinks().find(function);
  if (kinks != Kinks().end()) subject.kinks = kinks->second;
  return subject;
}

// Parameters that peers take as floats are floats here, so that all are asked for
// the same function.
void AddCases(const std::string& function, std::vector<Case>& cases) {
  if (function == "leaky_relu") {
    cases.push_back(CaseOf(function, "", {{"slope", 0.01F}}));
  } else if (function == "swish") {
    // With beta = 1 it is silu.
    cases.push_back(CaseOf(function, ".beta_1.702", {{"beta", 1.702F}}));
  } else if (function == "hard_sigmoid") {
    cases.push_back(CaseOf(function, "", {}));
    cases.push_back(CaseOf(function, ".alpha_f32", {{"alpha", 1.0F / 6}}));
  } else if (function != "identity") {
    cases.push_back(CaseOf(function, "", {}));
    if (function == "log1p") cases.back().begin = -1;
  }
}

}  // namespace

const std::vector<Case>& AllCases() {
  static const auto* const cases = [] {
    auto* made = new std::vector<Case>;
    for (const FunctionInfo& info : ElementwiseFunctions()) AddCases(info.name, *made);
    return made;
  }();
  return *cases;
}

bool FreeInputs::Contain(double x) const {
  return x < begin || std::find(points.begin(), points.end(), x) != points.end();
}

FreeInputs FreeInputsOf(const Task& task) {
  if (task.direction == Direction::kForward) return {};
  return {task.subject->kinks, task.subject->begin};
}

std::string NameOf(const Task& task) {
  return absl::StrCat(task.subject->name, " ", Name(task.direction), " ", Name(task.dtype));
}

}  // namespace activation::atlas
