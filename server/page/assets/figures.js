// What a function makes of inputs from N(0, 1), as the service computes it.

import {html} from "/page/dom.js";
import {plain} from "/page/number_text.js";
import {figures} from "/page/service.js";

// A share as people read it; what is rare is not none.
export function share(value) {
  if (value === 0) return "none";
  if (value === 1) return "all";
  if (value < 1e-4) return "<0.01 %";
  if (value > 0.9999) return ">99.99 %";
  return `${Number((100 * value).toPrecision(3))} %`;
}

// JSON has no such numbers, so they come as text.
const NOT_FINITE = {Infinity: "∞", "-Infinity": "−∞", NaN: "not a number"};

const number = (value) => NOT_FINITE[value] ?? plain(Number(value.toPrecision(4)));

const ROWS = [
  ["Mean, variance", (of) => `${number(Math.abs(of.mean) < 1e-12 ? 0 : of.mean)}, ${number(of.variance)}`],
  ["Exact zeros", (of) => share(of.zeros)],
  ["Not finite, in no other figure", (of) => share(of.non_finite)],
  ["Dead, f′ = 0", (of) => share(of.dead)],
  ["Saturated, |f′| < 0.001", (of) => share(of.saturated)],
  ["Gradient gain, mean of f′²", (of) => number(of.gradient_gain)],
  ["left after 10, 50 layers", (of) => `${left(of.gradient_left_after_10)}, ${left(of.gradient_left_after_50)}`],
  ["Gain to initialise with", (of) => number(of.forward_init_gain)],
];

const left = (value) => NOT_FINITE[value] ?? value.toPrecision(2).replace("-", "−");

const brief = (value) => NOT_FINITE[value] ?? number(Number(value.toPrecision(2)));

// In a card of the gallery: one line.
export function line(of) {
  return `dead ${share(of.dead)} · saturated ${share(of.saturated)} · gain ${brief(of.gradient_gain)}`;
}

// A list that follows the parameters; empty for what is not a function of one number.
export class Figures {
  constructor() {
    this.element = html("div", {class: "figures"});
  }

  async show(settings) {
    if (settings.function.kind !== "elementwise") return;
    try {
      this.element.replaceChildren(...list(await figures(settings)));
    } catch (error) {
      this.element.replaceChildren(html("p", {class: "problem"}, error.message));
    }
  }
}

const list = (of) => [
  html("h3", {}, "What it makes of N(0, 1)"),
  html("dl", {class: "notes"}, ...ROWS.flatMap(([name, text]) => [html("dt", {}, name), html("dd", {}, text(of))])),
];
