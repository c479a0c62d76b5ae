"""The code that the status page shows, copied from a browser, runs and agrees with itself."""

import os
import re
import subprocess
import sys
import tempfile

from page_case import PageCase, main

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ["ACTIVATION_BIN"]


class CodeTest(PageCase):
    def test_code_runs(self):
        code = {"Command line": [], "Python": [], "C++": []}
        # One of each kind, and one with a parameter.
        for name in ("elu", "prelu", "softmax", "swiglu"):
            self.open_function(name)
            if name == "elu":
                self.type("#set-alpha", "2")
            for language, programs in code.items():
                self.page.evaluate(
                    f"document.querySelector('[name=language][value=\"{language}\"]').click()"
                )
                programs.append(
                    self.page.evaluate("document.querySelector('.code code').textContent")
                )
        self.assertIn("--param alpha=2", code["Command line"][0])
        by_client = self.run_command(["bash", "-ec", "".join(code["Command line"])])
        by_python = self.run_command([sys.executable, "-c", "".join(code["Python"])])
        # The same numbers, forward and gradient, written in two ways.
        numbers = [round(float(word), 5) for word in by_client.split()]
        self.assertEqual(len(numbers), 3 * 8 + 6)
        self.assertEqual(
            numbers, [round(float(word), 5) for word in re.sub(r"[\[\]]", " ", by_python).split()]
        )
        self.compile(code["C++"])

    def test_code_is_copied(self):
        # A headless browser has nobody to ask.
        permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
        self.browser.call("Browser.grantPermissions", {"permissions": permissions})
        self.open_function("gelu")
        self.page.call("Page.bringToFront")
        self.page.evaluate("document.querySelector('.code button').focus()")
        self.page.press("Enter", text="\r")
        self.page.wait_for("document.querySelector('.code [role=status]').textContent === 'Copied'")
        self.assertEqual(
            self.page.evaluate("navigator.clipboard.readText()"),
            self.page.evaluate("document.querySelector('.code code').textContent"),
        )

    def run_command(self, command):
        environment = dict(os.environ, PATH=f"{BIN}{os.pathsep}{os.environ['PATH']}")
        result = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def compile(self, programs):
        """All at once, which reads the headers once: each main as a function of its own."""
        text = "".join(
            re.sub(r"\bmain\b", f"main{i}", program) for i, program in enumerate(programs)
        )
        with tempfile.NamedTemporaryFile("w", suffix=".cc") as file:
            file.write(text)
            file.flush()
            self.run_command(
                [
                    "c++",
                    "-std=c++20",
                    "-fsyntax-only",
                    "-Wall",
                    "-Wno-return-type",
                    "-Werror",
                    f"-I{ROOT}/client/include",
                    file.name,
                ]
            )


if __name__ == "__main__":
    main()
