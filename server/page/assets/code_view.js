// The copyable code: one language at a time.

import {html} from "/page/dom.js";
import {commandLine, cpp, python} from "/page/snippets.js";

const LANGUAGES = {"Command line": commandLine, Python: python, "C++": cpp};

// The browser's clipboard is there on this machine and over TLS only.
async function copy(code) {
  if (navigator.clipboard) return navigator.clipboard.writeText(code.textContent);
  getSelection().selectAllChildren(code);
  if (!document.execCommand("copy")) throw new Error("the browser does not copy");
}

// A server that listens on every address is reached where this page was.
const reachable = (address) => address.replace(/^(0\.0\.0\.0|\[::\])(?=:)/, location.hostname);

export class CodeView {
  constructor(address) {
    this.address = reachable(address);
    this.language = "Command line";
    this.code = html("code", {});
    const said = html("span", {role: "status", class: "quiet"});
    const button = html(
      "button",
      {
        type: "button",
        onclick: async () => {
          said.textContent = await copy(this.code).then(
            () => "Copied",
            () => "Select the text to copy it",
          );
        },
      },
      "Copy",
    );
    const choices = Object.keys(LANGUAGES).map((language) =>
      html(
        "label",
        {},
        html("input", {
          type: "radio",
          name: "language",
          value: language,
          checked: language === this.language,
          onchange: () => {
            this.language = language;
            said.textContent = "";
            this.show();
          },
        }),
        html("span", {}, language),
      ),
    );
    this.element = html(
      "div",
      {class: "code"},
      html("fieldset", {}, html("legend", {class: "unseen"}, "Language"), ...choices, button, said),
      html("pre", {tabindex: 0, role: "region", "aria-label": "Code"}, this.code),
    );
  }

  show(settings = this.settings) {
    this.settings = settings;
    this.code.textContent = LANGUAGES[this.language](settings, this.address);
  }
}
