"""The functions by name: the file is what the catalogue gives, and each can be called."""

import contextlib
import inspect
import io
import os
import pathlib
import subprocess
import sys
import unittest
from fractions import Fraction

import activation as act
import numpy as np
from activation.default import How
from case import ServerCase, readme_examples

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / "client/python/src/activation/functions.py"


def unexpected(function, keyword, taken):
    return f"{function}() got an unexpected keyword argument '{keyword}'; it takes {taken}"


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
                # tls_test.py has servers for those with credentials.
                if "torch" not in example and "credentials" not in example:
                    exec(example, names)
        self.assertIn("f(x) = ", printed.getvalue())
        self.assertTrue(np.array_equal(names["y"], act.gelu(np.array(names["x"]))))

    def test_help_has_formula_range_and_parameters(self):
        text = inspect.getdoc(act.leaky_relu)
        for part in ("x > 0 ? x : slope * x", "Range (-inf, inf)", "slope: slope for x <= 0"):
            self.assertIn(part, text)
        self.assertIn("gelu", dir(act))

    def test_help_has_the_options_of_every_function(self):
        for name in act.functions.__all__:
            text = inspect.getdoc(getattr(act, name))
            for option in How.__annotations__:
                self.assertRegex(text, rf"(?m)^{option}: .*\.$", name)

    def refusal(self, call, *arguments, **keywords):
        with self.assertRaises(TypeError) as caught:
            call(*arguments, **keywords)
        return str(caught.exception)

    def test_an_unknown_keyword_is_named_with_those_that_there_are(self):
        x = [1.0]
        options = "out, dtype, tier, deadline, client"
        for function, keyword, taken in (
            (act.leaky_relu, "slop", f"slope, {options}"),
            (act.softshrink, "lambda", f"lambda_, {options}"),
            (act.gelu, "slope", options),
            (act.gelu, "parameters", options),
            (act.leaky_relu, "parameters", f"slope, {options}"),
            (act.gelu, "weight", options),
        ):
            message = self.refusal(function, x, **{keyword: 1})
            name = function.__name__
            self.assertEqual(message, unexpected(name, keyword, taken))
        message = self.refusal(act.prelu, x, x, wait=1)
        self.assertEqual(message, unexpected("prelu", "wait", f"weight, {options}"))

    def test_functions_named_by_a_string_say_where_parameters_go(self):
        for call in (act.forward, act.gradient):
            message = self.refusal(call, "leaky_relu", [1.0], slope=0.2)
            taken = "weight, parameters, out, dtype, tier, deadline, client"
            self.assertEqual(message, unexpected(call.__name__, "slope", taken))

    def test_a_parameter_that_is_no_number_is_named(self):
        field = 'items[0].activation.parameters["slope"]'
        for value in ("a", None, [0.1], 1j, np.ones(2)):
            error = self.assert_field(
                act.InvalidArgument, field, act.leaky_relu, [1.0], slope=value
            )
            self.assertEqual(str(error), f"{field}: must be a number, not {type(value).__name__}")
        for value in (2, True, np.float32(2), np.int8(2), Fraction(2)):
            self.assertEqual(act.leaky_relu([-1.0], slope=value), [-float(value)])


if __name__ == "__main__":
    unittest.main()
