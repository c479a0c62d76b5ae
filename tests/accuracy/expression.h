// FunctionInfo::formula as a program: parsed once, evaluated in any kind of real
// number with its derivatives. The formula people read is thereby the reference
// the kernels are held against.
//
// Grammar: choice := sum [(< | >) sum ? choice : choice]; sum := product {+|-
// product}; product := unary {*|/ unary}; unary := -unary | power; power :=
// primary [^ integer]; primary := number | pi | x | parameter | function(choice)
// | (choice).
#ifndef ACTIVATION_TESTS_ACCURACY_EXPRESSION_H_
#define ACTIVATION_TESTS_ACCURACY_EXPRESSION_H_

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "src/functions/function_info.h"
#include "tests/accuracy/real.h"
#include "tests/accuracy/recorded.h"

namespace activation::accuracy {

// Derivatives by x, then by each parameter.
inline constexpr size_t kDerivatives = 1 + kMaxParams;
template <class R>
using Value = Dual<R, kDerivatives>;

// One operation; `kind` is an operator character, or 'n' number, 'p' pi, 'v'
// variable (index 0 is x, then the parameters), 'f' function, '?' choice.
struct Node {
  char kind;
  std::string text;
  size_t index = 0;
  std::vector<std::unique_ptr<Node>> operands;
};

class Expression {
 public:
  // Aborts with a message where the formula does not parse: it is part of the
  // program, not an input.
  // Takes the stable formula where there is one.
  explicit Expression(const FunctionInfo& info);
  Expression(const FunctionInfo& info, const char* formula);

  // f, df/dx and df/dp at x.
  template <class R>
  Value<R> At(const R& x, const Params& params) const {
    std::array<Value<R>, kDerivatives> variables;
    for (size_t i = 0; i < kDerivatives; ++i) {
      variables[i].v = i == 0 ? x : R(params.values[i - 1]);
      variables[i].d[i] = R(1.0L);
    }
    return Evaluate<R>(RootFor(params), variables);
  }

 private:
  template <class R>
  using Variables = std::array<Value<R>, kDerivatives>;

  // The formula, or that of a default which stands for a number that is no double.
  const Node& RootFor(const Params& params) const {
    for (size_t i = 0; i < kMaxParams; ++i) {
      if (default_roots_[i] != nullptr && params.values[i] == defaults_[i])
        return *default_roots_[i];
    }
    return *root_;
  }

  template <class R>
  static Value<R> Evaluate(const Node& node, const Variables<R>& variables);
  template <class R>
  static Value<R> Call(const std::string& name, const Value<R>& a);

  std::unique_ptr<Node> root_;
  std::array<double, kMaxParams> defaults_{};
  // nullptr where the default is taken as it is.
  std::array<std::unique_ptr<Node>, kMaxParams> default_roots_;
};

extern template Value<BigFloat> Expression::Evaluate(const Node&, const Variables<BigFloat>&);
extern template Value<Recorded> Expression::Evaluate(const Node&, const Variables<Recorded>&);

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_EXPRESSION_H_
