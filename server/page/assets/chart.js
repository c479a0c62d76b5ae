// A function and its derivative as a picture.

import {svg} from "/page/dom.js";
import {plain} from "/page/number_text.js";
import {jumps, linear, rangeOfY, ticks} from "/page/scale.js";

export const SMALL = {width: 320, height: 190, left: 30, right: 8, top: 8, bottom: 22, xTicks: 4, yTicks: 5};
export const LARGE = {
  width: 760,
  height: 440,
  left: 52,
  right: 16,
  top: 14,
  bottom: 36,
  xTicks: 8,
  yTicks: 7,
};

// Beyond it a place is not drawn anyway, and too large a number is not a place.
const FAR = 1e4;

function pathOf(curve, places, height) {
  const {x, y} = places;
  let path = "";
  let pen = false;
  curve.forEach((value, i) => {
    if (!Number.isFinite(value)) {
      pen = false;
      return;
    }
    const place = Math.max(-FAR, Math.min(FAR, y(value)));
    path += `${pen ? "L" : "M"}${x[i].toFixed(2)} ${place.toFixed(2)}`;
    pen = i + 1 < curve.length && Number.isFinite(curve[i + 1]) && !jumps(curve, i, height);
  });
  return path;
}

function axis(size, places, range) {
  const {left, right, top, bottom, width, height} = size;
  const lines = svg("g", {class: "grid"});
  const texts = svg("g", {class: "ticks"});
  for (const tick of ticks(range.from, range.to, size.xTicks)) {
    const x = places.xAt(tick).toFixed(2);
    lines.append(
      svg("line", {x1: x, x2: x, y1: top, y2: height - bottom, class: tick === 0 ? "zero" : null}),
    );
    texts.append(
      svg("text", {x, y: height - bottom + 15, class: "tick-x", "text-anchor": "middle"}, plain(tick)),
    );
  }
  for (const tick of ticks(range.low, range.high, size.yTicks)) {
    const y = places.y(tick).toFixed(2);
    lines.append(svg("line", {x1: left, x2: width - right, y1: y, y2: y, class: tick === 0 ? "zero" : null}));
    texts.append(
      svg("text", {x: left - 7, y, dy: "0.33em", class: "tick-y", "text-anchor": "end"}, plain(tick)),
    );
  }
  return [lines, texts];
}

// What a picture says to who cannot see it.
function inWords(title, data) {
  const part = (name, values) => {
    const finite = values.filter(Number.isFinite);
    if (finite.length === 0) return `${name} has no finite value`;
    return `${name} between ${plain(Math.min(...finite))} and ${plain(Math.max(...finite))}`;
  };
  return (
    `${title} for inputs from ${plain(data.x.at(0))} to ${plain(data.x.at(-1))}: ` +
    `${part("values", data.y)}, ${part("derivative", data.derivative)}`
  );
}

// The picture, with `places` to find x and y in it.
export function chart(title, data, size) {
  const {left, right, top, bottom, width, height} = size;
  const range = {from: data.x.at(0), to: data.x.at(-1), ...rangeOfY([data.y, data.derivative], data.x)};
  const xAt = linear(range.from, range.to, left, width - right);
  const places = {xAt, x: data.x.map(xAt), y: linear(range.low, range.high, height - bottom, top)};
  const inside = {x: left, y: top, width: width - left - right, height: height - top - bottom};
  const span = range.high - range.low;
  const picture = svg(
    "svg",
    {viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": inWords(title, data), class: "chart"},
    ...axis(size, places, range),
    svg(
      "svg",
      {...inside, viewBox: `${left} ${top} ${inside.width} ${inside.height}`, class: "inside"},
      svg("path", {class: "curve-d", d: pathOf(data.derivative, places, span)}),
      svg("path", {class: "curve-f", d: pathOf(data.y, places, span)}),
    ),
  );
  return {picture, places, range};
}
