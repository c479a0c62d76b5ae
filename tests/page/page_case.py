"""What the tests of the page in a browser share: a server, a page that must have no problem, and what is
drawn on it."""

import json
import sys
import unittest
import urllib.request

import browser
from server import Server

# The numbers beside an axis and where they stand, as [[value, place], ...].
TICKS = """(picture, axis) => [...picture.querySelectorAll('.tick-' + axis)].map((tick) =>
    [Number(tick.textContent.replace('−', '-')), Number(tick.getAttribute(axis))])"""
# What a picture shows, read off its axes: its curves as points in the function's own numbers.
READ = f"""(picture) => {{
    const scale = (axis) => {{
        const ticks = ({TICKS})(picture, axis);
        const [[v0, p0], [v1, p1]] = [ticks[0], ticks[ticks.length - 1]];
        return (place) => v0 + (place - p0) * (v1 - v0) / (p1 - p0);
    }};
    const x = scale('x'), y = scale('y');
    const points = (name) => [...picture.querySelector('path.' + name).getAttribute('d')
        .matchAll(/[ML](-?[\\d.]+) (-?[\\d.]+)/g)].map(([, a, b]) => [x(Number(a)), y(Number(b))]);
    return {{f: points('curve-f'), d: points('curve-d')}};
}}"""
PICTURE = "document.querySelector('#function .chart')"
GALLERY = "document.querySelectorAll('.card .chart').length > 40"


class PageCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.browser = browser.Browser()
        cls.addClassCleanup(cls.browser.__exit__, None, None, None)

    def setUp(self):
        self.page = self.browser.page()
        self.page.look()
        self.addCleanup(self.has_no_problems)

    def has_no_problems(self):
        self.assertEqual(self.page.problems, [])
        elsewhere = [
            url for url in self.page.requests if not url.startswith((self.url(), "about:"))
        ]
        self.assertEqual(elsewhere, [])
        self.assertGreater(len(self.page.requests), 10)

    def url(self, rest=""):
        return f"http://{self.server.http_address}/{rest}"

    def curve(self, query):
        with urllib.request.urlopen(self.url(f"api/curve?{query}"), timeout=30) as answer:
            return json.load(answer)

    def open_function(self, name):
        self.page.open("about:blank")
        self.page.open(self.url(f"#{name}"))
        self.page.wait_for(
            f"document.querySelector('#function .chart[aria-label^=\"{name} for\"]')"
        )

    def drawn(self, picture=PICTURE):
        return self.page.evaluate(f"({READ})({picture})")

    def is_drawn_from(self, curve, drawn):
        for name, values in (("f", curve["y"]), ("d", curve["derivative"])):
            expected = [(x, y) for x, y in zip(curve["x"], values) if isinstance(y, (int, float))]
            self.assertEqual(len(drawn[name]), len(expected))
            for (x, y), (a, b) in zip(drawn[name], expected):
                # Places are written to a hundredth of a pixel, ticks too.
                self.assertAlmostEqual(x, a, delta=2e-3)
                self.assertAlmostEqual(y, b, delta=2e-3 * max(1, abs(b)))

    def type(self, selector, value):
        self.page.evaluate(f"""(() => {{
            const input = document.querySelector('{selector}');
            input.value = '{value}';
            input.dispatchEvent(new Event('input', {{bubbles: true}}));
        }})()""")


def main():
    """Runs the tests of the program; exit code 77 (skipped) where there is no browser."""
    if browser.find() is None:
        print("SKIPPED: no Chromium on this machine")
        sys.exit(77)
    unittest.main()
