// What is known about a function besides its curve.

import {html} from "/page/dom.js";

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

export function notes(definition) {
  const entry = (name, text) => [html("dt", {}, name), html("dd", {}, sentence(text))];
  const shape = [
    definition.monotone ? "monotone" : "not monotone",
    definition.smooth ? "smooth" : "not smooth",
  ];
  return html(
    "dl",
    {class: "notes"},
    ...entry("Used in", definition.used_in),
    ...entry("Strengths", definition.strengths),
    ...entry("Weaknesses", definition.weaknesses),
    ...entry("Range", definition.range),
    ...entry("Shape", shape.join(", ")),
    ...entry("Saturates", definition.saturation),
    ...entry("Source", definition.reference),
  );
}

const DTYPES = ["f32", "f64", "f16", "bf16"];
const COLUMNS = [
  ["exact_forward", "EXACT f"],
  ["exact_gradient", "EXACT f′"],
  ["fast_forward", "FAST f"],
  ["fast_gradient", "FAST f′"],
];

function table(accuracy) {
  const cell = (figure) => html("td", {title: `${figure.misrounded} results wrongly rounded`}, figure.ulp);
  const rows = DTYPES.filter((dtype) => dtype in accuracy).map((dtype) =>
    html(
      "tr",
      {},
      html("th", {scope: "row"}, dtype),
      ...COLUMNS.map(([key]) => cell(accuracy[dtype][key])),
      html("td", {}, accuracy[dtype].inputs),
    ),
  );
  return html(
    "table",
    {},
    html(
      "thead",
      {},
      html(
        "tr",
        {},
        html("th", {scope: "col"}, "dtype"),
        ...COLUMNS.map(([, title]) => html("th", {scope: "col"}, title)),
        html("th", {scope: "col"}, "inputs tried"),
      ),
    ),
    html("tbody", {}, ...rows),
  );
}

export function accuracy(definition, measured) {
  const title = html("h3", {}, "Largest error measured, in ULP");
  if (Object.keys(definition.accuracy).length === 0) {
    const why =
      definition.kind === "elementwise"
        ? "Not measured yet."
        : "Its inputs cannot all be tried: tests hold random tensors against the definition in arbitrary precision.";
    return html("div", {class: "accuracy"}, title, html("p", {class: "quiet"}, why));
  }
  const {misrounded, ulp} = definition.accuracy.f32.exact_forward;
  return html(
    "div",
    {class: "accuracy"},
    title,
    html(
      "p",
      {},
      html("strong", {}, `${ulp} ULP`),
      ` forward in f32 EXACT; ${misrounded} of `,
      `${definition.accuracy.f32.inputs} inputs wrongly rounded.`,
    ),
    html(
      "div",
      {class: "scroll", tabindex: 0, role: "region", "aria-label": "Errors by dtype"},
      table(definition.accuracy),
    ),
    html("p", {class: "quiet"}, `Measured ${measured}. Correct rounding is at most 0.5.`),
  );
}
