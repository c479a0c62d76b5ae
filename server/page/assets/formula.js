// Formulas in MathML.

import {mathml} from "/page/dom.js";
import {cases, parse} from "/page/expression.js";

const GREEK = {alpha: "α", beta: "β", theta: "θ", lambda: "λ", sigmoid: "σ", pi: "π"};
// How tightly an operator binds.
const BINDING = {"<": 1, ">": 1, "≤": 1, "≥": 1, "+": 2, "-": 2, "*": 3, "/": 5, negative: 2, "^": 5};
const LONGEST_NUMBER = 8;

const operator = (text, attributes = {}) => mathml("mo", attributes, text);
const row = (...children) => mathml("mrow", {}, ...children);
const identifier = (name) => mathml("mi", {}, GREEK[name] ?? name);

const FENCE = {fence: "true", lspace: "0", rspace: "0"};

function fenced(open, close, ...inside) {
  return row(operator(open, FENCE), ...inside, operator(close, FENCE));
}

const binding = (tree) => (Array.isArray(tree) ? (BINDING[tree[0]] ?? 9) : 9);

// In brackets where it binds less than `least`.
function within(tree, least) {
  return binding(tree) < least ? fenced("(", ")", show(tree)) : show(tree);
}

function number(text) {
  const long = text.length > LONGEST_NUMBER;
  return mathml("mn", {}, long ? text.slice(0, LONGEST_NUMBER - 2) + "…" : text);
}

// Whether a product with this on its right needs a dot.
function beginsWithDigit(tree) {
  if (!Array.isArray(tree)) return false;
  if (tree[0] === "number") return true;
  return (tree[0] === "*" || tree[0] === "^") && beginsWithDigit(tree[1]);
}

function product(left, right) {
  const sign = beginsWithDigit(right) ? operator("·") : mathml("mspace", {width: "0.17em"});
  return row(within(left, 3), sign, within(right, 4));
}

function sumOver(term) {
  return row(mathml("munder", {}, operator("∑"), identifier("j")), show(term));
}

const CALLS = {
  exp: (power) => mathml("msup", {}, mathml("mi", {}, "e"), show(power)),
  sqrt: (inside) => mathml("msqrt", {}, show(inside)),
  abs: (inside) => fenced("|", "|", show(inside)),
  sum: sumOver,
};

function call(name, operands) {
  if (name in CALLS) return CALLS[name](...operands);
  const list = operands.flatMap((operand, i) => (i > 0 ? [operator(","), show(operand)] : [show(operand)]));
  return row(identifier(name), operator("⁡"), fenced("(", ")", ...list));
}

function index(name, place) {
  return mathml(
    "msub",
    {},
    identifier(name),
    place === "channel" ? mathml("mtext", {}, "channel") : show(place),
  );
}

const BINARY_SIGNS = {"-": "−", "+": "+", "<": "<", ">": ">", "≤": "≤", "≥": "≥"};

function show(tree) {
  if (!Array.isArray(tree)) return identifier(tree);
  const [kind, first, second] = tree;
  switch (kind) {
    case "number":
      return number(first);
    case "negative":
      return row(operator("−", {form: "prefix"}), within(first, 3));
    case "*":
      return product(first, second);
    case "/":
      return mathml("mfrac", {}, show(first), show(second));
    case "^":
      return mathml("msup", {}, within(first, 6), show(second));
    case "call":
      return call(first, tree.slice(2));
    case "index":
      return index(first, second);
    case "choice":
      return choice(tree);
    default:
      return row(
        within(first, binding(tree)),
        operator(BINARY_SIGNS[kind]),
        within(second, binding(tree) + (kind === "-" ? 1 : 0)),
      );
  }
}

function choice(tree) {
  const rows = cases(tree).map(([value, condition]) =>
    mathml(
      "mtr",
      {},
      mathml("mtd", {}, show(value)),
      mathml(
        "mtd",
        {},
        condition ? row(mathml("mtext", {}, "if\u00a0"), show(condition)) : mathml("mtext", {}, "otherwise"),
      ),
    ),
  );
  return row(
    operator("{", {...FENCE, rspace: "0.2em", stretchy: "true"}),
    mathml("mtable", {columnalign: "left left", class: "cases"}, ...rows),
  );
}

// <math> for a function of the catalogue: "f(x) = ..." or, of other kinds, "y = ...".
export function formula(definition, display = "inline") {
  const left =
    definition.kind === "elementwise"
      ? row(identifier("f"), operator("⁡"), fenced("(", ")", identifier("x")))
      : definition.kind === "row_wise"
        ? index("y", "i")
        : identifier("y");
  return mathml(
    "math",
    {display, "aria-label": definition.formula},
    row(left, operator("="), show(parse(definition.formula))),
  );
}
