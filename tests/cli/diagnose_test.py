"""activation-client diagnose as a user has it: its figures against Python's own arithmetic."""

import array
import json
import math
import os
import signal
import statistics
import struct
import subprocess
import sys
import unittest
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(__file__))
import npy_files
import png_files
from cli_case import CLIENT, CliTest, ToolTest

SHARES = ("zeros", "dead", "saturated", "non_finite")
FIGURES = ("mean", "variance", "gradient_gain")


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))


def phi(x):
    return math.erfc(-x / math.sqrt(2)) / 2


def density(x):
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


# f and f', by the C library.
FUNCTIONS = {
    "identity": (lambda x: x, lambda x: 1.0),
    "tanh": (math.tanh, lambda x: 1 / math.cosh(x) ** 2),
    "sigmoid": (sigmoid, lambda x: sigmoid(x) * sigmoid(-x)),
    "silu": (lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * sigmoid(-x))),
    "gelu": (lambda x: x * phi(x), lambda x: phi(x) + x * density(x)),
    "relu": (lambda x: max(x, 0.0), lambda x: 1.0 if x > 0 else 0.0),
}


def of_numbers(function, numbers):
    """The figures of numbers, each sum rounded once."""
    f, slope = FUNCTIONS[function]
    y, d = [f(x) for x in numbers], [slope(x) for x in numbers]
    count = len(numbers)
    mean = math.fsum(y) / count
    return {
        "mean": mean,
        "variance": math.fsum((value - mean) ** 2 for value in y) / count,
        "gradient_gain": math.fsum(value**2 for value in d) / count,
        "zeros": y.count(0) / count,
        "dead": d.count(0) / count,
        "saturated": sum(abs(value) < 1e-3 for value in d) / count,
    }


def expectation(g):
    """Over N(0, 1) by the trapezoidal rule, right to all digits where g is smooth."""
    step = 1 / 64
    return step * math.fsum(g(i * step) * density(i * step) for i in range(-64 * 30, 64 * 30 + 1))


