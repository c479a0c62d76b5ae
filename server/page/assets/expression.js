// A formula of the catalogue as a tree. Operators as in C and ^, functions, indices, and choice as
// `x > 0 ? a : b`. Nodes are arrays: [operator, ...operands], strings are names, numbers stand as
// their text in ["number", text].

function tokens(text) {
  return text.match(/\d+(\.\d+)?|[A-Za-z_]\w*|[-+*/^()<>?:,[\]]/g) ?? [];
}

class Reader {
  constructor(text) {
    this.rest = tokens(text);
  }

  take(token) {
    if (this.rest[0] !== token) return false;
    this.rest.shift();
    return true;
  }

  expect(token) {
    if (!this.take(token)) throw new SyntaxError(`expected ${token}, not ${this.rest[0]}`);
  }

  choice() {
    const condition = this.comparison();
    if (!this.take("?")) return condition;
    const then = this.choice();
    this.expect(":");
    return ["choice", condition, then, this.choice()];
  }

  comparison() {
    const left = this.sum();
    for (const operator of ["<", ">"]) {
      if (this.take(operator)) return [operator, left, this.sum()];
    }
    return left;
  }

  sum() {
    return this.leftToRight(["+", "-"], () => this.product());
  }

  product() {
    return this.leftToRight(["*", "/"], () => this.sign());
  }

  leftToRight(operators, operand) {
    let left = operand();
    while (operators.includes(this.rest[0])) left = [this.rest.shift(), left, operand()];
    return left;
  }

  sign() {
    return this.take("-") ? ["negative", this.sign()] : this.power();
  }

  power() {
    const base = this.atom();
    return this.take("^") ? ["^", base, this.sign()] : base;
  }

  atom() {
    if (this.take("(")) return this.closed(")");
    const token = this.rest.shift();
    if (/^\d/.test(token)) return ["number", token];
    if (!/^\w/.test(token ?? "")) throw new SyntaxError(`expected a value, not ${token}`);
    if (this.take("[")) return ["index", token, this.closed("]")];
    if (!this.take("(")) return token;
    const operands = [];
    do operands.push(this.choice());
    while (this.take(","));
    this.expect(")");
    return ["call", token, ...operands];
  }

  closed(bracket) {
    const inside = this.choice();
    this.expect(bracket);
    return inside;
  }
}

export function parse(text) {
  const reader = new Reader(text);
  const tree = reader.choice();
  if (reader.rest.length > 0) throw new SyntaxError(`unexpected ${reader.rest[0]}`);
  return tree;
}

const NEGATION = {">": "≤", "<": "≥"};

// A choice as [value, condition] in the order in which they are tried; the last has no condition.
// A choice within a choice's first branch comes after the other branch, under the opposite condition.
export function cases(tree) {
  if (tree[0] !== "choice") return [[tree, null]];
  const [, condition, then, otherwise] = tree;
  if (then[0] === "choice") {
    const [operator, left, right] = condition;
    return [[otherwise, [NEGATION[operator], left, right]], ...cases(then)];
  }
  return [[then, condition], ...cases(otherwise)];
}
