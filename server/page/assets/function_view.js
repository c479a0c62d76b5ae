// One function: a large picture, what can be moved, what is known, and code.

import {chart, LARGE} from "/page/chart.js";
import {CodeView} from "/page/code_view.js";
import {controls} from "/page/controls.js";
import {html} from "/page/dom.js";
import {accuracy, notes} from "/page/facts.js";
import {Figures} from "/page/figures.js";
import {formula} from "/page/formula.js";
import {KINDS} from "/page/gallery.js";
import {Readout} from "/page/readout.js";
import {curve} from "/page/service.js";
import {defaults, labels} from "/page/settings.js";

const POINTS = 481;

// Does what was asked for last: while one task runs, only the newest other one waits.
class Latest {
  constructor(run) {
    Object.assign(this, {run, running: false, next: null});
  }

  async ask(settings) {
    this.next = settings;
    if (this.running) return;
    this.running = true;
    while (this.next) {
      const wanted = this.next;
      this.next = null;
      await this.run(wanted);
    }
    this.running = false;
  }
}

function neighbours(all, definition) {
  const place = all.indexOf(definition);
  const link = (other, sign) => (other ? html("a", {href: `#${other.name}`}, sign(other.name)) : null);
  return html(
    "nav",
    {class: "neighbours", "aria-label": "Other functions"},
    link(all[place - 1], (name) => `← ${name}`),
    html("a", {href: "#gallery"}, "All functions"),
    link(all[place + 1], (name) => `${name} →`),
  );
}

// Fills `section`; the heading is focused, so that the keyboard and a reader go on there.
export function showFunction(section, catalogue, definition) {
  const settings = defaults(definition);
  const names = labels(definition);
  const view = html("div", {class: "picture"});
  const problem = html("p", {class: "problem", role: "alert"});
  const readout = new Readout(definition);
  const figures = new Figures();
  const code = new CodeView(catalogue.server.address);
  const measuring = new Latest((now) => figures.show(now));
  const drawing = new Latest(async (now) => {
    try {
      const data = await curve(now, POINTS);
      const drawn = chart(now.function.name, data, LARGE);
      view.replaceChildren(drawn.picture);
      readout.attach(data, drawn);
      problem.textContent = "";
      // Not waited for: the next curve has no need of them.
      measuring.ask(now);
    } catch (error) {
      problem.textContent = error.message;
    }
  });
  const change = (now) => {
    code.show(now);
    return drawing.ask(now);
  };
  const heading = html("h2", {id: "function-title", tabindex: -1}, definition.name);
  section.replaceChildren(
    neighbours(catalogue.functions, definition),
    html("div", {class: "title"}, heading, html("span", {class: "kind"}, KINDS[definition.kind])),
    html("p", {class: "description"}, definition.description),
    html("div", {class: "formula"}, formula(definition, "block")),
    html(
      "div",
      {class: "columns"},
      html(
        "div",
        {class: "left"},
        html(
          "p",
          {class: "legend"},
          html("span", {class: "key curve-f"}, names.y),
          " ",
          html("span", {class: "key curve-d"}, names.derivative),
          " over ",
          names.x,
        ),
        view,
        readout.element,
        problem,
        controls(settings, change),
      ),
      html(
        "div",
        {class: "right"},
        notes(definition),
        figures.element,
        accuracy(definition, catalogue.accuracy_measured),
      ),
    ),
    code.element,
  );
  section.hidden = false;
  heading.focus({preventScroll: true});
  section.scrollIntoView();
  return change(settings);
}