class DiagnoseTest(ToolTest):
    """No server is there."""

    def figures(self, *arguments, **options):
        report = json.loads(self.answer("diagnose", "--json", *arguments, **options))
        self.assertEqual(report["schema"], "activation-diagnosis/1")
        return {row["function"]: row for row in report["functions"]}

    def expect_close(self, wanted, got, tolerance):
        for name, value in wanted.items():
            self.assertLessEqual(abs(got[name] - value), tolerance * max(1e-2, abs(value)),
                                 (name, got, wanted))

    def test_a_tensor(self):
        numbers = [0.013 * i - 12 + 7 * math.sin(i) for i in range(2000)]
        path = self.path("x.npy", npy_files.encode("<f8", (40, 50), struct.pack("<2000d", *numbers)))
        names = [name for name in FUNCTIONS if name != "relu"]
        got = self.figures(path, "-f", ",".join(names), "-f", "relu")
        self.assertEqual(list(got), [*names, "relu"])
        for name in got:
            self.expect_close(of_numbers(name, numbers), got[name], 1e-11)
            self.assertEqual(got[name]["non_finite"], 0)
            self.assertGreater(got[name]["forward_ns_per_element"], 0)

    def test_the_normal_distribution_to_ten_digits(self):
        got = self.figures("--normal", "0,1")
        for name, (f, slope) in FUNCTIONS.items():
            if name == "relu":
                continue
            mean = expectation(f)
            wanted = {
                "mean": mean,
                "variance": expectation(lambda x, f=f: f(x) ** 2) - mean**2,
                "gradient_gain": expectation(lambda x, d=slope: d(x) ** 2),
            }
            self.expect_close(wanted, got[name], 1e-10)
        relu = {"mean": 1 / math.sqrt(2 * math.pi), "variance": (1 - 1 / math.pi) / 2, "zeros": 0.5,
                "dead": 0.5, "saturated": 0.5, "gradient_gain": 0.5,
                "gradient_left_after_10": 2**-10, "gradient_left_after_50": 2**-50,
                # torch.nn.init.calculate_gain("relu").
                "forward_init_gain": math.sqrt(2), "backward_init_gain": math.sqrt(2)}
        self.expect_close(relu, got["relu"], 1e-10)
        # tanh'(x) < 0.001 where x is beyond this.
        edge = math.acosh(math.sqrt(1000))
        self.expect_close({"saturated": 2 * phi(-edge)}, got["tanh"], 1e-10)
        self.assertTrue(got["tanh"]["zero_centred"])
        self.assertFalse(got["relu"]["zero_centred"])

    def test_another_distribution_and_parameters(self):
        got = self.figures("--normal=-1,2", "-f", "leaky_relu", "-p", "slope=0.5")["leaky_relu"]
        above = phi(-0.5)
        self.expect_close({"gradient_gain": above + 0.25 * (1 - above), "dead": 0}, got, 1e-10)

    def test_a_sample_holds_the_medians_of_equal_shares(self):
        normal = statistics.NormalDist(1, 3)
        numbers = [normal.inv_cdf((i + 0.5) / 1000) for i in range(1000)]
        got = self.figures("--normal=1,3", "--sample=1000", "--dtype=f64", "-f", "gelu,tanh")
        for name in got:
            self.expect_close(of_numbers(name, numbers), got[name], 1e-11)

    def test_what_is_not_finite_is_counted(self):
        got = self.figures("nan,inf,-inf,1000,1", "-f", "exp")["exp"]
        self.assertEqual(got["non_finite"], 3 / 5)
        self.expect_close({"zeros": 1 / 5, "dead": 1 / 5, "mean": math.e / 2}, got, 1e-7)

    def test_a_pole_leaves_no_gain(self):
        got = self.figures("--normal", "0,1", "-f", "log1p")["log1p"]
        self.assertEqual((got["gradient_gain"], got["gradient_left_after_10"]),
                         ("Infinity", "Infinity"))
        self.assertAlmostEqual(got["non_finite"], phi(-1), delta=1e-12)
        # What overflows has no mean that could be small beside an infinite deviation.
        wide = self.figures("--normal", "0,400", "-f", "exp")["exp"]
        self.assertEqual((wide["variance"], wide["zero_centred"]), ("Infinity", False))

    def test_what_is_narrow_beside_the_deviation(self):
        """Both functions do all they do within some 1 of 0."""
        for mean, deviation in ((1, 2000), (1, 3000), (-6, 1e4), (10, 1e4), (100, 1e4), (100, 1e6),
                                (10, 1e12), (0, 1e14), (0, 1e18)):
            got = self.figures(f"--normal={mean},{deviation}", "-f", "hard_tanh,erf,tanh,softsign")
            scale = math.sqrt(2) * deviation
            share = (math.erf((1 - mean) / scale) + math.erf((1 + mean) / scale)) / 2
            wide = 1 + 4 * deviation * deviation
            gain = 4 / math.pi * math.exp(-2 * mean * mean / wide) / math.sqrt(wide)
            for name, wanted in (("hard_tanh", share), ("erf", gain)):
                self.assertAlmostEqual(got[name]["gradient_gain"] / wanted, 1, delta=1e-10)
            self.assertAlmostEqual(got["hard_tanh"]["dead"], 1 - share, delta=1e-13)
            # An integral that is infinite is a text.
            for name in ("tanh", "softsign"):
                self.assertLess(got[name]["gradient_gain"], 0.75 * share)
                self.assertGreater(got[name]["gradient_gain"], 0.25 * share)

    def test_a_narrow_distribution(self):
        names = "relu,sigmoid,hard_sigmoid,squareplus,exp,softplus,log_sigmoid,silu,log1p"
        for deviation in ("1e-10", "1e-300", "5e-324"):
            got = self.figures(f"--normal=0,{deviation}", "-f", names)
            self.expect_close({"gradient_gain": 1 / 16, "mean": 0.5}, got["sigmoid"], 1e-9)
            self.expect_close({"gradient_gain": 0.5, "dead": 0.5}, got["relu"],
                              1e-9 if deviation != "5e-324" else 1)
            self.assertEqual(got["log1p"]["non_finite"], 0)

    def test_nothing_can_be_diagnosed(self):
        empty = self.path("empty.npy", npy_files.encode("<f4", (0,), b""))
        self.assertIn("0 elements", self.refusal(3, "diagnose", empty, "-f", "relu"))

    def test_what_is_not_finite_learns_nothing(self):
        text = self.answer("diagnose", "nan,nan,nan,1", "-f", "identity").decode()
        self.assertIn("not finite", text.splitlines()[-3])
        bar = text.splitlines()[-1]
        self.assertEqual((bar.count("█"), bar.count("×")), (8, 24))
        text = self.answer("diagnose", "nan,nan", "-f", "identity").decode()
        bar = text.splitlines()[-1]
        self.assertEqual((bar.count("█"), bar.count("×"), bar.count("●")), (0, 32, 0))
        svg = self.answer("diagnose", "nan,nan", "-f", "identity", "--svg=-")
        rects = xml.etree.ElementTree.fromstring(svg).findall("{http://www.w3.org/2000/svg}rect")
        styles = [rect.get("class") for rect in rects]
        # A key and the bar; of gain and mean there is nothing.
        self.assertEqual((styles.count("f4"), styles.count("f0"), styles.count("f5")), (2, 0, 0))

    def test_shares_that_are_rare(self):
        numbers = array.array("f", [1] * 99999 + [0])
        path = self.path("x.npy", npy_files.encode("<f4", (100000,), numbers.tobytes()))
        row = self.answer("diagnose", path, "-f", "identity").decode().splitlines()[3]
        self.assertIn("<0.01 %", row)

    def test_an_interrupt_shows_what_there_is(self):
        numbers = array.array("f", [0.5]) * (1 << 22)
        path = self.path("x.npy", npy_files.encode("<f4", (1 << 22,), numbers.tobytes()))
        names = ",".join(["gelu"] * 400)
        with subprocess.Popen([CLIENT, "diagnose", path, "--json", "-f", names],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            self.wait_for_handler(process.pid)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, err)
        report = json.loads(out)
        self.assertTrue(report["stopped_early"])
        self.assertLess(len(report["functions"]), 400)
        self.assertIn(b"stopped before the end", err)

    def test_table_and_bars(self):
        text = self.answer("diagnose", "--normal", "0,1").decode()
        self.assertTrue(text.startswith("N(0, 1)\n"))
        row = next(line.split() for line in text.splitlines() if line.startswith("relu "))
        self.assertEqual(row[1:4], ["0.3989", "no", "0.3408"])
        self.assertIn("█", text)
        self.assertNotIn("\033", text)

    def row(self, normal, function):
        """The words of a function's row in the table."""
        text = self.answer("diagnose", f"--normal={normal}", "-f", function).decode()
        return text.splitlines()[3].split()

    def test_what_is_small_is_not_shown_as_zero(self):
        self.assertEqual(self.row("0,1e20", "relu")[-4], "1.414e-20")  # "-", ns and ns f' follow
        self.assertEqual(self.row("0,1e-10", "sigmoid")[3], "6.25e-22")
        self.assertIn("1e-20", self.row("1e10,1", "log1p"))
        # f is 0 everywhere, and so is its gain, after any number of layers.
        words = self.row("-100,1", "relu")
        self.assertEqual((words[1], words[3]), ("0", "0"))
        self.assertEqual(words.count("0"), 5)

    def test_no_number_is_shown_without_a_sign(self):
        words = self.row("1e10,1", "exp")
        self.assertEqual((words[1], words[3], words.count("nan")), ("nan", "nan", 6))

    def test_pictures(self):
        svg, png = self.path("n.svg"), self.path("n.png")
        self.answer("diagnose", "--normal", "0,1", "-f", "relu,tanh", "--svg", svg, "--png", png)
        space = "{http://www.w3.org/2000/svg}"
        root = xml.etree.ElementTree.parse(svg).getroot()
        texts = [element.text for element in root.findall(space + "text")]
        self.assertIn("tanh", texts)
        # Half of relu's bar, a dead part as long as what is saturated.
        bars = [element for element in root.findall(space + "rect") if element.get("class") == "f1"]
        self.assertIn(125.0, [float(bar.get("width")) for bar in bars])
        width, height, rows = png_files.read(png)
        self.assertEqual((width, height), (2 * float(root.get("width")), 2 * float(root.get("height"))))
        self.assertIn(b"\xd1\x57\x0a", {rows[2 * 118][i:i + 3] for i in range(0, 3 * width, 3)})

    def test_a_picture_that_cannot_be_written_hides_no_figure(self):
        full = self.path("full.svg")
        os.symlink("/dev/full", full)
        done = self.run_client("diagnose", "--normal=0,1", "-f", "relu", "--svg", full)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"relu", done.stdout)
        self.assertIn(b"full.svg", done.stderr)
        missing = self.path("missing/n.png")
        self.assertIn("missing/n.png",
                      self.refusal(3, "diagnose", "--normal=0,1", "-f", "relu", "--png", missing))

    def test_wrong_command_lines(self):
        for arguments in ((), ("1", "--normal=0,1"), ("--normal=0",), ("--normal=0,0",),
                          ("--normal=0,nan",), ("1", "--sample=5"),
                          ("--normal=0,1", "--sample=0"), ("--normal=0,1", "-p", "slope=1"),
                          ("--normal=0,1", "--png=-", "--json")):
            with self.subTest(arguments):
                self.refusal(2, "diagnose", *arguments)
        for value in ("0", "many"):
            self.assertIn(f"--sample: must be a whole number from 1 to 67108864, not '{value}'",
                          self.refusal(2, "diagnose", "--normal=0,1", f"--sample={value}"))
        self.assertIn("gelu", self.refusal(64 + 5, "diagnose", "1", "-f", "gelo"))
        self.assertIn("softmax is row_wise; only", self.refusal(64 + 3, "diagnose", "1", "-f", "softmax"))
        self.refusal(3, "diagnose", self.path("missing.npy"))


