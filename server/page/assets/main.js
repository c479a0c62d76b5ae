// The page: its parts put together, and the function that the address names.

import {html} from "/page/dom.js";
import {showFunction} from "/page/function_view.js";
import {showGallery} from "/page/gallery.js";
import {runLive} from "/page/live.js";
import {functions} from "/page/service.js";

function showFacts({version, address, devices}) {
  document
    .getElementById("facts")
    .replaceChildren(
      html("span", {}, version),
      html("span", {}, `gRPC ${address}`),
      ...devices.map(({backend, description}) => html("span", {}, `${backend}: ${description}`)),
    );
}

// #gelu shows the function of that name; anything else is a place on the page.
function follow(catalogue) {
  const section = document.getElementById("function");
  const definition = catalogue.functions.find(({name}) => `#${name}` === location.hash);
  document.title = definition ? `${definition.name} – activation-server` : "activation-server";
  if (definition) {
    showFunction(section, catalogue, definition);
    return;
  }
  section.hidden = true;
  section.replaceChildren();
  // The section's going away has moved what the browser had scrolled to.
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

async function start() {
  const catalogue = await functions();
  showFacts(catalogue.server);
  addEventListener("hashchange", () => follow(catalogue));
  if (location.hash) follow(catalogue);
  await showGallery(catalogue.functions);
}

runLive();
start().catch((error) => {
  document.getElementById("cards").replaceChildren(html("li", {class: "problem"}, error.message));
});
