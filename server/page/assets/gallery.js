// The gallery: a card for each function with its formula and its picture, drawn by the service.

import {chart, SMALL} from "/page/chart.js";
import {html} from "/page/dom.js";
import {line} from "/page/figures.js";
import {formula} from "/page/formula.js";
import {curve, figures} from "/page/service.js";
import {defaults} from "/page/settings.js";

const POINTS = 161;
// Requests at the same time; the server has a few threads for pages.
const AT_ONCE = 3;

export const KINDS = {
  elementwise: "elementwise",
  per_channel: "per channel",
  row_wise: "row-wise",
  gated: "gated",
};

function card(definition) {
  const place = html("div", {class: "thumb"});
  const numbers = html("span", {class: "card-figures quiet"});
  const element = html(
    "li",
    {class: "card"},
    html(
      "a",
      {
        href: `#${definition.name}`,
        "data-function": definition.name,
        "aria-label": `${definition.name}: ${definition.description}`,
      },
      html(
        "span",
        {class: "card-head"},
        html("strong", {}, definition.name),
        definition.kind === "elementwise" ? null : html("span", {class: "kind"}, KINDS[definition.kind]),
      ),
      html("span", {class: "card-formula"}, formula(definition)),
      place,
      definition.kind === "elementwise" ? numbers : null,
    ),
  );
  return {definition, element, place, numbers};
}

async function draw({definition, place}) {
  try {
    const data = await curve(defaults(definition), POINTS);
    place.replaceChildren(chart(definition.name, data, SMALL).picture);
  } catch (error) {
    place.replaceChildren(html("p", {class: "problem"}, error.message));
  }
}

// Beside the curve, which neither waits for these nor goes with them.
async function measure({definition, numbers}) {
  if (definition.kind !== "elementwise") return;
  try {
    numbers.textContent = line(await figures(defaults(definition)));
  } catch (error) {
    numbers.textContent = "no figures";
    numbers.title = error.message;
  }
}

// A formula that is wider than its card becomes smaller, so that all of it is seen.
function fitFormulas(cards) {
  const formulas = cards.map(({element}) => element.querySelector("math"));
  const shares = formulas.map((math) => math.parentElement.clientWidth / math.getBoundingClientRect().width);
  formulas.forEach((math, i) => {
    if (shares[i] < 1) math.style.fontSize = `${shares[i]}em`;
  });
}

// What the search reads.
const textOf = ({definition: {name, kind, description, used_in, reference}}) =>
  [name, KINDS[kind], description, used_in, reference].join(" ").toLowerCase();

function connectSearch(cards, input, found) {
  const show = () => {
    const words = input.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word);
    const shown = cards.filter((one) => {
      const wanted = words.every((word) => textOf(one).includes(word));
      one.element.hidden = !wanted;
      return wanted;
    });
    found.textContent = words.length > 0 ? `${shown.length} of ${cards.length}` : `${cards.length}`;
  };
  input.addEventListener("input", show);
  show();
}

export async function showGallery(definitions) {
  const cards = definitions.map(card);
  document.getElementById("cards").replaceChildren(...cards.map(({element}) => element));
  fitFormulas(cards);
  connectSearch(cards, document.getElementById("find"), document.getElementById("found"));
  const waiting = [...cards];
  const worker = async () => {
    while (waiting.length > 0) await draw(waiting.shift());
  };
  // One after the other: whoever opens a function waits for no more than one of them.
  const measureAll = async () => {
    for (const one of cards) await measure(one);
  };
  await Promise.all([measureAll(), ...Array.from({length: AT_ONCE}, worker)]);
}