class ServerTest(CliTest):
    def test_a_server_has_the_same_figures_to_the_last_bit(self):
        numbers = struct.pack("<3000f", *(0.004 * i - 6 for i in range(3000)))
        path = self.path("x.npy", npy_files.encode("<f4", (3000,), numbers))
        for arguments in ((path,), ("--normal=0,1", "--sample=5000"),
                          ("--normal=0,1", "--sample=5000", "--dtype=bf16")):
            here, there = (json.loads(self.answer("diagnose", "--json", *arguments, *more))
                           for more in ((), ("--server",)))
            self.assertEqual(there["input"].pop("server"), self.address)
            for report in (here, there):
                for row in report["functions"]:
                    self.assertGreater(row.pop("forward_ns_per_element"), 0)
                    self.assertGreater(row.pop("gradient_ns_per_element"), 0)
            self.assertEqual(here, there)

    def test_a_server_that_stands_still_is_waited_for_until_the_deadline(self):
        self.server.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.server.process.send_signal, signal.SIGCONT)
        self.assertIn("DEADLINE_EXCEEDED", self.refusal(64 + 4, "diagnose", "1", "-f", "gelu,relu",
                                                        "--server", "--deadline=500ms"))

    def test_nobody_there(self):
        self.refusal(64 + 14, "diagnose", "1", "-f", "gelu", "--server", address="127.0.0.1:1")


if __name__ == "__main__":
    unittest.main()
