"""The status page for everybody, in a browser: keyboard, names for readers, both colour schemes."""

from page_case import GALLERY, PICTURE, PageCase, main


class AccessTest(PageCase):
    def test_everything_is_reached_by_keyboard(self):
        self.page.open(self.url())
        self.page.wait_for(GALLERY)
        active = "document.activeElement"
        self.page.press("Tab")
        self.assertEqual(self.page.evaluate(f"{active}.className"), "skip")
        while self.page.evaluate(f"{active}.id") != "find":
            self.page.press("Tab")
        self.page.press("Tab")
        self.assertEqual(self.page.evaluate(f"{active}.dataset.function"), "sigmoid")
        self.page.press("Enter", text="\r")
        self.page.wait_for(f"{PICTURE} && {active}.id === 'function-title'")
        reached = set()
        for _ in range(40):
            self.page.press("Tab")
            reached.add(
                self.page.evaluate(
                    f"{active}.name || {active}.id || {active}.getAttribute('aria-label') || {active}.textContent"
                )
            )
        for wanted in ("x to read values at", "range-from", "range-to", "language", "Copy"):
            self.assertIn(wanted, reached)

    def test_values_are_read_with_the_arrow_keys(self):
        self.open_function("relu")
        self.page.evaluate("document.querySelector('.readout input').focus()")
        self.page.press("End")
        self.assertEqual(
            self.page.evaluate("document.querySelector('.values').textContent"),
            "x = 4f(x) = 4f′(x) = 1",
        )
        self.page.press("Home")
        self.assertEqual(
            self.page.evaluate(
                "document.querySelector('.readout input').getAttribute('aria-valuetext')"
            ),
            "x = −4, f(x) = 0, f′(x) = 0",
        )

    def test_an_infinite_value_is_read_as_that(self):
        self.open_function("log1p")
        # The default range in 480 steps; below the root of 1 + x there is no value.
        for place, text in ((0, "x = −4f(x) = nonef′(x) = none"), (180, "x = −1f(x) = −∞f′(x) = ∞")):
            self.type(".readout input", place)
            self.assertEqual(
                self.page.evaluate("document.querySelector('.values').textContent"), text
            )

    def test_names_for_those_who_cannot_see(self):
        self.open_function("gelu")
        tree = self.page.call("Accessibility.getFullAXTree")["nodes"]
        interactive = {"button", "link", "slider", "spinbutton", "radio", "searchbox", "image"}
        nameless = [
            node["role"]["value"]
            for node in tree
            if not node.get("ignored")
            and node["role"]["value"] in interactive
            and not node.get("name", {}).get("value")
        ]
        self.assertEqual(nameless, [])
        self.assertEqual(self.page.evaluate("document.querySelectorAll('h1').length"), 1)
        label = self.page.evaluate(f"{PICTURE}.getAttribute('aria-label')")
        self.assertEqual(
            label,
            "gelu for inputs from −4 to 4: values between −0.169971 and 3.99987, derivative between −0.128903 and 1.1289",
        )

    def test_search(self):
        self.page.open(self.url())
        self.page.wait_for("document.querySelectorAll('.card').length > 40")
        self.type("#find", "gated")
        shown = self.page.evaluate(
            "[...document.querySelectorAll('.card:not([hidden]) a')].map((a) => a.dataset.function)"
        )
        self.assertLessEqual({"glu", "swiglu", "geglu", "geglu_tanh", "reglu"}, set(shown))
        self.assertNotIn("relu", shown)
        self.assertIn(
            f"{len(shown)} of ", self.page.evaluate("document.getElementById('found').textContent")
        )

    def test_both_colour_schemes(self):
        self.page.open(self.url())
        self.page.wait_for("document.querySelectorAll('.card').length > 40")
        colours = {}
        for scheme in ("light", "dark"):
            self.page.look(scheme=scheme)
            colours[scheme] = self.page.evaluate(CONTRASTS)
            for what, ratio in colours[scheme].items():
                # WCAG AA for text; 3 for graphics.
                self.assertGreater(ratio, 3 if what.startswith("curve") else 4.5, (scheme, what))
        self.assertNotEqual(colours["light"], colours["dark"])


# Of text and curves against what they stand on.
CONTRASTS = """(() => {
    const style = getComputedStyle(document.documentElement);
    const light = (name) => {
        const hex = style.getPropertyValue('--' + name).trim().slice(1);
        const parts = [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
            .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    };
    const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
    const found = {};
    for (const name of ['ink', 'quiet', 'accent', 'good', 'bad', 'curve-f', 'curve-d']) found[name] = ratio(name, 'sheet');
    found['quiet on paper'] = ratio('quiet', 'paper');
    found['ink on code'] = ratio('ink', 'code');
    return found;
})()"""

if __name__ == "__main__":
    main()
