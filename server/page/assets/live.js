// The panels of what the server does now, from two readings of /metrics.

import {html, svg} from "/page/dom.js";
import {parseMetrics} from "/page/metrics.js";
import {bytes, duration, short} from "/page/number_text.js";
import {rates} from "/page/rates.js";
import {isReady, metricsText} from "/page/service.js";

const EVERY_MILLISECONDS = 2000;
const KEPT = 30; // readings in a sparkline, a minute
const MOST_BARS = 8;

function sparkline(values) {
  const finite = values.map((value) => (Number.isFinite(value) ? value : 0));
  const top = Math.max(...finite, 1e-12);
  const points = finite.map(
    (value, i) => `${((i + KEPT - finite.length) / (KEPT - 1)) * 200},${38 - (34 * value) / top}`,
  );
  return svg(
    "svg",
    {viewBox: "0 0 200 40", class: "spark", "aria-hidden": "true", preserveAspectRatio: "none"},
    points.length > 1 ? svg("polyline", {points: points.join(" ")}) : null,
  );
}

const positive = (map) => [...map].filter(([, value]) => value > 0).sort((a, b) => b[1] - a[1]);
const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

// [title, the number, what stands below, what is drawn].
const TILES = [
  ["Calls a second", (r) => short(r.calls), (r) => `${r.inflightCalls} in flight`, (r) => r.calls],
  [
    "Latency, median",
    (r) => duration(r.latency[0]),
    (r) => `p90 ${duration(r.latency[1])} · p99 ${duration(r.latency[2])}`,
    (r) => r.latency[0],
  ],
  [
    "Elements a second",
    (r) => short(r.elements),
    (r) => counted(positive(r.byFunction).length, "function"),
    (r) => r.elements,
  ],
  ["Stream items a second", (r) => short(r.items), () => "answered", (r) => r.items],
  ["In flight", (r) => bytes(r.inflightBytes), () => "requests and replies", (r) => r.inflightBytes],
];

function tiles(history) {
  const now = history.at(-1);
  return TILES.map(([title, number, below, drawn]) =>
    html(
      "div",
      {class: "tile"},
      html("h3", {}, title),
      html("p", {class: "number"}, number(now)),
      html("p", {class: "quiet"}, below(now)),
      sparkline(history.map(drawn)),
    ),
  );
}

function bars(title, entries, write, none) {
  const top = Math.max(...entries.map(([, value]) => value), 1e-12);
  const rows = entries.map(([name, value]) =>
    html(
      "li",
      {},
      html("span", {class: "bar-name"}, name),
      svg(
        "svg",
        {viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true"},
        svg("rect", {width: (100 * value) / top, height: 8}),
      ),
      html("span", {class: "bar-value"}, write(value)),
    ),
  );
  return html(
    "div",
    {class: "panel"},
    html("h3", {}, title),
    rows.length > 0 ? html("ul", {class: "bars"}, ...rows) : html("p", {class: "quiet"}, none),
  );
}

function shares(now) {
  const functions = positive(now.byFunction);
  const backends = positive(now.byBackend);
  const all = backends.reduce((total, [, value]) => total + value, 0);
  const panels = [
    bars("Elements a second by function", functions.slice(0, MOST_BARS), short, "None at the moment."),
    bars(
      "Share of backends",
      backends.map(([name, value]) => [name, value / all]),
      (share) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`,
      "Idle.",
    ),
  ];
  const batches = now.batches
    .filter(({count}) => count > 0)
    .map(({bound, count}) => [bound === Infinity ? "more" : `≤ ${bound}`, count]);
  if (now.batches.length > 0) panels.push(bars("Jobs of a batch", batches, short, "No batches."));
  return panels;
}

function say(text, good) {
  const state = document.getElementById("state");
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle("good", good);
}

// Reads and shows until the page is closed; not while nobody looks.
export async function runLive() {
  const history = [];
  let before = null;
  for (;;) {
    try {
      const now = {time: performance.now(), samples: parseMetrics(await metricsText())};
      if (before) history.push(rates(before, now));
      before = now;
      if (history.length > KEPT) history.shift();
      if (history.length > 0) {
        document.getElementById("tiles").replaceChildren(...tiles(history));
        document.getElementById("shares").replaceChildren(...shares(history.at(-1)));
      }
      const ready = await isReady();
      say(ready ? "serving" : "not ready", ready);
    } catch {
      say("not reachable", false);
    }
    await new Promise((resolve) => setTimeout(resolve, history.length > 0 ? EVERY_MILLISECONDS : 500));
    if (document.hidden) {
      await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, {once: true}));
      // What was before is not of the last minute any more.
      before = null;
      history.length = 0;
    }
  }
}
