#include "tests/accuracy/expression.h"

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace activation::accuracy {
namespace {

using NodePtr = std::unique_ptr<Node>;

class Parser {
 public:
  Parser(const FunctionInfo& info, const char* formula) : info_(info), rest_(formula) {}

  NodePtr Parse() {
    NodePtr node = Choice();
    if (Peek() != '\0') Fail("end of formula");
    return node;
  }

 private:
  char Peek() {
    while (*rest_ == ' ') ++rest_;
    return *rest_;
  }
  bool Take(char c) {
    if (Peek() != c) return false;
    ++rest_;
    return true;
  }
  void Expect(char c) {
    if (!Take(c)) Fail(std::string(1, c));
  }
  [[noreturn]] void Fail(const std::string& wanted) const {
    std::fprintf(stderr, "formula of %s: wanted %s at '%s'\n", info_.name, wanted.c_str(), rest_);
    std::abort();
  }
  static NodePtr Make(char kind, NodePtr a, NodePtr b) {
    auto node = std::make_unique<Node>(Node{kind, "", 0, {}});
    node->operands.push_back(std::move(a));
    if (b != nullptr) node->operands.push_back(std::move(b));
    return node;
  }

  NodePtr Choice() {
    NodePtr left = Sum();
    const char comparison = Peek();
    if (comparison != '<' && comparison != '>') return left;
    ++rest_;
    NodePtr node = Make('?', std::move(left), Sum());
    if (comparison == '>') std::swap(node->operands[0], node->operands[1]);
    Expect('?');
    node->operands.push_back(Choice());
    Expect(':');
    node->operands.push_back(Choice());
    return node;
  }
  NodePtr Sum() {
    NodePtr node = Product();
    for (char c = Peek(); c == '+' || c == '-'; c = Peek()) {
      ++rest_;
      node = WithoutCancellation(Make(c, std::move(node), Product()));
    }
    return node;
  }
  // exp(E) - 1 and x - tanh(x) as one function: the difference would lose what
  // decides.
  static NodePtr WithoutCancellation(NodePtr node) {
    if (node->kind != '-') return node;
    Node& left = *node->operands[0];
    Node& right = *node->operands[1];
    if (left.kind == 'f' && left.text == "exp" && IsOne(right)) {
      left.text = "expm1";
      return std::move(node->operands[0]);
    }
    if (left.kind == 'v' && left.index == 0 && right.kind == 'f' && right.text == "tanh" &&
        right.operands[0]->kind == 'v' && right.operands[0]->index == 0) {
      right.text = "tanhshrink";
      return std::move(node->operands[1]);
    }
    return node;
  }
  // 1 / (1 + exp(-E)) as one function, which overflows nowhere.
  static NodePtr WithoutOverflow(NodePtr node) {
    if (node->kind != '/' || !IsOne(*node->operands[0])) return node;
    Node& sum = *node->operands[1];
    if (sum.kind != '+' || !IsOne(*sum.operands[0])) return node;
    Node& power = *sum.operands[1];
    if (power.kind != 'f' || power.text != "exp" || power.operands[0]->kind != 'm') return node;
    power.text = "sigmoid";
    power.operands[0] = std::move(power.operands[0]->operands[0]);
    return std::move(sum.operands[1]);
  }
  static bool IsOne(const Node& node) { return node.kind == 'n' && node.text == "1"; }
  NodePtr Product() {
    NodePtr node = Unary();
    for (char c = Peek(); c == '*' || c == '/'; c = Peek()) {
      ++rest_;
      node = WithoutOverflow(Make(c, std::move(node), Unary()));
    }
    return node;
  }
  NodePtr Unary() {
    if (Take('-')) return Make('m', Unary(), nullptr);
    NodePtr node = Primary();
    if (Take('^')) {
      Peek();
      node = Make('^', std::move(node), nullptr);
      node->index = std::strtoul(rest_, const_cast<char**>(&rest_), 10);
    }
    return node;
  }
  NodePtr Primary() {
    if (Take('(')) {
      NodePtr node = Choice();
      Expect(')');
      return node;
    }
    if (std::isdigit(Peek()) != 0) {
      const char* begin = rest_;
      while (std::isdigit(*rest_) != 0 || *rest_ == '.') ++rest_;
      return std::make_unique<Node>(Node{'n', std::string(begin, rest_), 0, {}});
    }
    return Named();
  }
  NodePtr Named() {
    const char* begin = rest_;
    while (std::isalnum(*rest_) != 0 || *rest_ == '_') ++rest_;
    const std::string name(begin, rest_);
    if (name.empty()) Fail("a name, a number or (");
    if (Take('(')) {
      NodePtr node = Make('f', Choice(), nullptr);
      node->text = name;
      while (Take(',')) node->operands.push_back(Choice());
      Expect(')');
      // log(1 + E) as one function, too.
      Node& sum = *node->operands[0];
      if (name == "log" && sum.kind == '+' && IsOne(*sum.operands[0])) {
        node->text = "log1p";
        node->operands[0] = std::move(sum.operands[1]);
      }
      return node;
    }
    if (name == "pi") return std::make_unique<Node>(Node{'p', "", 0, {}});
    if (name == "x") return std::make_unique<Node>(Node{'v', name, 0, {}});
    for (size_t i = 0; i < ParamCount(info_); ++i) {
      if (name == info_.params[i].name) return std::make_unique<Node>(Node{'v', name, i + 1, {}});
    }
    Fail("x or a parameter instead of " + name);
  }

  const FunctionInfo& info_;
  const char* rest_;
};

}  // namespace

Expression::Expression(const FunctionInfo& info)
    : Expression(info, info.stable_formula != nullptr ? info.stable_formula : info.formula) {}

Expression::Expression(const FunctionInfo& info, const char* formula)
    : root_(Parser(info, formula).Parse()) {
  if (formula != info.formula) return;
  for (size_t i = 0; i < ParamCount(info); ++i) {
    defaults_[i] = info.params[i].default_value;
    const char* with_default = info.params[i].default_formula;
    if (with_default != nullptr) default_roots_[i] = Parser(info, with_default).Parse();
  }
}

template <class R>
Value<R> Expression::Call(const std::string& name, const Value<R>& a) {
  using Math = RealMath<R>;
  const R one(1.0L);
  if (name == "exp") {
    const R e = Math::Exp(a.v);
    return a.Chain(e, e);
  }
  if (name == "log1p") {
    R y = Math::Log1p(a.v);
    return a.Chain(y, Math::Choose(
                          a.v < R(-1.0L), [&] { return y; }, [&] { return one / (one + a.v); }));
  }
  if (name == "tanhshrink") {
    const R y = Math::Tanh(a.v);
    return a.Chain(Math::Tanhshrink(a.v), y * y);
  }
  if (name == "expm1") return a.Chain(Math::Expm1(a.v), Math::Exp(a.v));
  if (name == "log") return a.Chain(Math::Log(a.v), one / a.v);
  if (name == "sqrt") {
    const R root = Math::Sqrt(a.v);
    return a.Chain(root, R(0.5L) / root);
  }
  const auto choose = [&](const R& below, const R& above) {
    return Math::Choose(
        a.v < R(0.0L), [&] { return below; }, [&] { return above; });
  };
  const R size = choose(-a.v, a.v);
  if (name == "abs") return a.Chain(size, choose(R(-1.0L), one));
  if (name == "sigmoid") {
    const R z = Math::Exp(-size);
    const R tail = z / (one + z);
    return a.Chain(choose(tail, one / (one + z)), tail / (one + z));
  }
  if (name == "tanh") {
    const R w = Math::Exp(-(size + size));
    return a.Chain(Math::Tanh(a.v), R(4.0L) * w / ((one + w) * (one + w)));
  }
  const R bell = R(2.0L) / Math::Sqrt(Math::Pi()) * Math::Exp(-(a.v * a.v));
  if (name == "erf") return a.Chain(Math::Erf(a.v), bell);
  if (name == "erfc") return a.Chain(Math::Erfc(a.v), -bell);
  std::fprintf(stderr, "unknown function %s in a formula\n", name.c_str());
  std::abort();
}

template <class R>
Value<R> Expression::Evaluate(const Node& node, const Variables<R>& variables) {
  const auto operand = [&](size_t i) { return Evaluate<R>(*node.operands[i], variables); };
  switch (node.kind) {
    case 'n':
      return {RealMath<R>::Parse(node.text), {}};
    case 'p':
      return {RealMath<R>::Pi(), {}};
    case 'v':
      return variables[node.index];
    case '+':
      return operand(0) + operand(1);
    case '-':
      return operand(0) - operand(1);
    case '*':
      return operand(0) * operand(1);
    case '/':
      return operand(0) / operand(1);
    case 'm':
      return -operand(0);
    case '?':
      return RealMath<R>::Choose(
          operand(0).v < operand(1).v, [&] { return operand(2); }, [&] { return operand(3); });
    case '^': {
      const Value<R> base = operand(0);
      Value<R> power = base;
      for (size_t i = 1; i < node.index; ++i) power = power * base;
      return power;
    }
    default:
      break;
  }
  if (node.text == "min" || node.text == "max") {
    const Value<R> a = operand(0);
    const Value<R> b = operand(1);
    const bool min = node.text == "min";
    return RealMath<R>::Choose(
        a.v < b.v, [&] { return min ? a : b; }, [&] { return min ? b : a; });
  }
  return Call<R>(node.text, operand(0));
}

template Value<BigFloat> Expression::Evaluate(const Node&, const Variables<BigFloat>&);
template Value<Recorded> Expression::Evaluate(const Node&, const Variables<Recorded>&);

}  // namespace activation::accuracy
