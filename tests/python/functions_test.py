"""The functions by name: the file is what the catalogue gives, and each can be called."""

import contextlib
import inspect
import io
import os
import pathlib
import subprocess
import sys
import unittest

import activation as act
import numpy as np
from case import ServerCase, readme_examples

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / "client/python/src/activation/functions.py"


class FunctionsTest(ServerCase):
    def test_the_file_is_up_to_date(self):
        client = os.path.join(os.environ["ACTIVATION_BIN"], "activation-client")
        catalogue = subprocess.run(
            [client, "list", "--json", f"--address={self.server.address}"],
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        written = subprocess.run(
            [sys.executable, ROOT / "scripts/python_functions.py"],
            input=catalogue,
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        self.assertEqual(FILE.read_bytes(), written, "./dev docs writes it anew")

    def test_every_function_is_there_with_its_defaults(self):
        x = np.linspace(0.5, 2, 24, dtype=np.float32).reshape(2, 3, 4)
        for info in self.client.list_functions():
            function = getattr(act, info.name)
            more = {"weight": np.float32([0.25])} if info.kind == "per_channel" else {}
            found = function(x, **more)
            expected = self.answer(info.name, x, "f32", **more)
            self.assertEqual(found.tobytes(), expected, info.name)
            defaults = {
                name.removesuffix("_"): parameter.default
                for name, parameter in inspect.signature(function).parameters.items()
                if parameter.kind is inspect.Parameter.KEYWORD_ONLY
            }
            given = {parameter.name: parameter.default_value for parameter in info.parameters}
            self.assertEqual(defaults, given, info.name)

    def test_the_readmes_examples(self):
        names = {}
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            for example in readme_examples():
                if "torch" not in example:
                    exec(example, names)
        self.assertIn("f(x) = ", printed.getvalue())
        self.assertTrue(np.array_equal(names["y"], act.gelu(np.array(names["x"]))))

    def test_help_has_formula_range_and_parameters(self):
        text = inspect.getdoc(act.leaky_relu)
        for part in ("x > 0 ? x : slope * x", "Range (-inf, inf)", "slope: slope for x <= 0"):
            self.assertIn(part, text)
        self.assertIn("gelu", dir(act))


if __name__ == "__main__":
    unittest.main()
