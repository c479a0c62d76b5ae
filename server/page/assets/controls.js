// What is moved to see a function change: sliders with a number beside each, and the range.

import {html} from "/page/dom.js";
import {adjustable, changed, sliderRange, valueOf} from "/page/settings.js";

const STEPS = 200;

function slider(parameter, value, onValue) {
  const {low, high} = sliderRange(parameter);
  const step = parameter.integral ? 1 : (high - low) / STEPS;
  const id = `set-${parameter.name}`;
  const range = html("input", {
    type: "range",
    id,
    min: low,
    max: high,
    step,
    value,
    "aria-describedby": `${id}-what`,
  });
  // Any value that the service takes can be typed.
  const typed = html("input", {
    type: "number",
    min: parameter.minimum,
    max: parameter.maximum,
    step: "any",
    value,
    "aria-label": `${parameter.name} as a number`,
  });
  const move = (from, to) => () => {
    if (from.value === "") return;
    to.value = from.value;
    onValue(Number(from.value));
  };
  range.addEventListener("input", move(range, typed));
  typed.addEventListener("input", move(typed, range));
  return html(
    "div",
    {class: "control"},
    html("label", {for: id}, parameter.name),
    range,
    typed,
    html("p", {class: "quiet", id: `${id}-what`}, parameter.description),
  );
}

function bound(label, value, onValue) {
  const input = html("input", {type: "number", step: "any", value, id: `range-${label}`});
  input.addEventListener("input", () => {
    if (input.value !== "") onValue(Number(input.value));
  });
  return html("label", {}, `${label} `, input);
}

// `onChange` is called with the settings that a person has moved to.
export function controls(settings, onChange) {
  let now = settings;
  const set = (next) => {
    now = next;
    onChange(now);
  };
  const sliders = adjustable(settings.function).map((parameter) =>
    slider(parameter, valueOf(settings, parameter.name), (value) => set(changed(now, parameter.name, value))),
  );
  return html(
    "form",
    {class: "controls", "aria-label": "Parameters and range", onsubmit: (event) => event.preventDefault()},
    ...sliders,
    html(
      "div",
      {class: "range"},
      bound("from", settings.from, (from) => set({...now, from})),
      bound("to", settings.to, (to) => set({...now, to})),
    ),
  );
}
