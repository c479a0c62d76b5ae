"""Formulas and curves of the status page, in a browser: those of the service."""

import json
import time
import urllib.error
import urllib.request

from page_case import GALLERY, PICTURE, READ, PageCase, main


class CurvesTest(PageCase):
    def test_gallery_shows_every_function_as_the_service_computes_it(self):
        self.page.open(self.url())
        with urllib.request.urlopen(self.url("api/functions"), timeout=30) as answer:
            functions = [function["name"] for function in json.load(answer)["functions"]]
        self.page.wait_for(f"document.querySelectorAll('.card .chart').length === {len(functions)}")
        self.assertEqual(self.page.evaluate("document.querySelectorAll('.problem').length"), 0)
        self.assertEqual(
            self.page.evaluate(
                "[...document.querySelectorAll('.card a')].map((a) => a.dataset.function)"
            ),
            functions,
        )
        # relu6 ends at 6, which its picture shows.
        reach = dict.fromkeys(("gelu", "log1p", "hardshrink", "prelu", "softmax", "swiglu"), 4)
        for name, to in (*reach.items(), ("relu6", 8)):
            picture = f"document.querySelector('[data-function={name}] .chart')"
            self.is_drawn_from(
                self.curve(f"function={name}&from=-{to}&to={to}&points=161"), self.drawn(picture)
            )

    def figures(self, query):
        until = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(self.url(f"api/figures?{query}"), timeout=30) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                # It is the page's turn.
                if error.code != 503 or time.monotonic() > until:
                    raise

    def test_figures_stand_beside_each_curve_as_the_service_computes_them(self):
        self.page.open(self.url())
        numbers = "(document.querySelector('[data-function=relu] .card-figures')?.textContent ?? '')"
        self.page.wait_for(f"{numbers} !== ''")
        self.assertEqual(self.page.evaluate(numbers), "dead 50 % · saturated 50 % · gain 0.5")
        self.open_function("elu")
        figures = "(document.querySelector('.figures')?.textContent ?? '')"
        self.page.wait_for("document.querySelector('.figures dt') !== null")
        of = self.figures("function=elu")
        shown = self.page.evaluate(figures)
        self.assertIn(f"{of['gradient_gain']:.4g}", shown)
        self.assertIn(f"{of['variance']:.4g}", shown)

    def test_an_infinite_figure_is_no_missing_one(self):
        self.page.open(self.url())
        numbers = "(document.querySelector('[data-function=log1p] .card-figures')?.textContent ?? '')"
        self.page.wait_for(f"{numbers} !== ''")
        self.assertEqual(self.page.evaluate(numbers), "dead none · saturated none · gain ∞")
        self.open_function("log1p")
        self.page.wait_for("document.querySelector('.figures dt') !== null")
        rows = self.page.evaluate(
            """Object.fromEntries([...document.querySelectorAll('.figures dt')].map((dt) =>
            [dt.textContent, dt.nextElementSibling.textContent]))"""
        )
        self.assertEqual(rows["Not finite, in no other figure"], "15.9 %")
        self.assertEqual(rows["left after 10, 50 layers"], "∞, ∞")

    def answer_figures(self, answer):
        """From now on the page has this answer for figures, an expression, and counts who asked."""
        self.page.call(
            "Page.addScriptToEvaluateOnNewDocument",
            {
                "source": f"""
            const send = window.fetch;
            window.asked = {{}};
            window.fetch = (path) => {{
                const url = new URL(path, location.href);
                if (url.pathname !== '/api/figures') return send(path);
                const name = url.searchParams.get('function');
                window.asked[name] = (window.asked[name] ?? 0) + 1;
                return {answer};
            }};"""
            },
        )

    def test_figures_that_fail_take_no_curve_with_them(self):
        error = {"code": "DEADLINE_EXCEEDED", "message": "too slow"}
        body = json.dumps(json.dumps({"error": error}))
        self.answer_figures(f"Promise.resolve(new Response({body}, {{status: 503}}))")
        self.page.open(self.url())
        self.page.wait_for(GALLERY)
        none = "[...document.querySelectorAll('.card-figures')].filter((one) => one.textContent === 'no figures')"
        self.page.wait_for(f"{none}.length > 30")
        self.assertEqual(self.page.evaluate(f"{none}[0].title"), "too slow")
        self.assertEqual(self.page.evaluate("document.querySelectorAll('.problem').length"), 0)
        # What took too long once is not asked for again.
        self.assertEqual(set(self.page.evaluate("Object.values(asked)")), {1})
        self.open_function("elu")
        self.page.wait_for("(document.querySelector('.figures')?.textContent ?? '') === 'too slow'")
        self.assertEqual(self.page.evaluate("document.querySelector('#function .left .problem').textContent"), "")

    def test_figures_that_never_come_hold_up_no_curve(self):
        self.answer_figures("new Promise(() => {})")
        self.page.open(self.url())
        self.page.wait_for(GALLERY)
        self.assertEqual(self.page.evaluate("Object.values(asked).reduce((a, b) => a + b)"), 1)
        self.open_function("elu")
        self.page.evaluate("document.getElementById('set-alpha').focus()")
        self.page.press("End")
        value = self.page.evaluate("Number(document.getElementById('set-alpha').value)")
        self.page.wait_for(f"({READ})({PICTURE}).f[0][1] < 0.9 * -{value}")

    def test_another_s_turn_is_waited_for(self):
        error = {"code": "UNAVAILABLE", "message": "another's turn"}
        body = json.dumps(json.dumps({"error": error}))
        self.answer_figures(
            f"asked[name] === 1 ? Promise.resolve(new Response({body}, {{status: 503}})) : send(path)"
        )
        self.open_function("relu")
        self.page.wait_for("(document.querySelector('.figures h3')?.textContent ?? '') !== ''")
        self.assertGreater(self.page.evaluate("asked.relu"), 1)

    def test_formulas_are_mathml(self):
        self.page.open(self.url())
        self.page.wait_for("document.querySelectorAll('.card').length > 40")
        texts = self.page.evaluate(
            """Object.fromEntries([...document.querySelectorAll('.card a')].map((a) =>
            [a.dataset.function, a.querySelector('math').textContent.replace(/[\\u2061\\s]/g, '')]))"""
        )
        self.assertEqual(texts["sigmoid"], "f(x)=11+e−x")
        self.assertEqual(texts["silu"], "f(x)=xσ(x)")
        self.assertEqual(texts["relu6"], "f(x)={0ifx≤0xifx<66otherwise")
        self.assertEqual(texts["gelu_tanh"], "f(x)=xσ(22π(x+0.044715x3))")
        self.assertEqual(texts["softmax"], "yi=exi∑jexj")
        self.assertEqual(texts["swiglu"], "y=abσ(b)")
        # Each is laid out as mathematics, and reads as the catalogue's text.
        self.assertTrue(
            self.page.evaluate(
                "[...document.querySelectorAll('math')].every((m) => m instanceof MathMLElement && m.getAttribute('aria-label'))"
            )
        )

    def test_a_jump_is_no_line(self):
        self.open_function("threshold")
        self.assertEqual(
            self.page.evaluate(
                f"{PICTURE}.querySelector('path.curve-f').getAttribute('d').match(/M/g).length"
            ),
            2,
        )
        self.open_function("gelu")
        self.assertEqual(
            self.page.evaluate(
                f"{PICTURE}.querySelector('path.curve-f').getAttribute('d').match(/M/g).length"
            ),
            1,
        )

    def test_a_moved_parameter_changes_the_curve(self):
        self.open_function("elu")
        before = self.drawn()
        self.is_drawn_from(self.curve("function=elu&from=-4&to=4&points=481"), before)
        self.page.evaluate("document.getElementById('set-alpha').focus()")
        self.page.press("End")
        value = self.page.evaluate("Number(document.getElementById('set-alpha').value)")
        self.assertGreater(value, 1)
        self.page.wait_for(f"({READ})({PICTURE}).f[0][1] < 0.9 * -{value}")
        self.assertGreater(before["f"][0][1], -1)
        self.is_drawn_from(
            self.curve(f"function=elu&parameters.alpha={value}&from=-4&to=4&points=481"),
            self.drawn(),
        )
        self.assertIn(
            f"--param alpha={value}",
            self.page.evaluate("document.querySelector('.code code').textContent"),
        )

    def test_range_and_number_beside_x(self):
        self.open_function("softmax")
        self.type("#range-from", "-2")
        self.type("#set-other", "1.5")
        other = self.page.evaluate("Number(document.getElementById('set-other').value)")
        # softmax of [-2, 1.5] is 0.029, of [-2, 0] 0.119.
        self.page.wait_for(
            f"Math.abs(({READ})({PICTURE}).f[0][0] + 2) < 0.01 && ({READ})({PICTURE}).f[0][1] < 0.06"
        )
        self.is_drawn_from(
            self.curve(f"function=softmax&other={other}&from=-2&to=4&points=481"), self.drawn()
        )

    def test_what_the_service_refuses_is_said(self):
        self.open_function("hard_tanh")
        self.type('#function input[aria-label="min as a number"]', "3")
        self.page.wait_for(
            "document.querySelector('#function .problem').textContent.includes('parameters[\"max\"]')"
        )
        self.assertEqual(
            self.page.evaluate("document.querySelector('#function .problem').getAttribute('role')"),
            "alert",
        )
        self.type('#function input[aria-label="min as a number"]', "-1")
        self.page.wait_for("document.querySelector('#function .problem').textContent === ''")
        # The refusal is the browser's to log, too.
        self.page.problems = [
            p for p in self.page.problems if "status of 400" not in p.get("text", "")
        ]


if __name__ == "__main__":
    main()
