// Values at one x of a picture: by pointer over it, or with the keyboard on the slider below it.

import {html, svg} from "/page/dom.js";
import {plain} from "/page/number_text.js";
import {labels} from "/page/settings.js";

export class Readout {
  constructor(definition) {
    this.names = labels(definition);
    this.slider = html("input", {
      type: "range",
      min: 0,
      step: 1,
      "aria-label": `${this.names.x} to read values at`,
    });
    this.values = html("output", {class: "values"});
    this.element = html("div", {class: "readout"}, this.slider, this.values);
    this.share = 0.75;
    this.slider.addEventListener("input", () => this.moveTo(Number(this.slider.value)));
  }

  // Of a new picture; the place stays where it was, as a share of the range.
  attach(data, {picture, places}) {
    Object.assign(this, {data, places});
    this.line = svg("line", {class: "cross", y1: 0, y2: picture.viewBox.baseVal.height});
    this.dots = ["curve-d", "curve-f"].map((name) => svg("circle", {class: `dot ${name}`, r: 5}));
    picture.querySelector(".inside").append(this.line, ...this.dots);
    picture.addEventListener("pointermove", (event) => {
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(
        picture.getScreenCTM().inverse(),
      );
      const nearest = places.x.reduce(
        (best, x, i) => (Math.abs(x - point.x) < Math.abs(places.x[best] - point.x) ? i : best),
        0,
      );
      this.moveTo(nearest);
    });
    this.slider.max = data.x.length - 1;
    this.moveTo(Math.round(this.share * (data.x.length - 1)));
  }

  moveTo(i) {
    const {data, places, names} = this;
    this.share = i / (data.x.length - 1);
    this.slider.value = i;
    this.line.setAttribute("x1", places.x[i]);
    this.line.setAttribute("x2", places.x[i]);
    [data.derivative[i], data.y[i]].forEach((value, curve) => {
      this.dots[curve].setAttribute("cx", places.x[i]);
      this.dots[curve].setAttribute("cy", !Number.isFinite(value) ? -1e4 : places.y(value));
    });
    const text = [
      `${names.x} = ${plain(data.x[i])}`,
      `${names.y} = ${plain(data.y[i])}`,
      `${names.derivative} = ${plain(data.derivative[i])}`,
    ];
    this.slider.setAttribute("aria-valuetext", text.join(", "));
    this.values.replaceChildren(
      html("span", {}, text[0]),
      html("span", {class: "key curve-f"}, text[1]),
      html("span", {class: "key curve-d"}, text[2]),
    );
  }
}
