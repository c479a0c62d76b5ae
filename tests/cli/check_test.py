"""activation-client check as a user has it, without a server."""

import array
import decimal
import gzip
import json
import math
import os
import pathlib
import random
import struct
import subprocess
import sys
import unittest
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(__file__))
import npy_files
from cli_case import CliTest, ToolTest, f32

HERE = pathlib.Path(__file__).parent
SOURCE = pathlib.Path(os.environ["ACTIVATION_SOURCE"])


def torch_gelu():
    """PyTorch's GELU of every bf16 number."""
    return gzip.decompress((HERE / "check/torch_gelu_bf16.bin.gz").read_bytes())


def atlas_row():
    """What docs/atlas.md says of PyTorch's GELU in bf16, cell by cell."""
    page = (SOURCE / "docs/atlas.md").read_text(encoding="utf-8")
    section = page.split("\n### gelu\n")[1].split("\n### ")[0]
    table = section.split("**bf16, f**")[1].split("**bf16, f′**")[0]
    row = next(line for line in table.splitlines() if line.startswith("| PyTorch |"))
    return [cell.strip() for cell in row.strip("|").split("|")]


def bf16(bits):
    return struct.unpack("<f", struct.pack("<HH", 0, bits))[0]


def exact_gelu(x):
    if abs(x) < 2**-40:
        # x/2 + x^2 / sqrt(2 pi), which is no tie where x/2 is one.
        return math.nextafter(x / 2, math.inf)
    return x / 2 * math.erfc(-x / math.sqrt(2))


def gap(value):
    """Of bf16 at the value."""
    return 2.0 ** (max(math.frexp(value)[1] - 1, -126) - 7)


def witness(results):
    """The counts of a check of GELU in bf16, by the C library's erfc and nothing of ours."""
    counts = dict.fromkeys(("wrong", "not_next", "wrong_zeros", "infinity_for_number"), 0)
    worst = (0, 0)
    for bits, result_bits in enumerate(results):
        x, result = bf16(bits), bf16(result_bits)
        if not math.isfinite(x):
            continue
        exact = exact_gelu(x)
        unit = gap(exact)
        rounded = round(exact / unit) * unit  # to even, as bf16
        if result == rounded:
            continue
        counts["wrong"] += 1
        counts["not_next"] += abs(result - rounded) > 1.5 * unit
        counts["wrong_zeros"] += result == 0 or rounded == 0
        counts["infinity_for_number"] += math.isinf(result)
        worst = max(worst, (abs(result - exact) / unit, x))
    return counts, worst


class AllInputsTest(ToolTest):
    def check(self, contents, *arguments, code=0):
        path = self.path("y.bin", contents)
        done = self.run_client("check", "-f", "gelu", "--dtype=bf16", "--all-inputs", path, "--json",
                               *arguments)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        return json.loads(done.stdout)

    def test_finds_in_pytorch_what_another_judge_finds(self):
        found = self.check(torch_gelu())
        finite = found["finite_inputs"]
        self.assertEqual(finite["inputs"], 2 * 0x7f80)
        counts, (ulp, x) = witness(array.array("H", torch_gelu()))
        self.assertEqual({name: finite[name] for name in counts}, counts)
        self.assertGreater(finite["wrong"], 0)
        self.assertEqual(finite["correctly_rounded"], finite["inputs"] - finite["wrong"])
        self.assertEqual(finite["largest"]["x"], x)
        self.assertAlmostEqual(finite["largest"]["ulp"], ulp, places=9)
        self.assertEqual(sum(row["results"] for row in found["histogram"]), finite["inputs"])

    def test_finds_in_pytorch_what_the_atlas_says(self):
        # Of what does not depend on the instruction set that PyTorch ran with.
        ulp, x = atlas_row()[4].split(" at ")
        found = self.check(torch_gelu())
        self.assertEqual("%.3g" % found["finite_inputs"]["largest"]["ulp"], ulp)
        self.assertEqual(found["finite_inputs"]["largest"]["x"], float(x))
        self.assertIn("f(-inf) = nan", atlas_row()[-1])
        self.assertEqual(found["worst"][0]["x"], "-Infinity")
        self.assertEqual(found["worst"][0]["result"], "NaN")

    def test_a_bound_turns_it_into_a_gate(self):
        self.assertFalse(self.check(torch_gelu(), "--max-ulp=1", code=98)["passed"])


class OursTest(CliTest):
    check = AllInputsTest.check

    def test_nothing_is_found_and_then_a_single_bit(self):
        x = self.path("x.bin", array.array("H", range(65536)).tobytes())
        self.answer("forward", "-f", "gelu", "--dtype=bf16", x, "-o", self.path("exact.bin"))
        y = array.array("H", self.read(self.path("exact.bin")))
        found = self.check(y.tobytes(), "--max-ulp=0.5")
        self.assertEqual(found["finite_inputs"]["wrong"] + found["special_inputs"]["wrong"], 0)
        self.assertEqual(found["worst"], [])
        y[0x3f80] ^= 1  # of x = 1
        found = self.check(y.tobytes(), "--max-ulp=0.5", code=98)
        self.assertEqual(found["finite_inputs"]["wrong"], 1)
        self.assertEqual((found["worst"][0]["x"], found["worst"][0]["index"]), (1, 0x3f80))


class TensorTest(ToolTest):
    def npy(self, name, *values, shape=None):
        return self.path(name, npy_files.encode("<f4", shape or (len(values),), f32(*values)))

    def test_forward(self):
        x, y = self.npy("x.npy", -2, -1, 3), self.npy("y.npy", -1, -0.5, 4)
        text = self.answer("check", "-f", "leaky_relu", "-p", "slope=0.5", x, y).decode()
        for part in ("leaky_relu slope=0.5 in f32", "66.67 %, 1 wrong, 1 not even next",
                     "ULP at x = 3", "\nThe worst\n", "⠒"):
            self.assertIn(part, text)
        self.answer("check", "-f", "leaky_relu", "-p", "slope=0.5", "--max-ulp=0.5", "-2,-1,3", "-1,-0.5,3")

    def test_gradient_with_dy_and_without(self):
        x, dy, dx = "-1,1,2", "5,6,7", "0,6,7"
        self.answer("check", "-g", "-f", "relu", "--max-ulp=0.5", x, dy, dx)
        self.answer("check", "-g", "-f", "relu", "--max-ulp=0.5", x, "0,1,1")
        done = self.run_client("check", "-g", "-f", "relu", "--max-ulp=1", "--json", x, dy, "0,6,8")
        self.assertEqual(done.returncode, 98)
        self.assertIn(b"1 ULP", done.stderr)
        self.assertEqual(json.loads(done.stdout)["worst"][0]["dy"], 7)

    def test_several_blocks(self):
        count = 600000
        x = array.array("f", (i / 1000 for i in range(count)))
        y = array.array("f", x)
        y[count - 1] = 0
        found = json.loads(self.answer(
            "check", "-f", "relu", "--json", "--dtype=f32", self.path("x.bin", x.tobytes()),
            self.path("y.bin", y.tobytes())))
        self.assertEqual(found["finite_inputs"]["inputs"], count)
        self.assertEqual([wrong["index"] for wrong in found["worst"]], [count - 1])

    def test_svg(self):
        path = self.path("error.svg")
        self.answer("check", "-f", "relu", "-1,0,1,2", "0,0,1,3", "--svg", path)
        root = xml.etree.ElementTree.parse(path).getroot()
        self.assertEqual(len(root.findall("{http://www.w3.org/2000/svg}path")), 1)
        drawn = self.answer("check", "-f", "relu", "-1,0,1,2", "0,0,1,3", "--svg=-")
        self.assertTrue(drawn.startswith(b"<svg"))

    def test_a_picture_goes_into_a_pipe(self):
        pipe = self.path("pipe")
        os.mkfifo(pipe)
        with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
            self.addCleanup(reader.kill)
            self.answer("check", "-f", "relu", "-1,0,1,2", "0,0,1,3", "--svg", pipe)
            self.assertTrue(reader.communicate(timeout=60)[0].startswith(b"<svg"))

    def test_a_picture_that_cannot_be_had_hides_no_finding(self):
        full = self.path("full.svg")
        os.symlink("/dev/full", full)
        for code, result in ((3, "1,2"), (98, "1,3")):
            done = self.run_client("check", "-f", "relu", "--max-ulp=1", "1,2", result, "--svg", full)
            self.assertEqual(done.returncode, code)
            self.assertIn(b"correctly", done.stdout)
            self.assertIn(b"full.svg", done.stderr)

    def test_too_few_inputs_to_draw_are_no_fault(self):
        none, old = self.path("none.svg"), self.path("old.svg", b"old")
        for code, result in ((0, "1000,2000"), (98, "1000,2001")):
            for svg in (none, old, "-"):
                done = self.run_client("check", "-f", "relu", "--max-ulp=0.5", "1000,2000", result, "--svg", svg)
                self.assertEqual(done.returncode, code)
                self.assertEqual(b"correctly" in done.stdout, svg != "-")
                self.assertIn(b"--svg: nothing is drawn, too few inputs", done.stderr)
        self.assertFalse(os.path.exists(none))
        self.assertEqual(self.read(old), b"old")

    def test_a_picture_goes_where_a_link_leads(self):
        link, target = self.path("link.svg"), self.path("target.svg")
        os.symlink(target, link)
        self.answer("check", "-f", "relu", "1,2", "1,2", "--svg", link)
        self.assertTrue(os.path.islink(link))
        self.assertTrue(self.read(target).startswith(b"<svg"))

    def test_a_picture_that_cannot_be_written_is_known_at_once(self):
        missing = self.path("missing/error.svg")
        with open(self.path("zeros.bin"), "wb") as zeros:
            zeros.truncate(1 << 38)  # what would take hours
        self.assertIn("missing/error.svg", self.refusal(
            3, "check", "-f", "relu", "--dtype=f32", "--svg", missing, self.path("zeros.bin"),
            self.path("zeros.bin")))

    def test_nothing_is_nothing_wrong(self):
        empty = self.npy("empty.npy", shape=(0,))
        text = self.answer("check", "-f", "relu", empty, empty)
        self.assertIn(b"-, 0 wrong", text)
        self.assertNotIn(b"100", text)

    def test_a_gate_does_not_pass_what_it_has_not_seen(self):
        empty = self.npy("empty.npy", shape=(0,))
        for arguments in ((empty, empty), ("--dtype=f32", "/dev/null", "/dev/null")):
            self.assertIn("nothing to compare",
                          self.refusal(3, "check", "-f", "relu", "--max-ulp=1", *arguments))


def exp(x):
    return decimal.Decimal(x).exp()


def softmax(row):
    powers = [exp(x) for x in row]
    return [power / sum(powers) for power in powers]


def softmax_gradient(row, dy):
    y = softmax(row)
    inner = sum(a * decimal.Decimal(b) for a, b in zip(y, dy))
    return [a * (decimal.Decimal(b) - inner) for a, b in zip(y, dy)]


def silu(x):
    return decimal.Decimal(x) / (1 + exp(-x))


class KindsTest(ToolTest):
    """Functions over rows, halves and channels, by Python's decimal numbers and nothing of ours."""

    def setUp(self):
        super().setUp()
        decimal.getcontext().prec = 60
        generator = random.Random(7)
        self.x = list(array.array("f", (generator.uniform(-6, 6) for _ in range(96))))
        self.dy = list(array.array("f", (generator.uniform(0, 2) for _ in range(96))))

    def npy(self, name, values, shape):
        return self.path(name, npy_files.encode("<f4", shape, f32(*map(float, values))))

    def judge(self, expected, shape, index, *arguments):
        """Right as they are; with one of them the next number, that one is found."""
        right = self.npy("right.npy", expected, shape)
        found = json.loads(self.answer("check", *arguments, right, "--max-ulp=0.5", "--json"))
        self.assertEqual(found["finite_inputs"]["inputs"], len(expected))
        self.assertEqual(found["finite_inputs"]["wrong"], 0)
        numbers = array.array("f", map(float, expected))
        bits = array.array("I", numbers.tobytes())
        bits[index] += 1
        wrong = self.npy("wrong.npy", array.array("f", bits.tobytes()), shape)
        done = self.run_client("check", *arguments, wrong, "--max-ulp=0.5", "--json")
        self.assertEqual(done.returncode, 98, done.stderr)
        found = json.loads(done.stdout)
        self.assertEqual(found["finite_inputs"]["wrong"], 1)
        self.assertEqual(found["worst"][0]["index"], index)
        return found["worst"][0]

    def rows(self):
        """Along axis 1 of (4, 6, 4): the places of each row's elements."""
        for outer in range(4):
            for inner in range(4):
                yield [outer * 24 + at * 4 + inner for at in range(6)]

    def test_rows(self):
        y, dx = [0] * 96, [0] * 96
        for places in self.rows():
            row, dy = ([of[place] for place in places] for of in (self.x, self.dy))
            for place, a, b in zip(places, softmax(row), softmax_gradient(row, dy)):
                y[place], dx[place] = a, b
        shape = (4, 6, 4)
        x, dy = self.npy("x.npy", self.x, shape), self.npy("dy.npy", self.dy, shape)
        self.judge(y, shape, 50, "-f", "softmax", "-p", "axis=1", x)
        self.judge(dx, shape, 50, "-f", "softmax", "-p", "axis=1", "-g", x, dy)

    def test_halves(self):
        shape = (4, 24)
        y = [decimal.Decimal(self.x[row * 24 + at]) * silu(self.x[row * 24 + 12 + at])
             for row in range(4) for at in range(12)]
        worst = self.judge(y, (4, 12), 30, "-f", "swiglu", self.npy("x.npy", self.x, shape))
        self.assertEqual(worst["x"], self.x[2 * 24 + 6])
        self.assertEqual(worst["other_half"], self.x[2 * 24 + 18])

    def test_channels(self):
        weights = list(array.array("f", (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)))
        y = [x if x > 0 else decimal.Decimal(x) * decimal.Decimal(weights[i // 4 % 6])
             for i, x in enumerate(self.x)]
        place = next(i for i in range(60, 96) if self.x[i] < 0)
        shape = (4, 6, 4)
        worst = self.judge(y, shape, place, "-f", "prelu", self.npy("x.npy", self.x, shape),
                           "--weight", self.npy("w.npy", weights, (6,)))
        self.assertEqual(worst["weight"], weights[place // 4 % 6])

    def test_shapes_of_what_has_none(self):
        # Two rows of two, not one of four; and numbers that are one row.
        self.answer("check", "-f", "softmax", "--shape=2,2", "--max-ulp=0.5", "0,0,5,5",
                    "0.5,0.5,0.5,0.5")
        self.answer("check", "-f", "softmax", "--max-ulp=0.5", "0,0,0,0", "0.25,0.25,0.25,0.25")
        self.answer("check", "-f", "glu", "--max-ulp=0.5", "2,4,0,0", "1,2")
        self.answer("check", "-f", "prelu", "-w", "0.5", "--max-ulp=0.5", "-2,4", "-1,4")

    def test_the_table_names_the_other_half_and_the_weight(self):
        text = self.answer("check", "-f", "glu", "2,4,0,0", "1,3").decode()
        self.assertRegex(text, r"ULP +element +x +other half +result")
        self.assertIn("at x = 4, other half = 0", text)
        text = self.answer("check", "-f", "prelu", "-w", "0.5", "-2,4", "-1.5,4").decode()
        self.assertIn("at x = -2, weight = 0.5", text)

    def test_larger_than_a_block(self):
        # 600,000 rows of two, and in the last block a wrong one.
        x = self.path("x.bin", bytes(8 * 600000))
        halves = array.array("f", [0.5]) * 1200000
        halves[1199999] = 0.75
        y = self.path("y.bin", halves.tobytes())
        found = json.loads(self.answer("check", "-f", "softmax", "--json", "--dtype=f32",
                                       "--shape=600000,2", x, y))
        self.assertEqual(found["finite_inputs"]["inputs"], 1200000)
        self.assertEqual([wrong["index"] for wrong in found["worst"]], [1199999])

    def test_channels_larger_than_a_block(self):
        # What is cut between channels, and what within them: each has its own weight still.
        for channels, inner in ((3, 100000), (2, 300000)):
            count, weights = channels * inner, [0.5, 0.25, 0.125][:channels]
            x = self.path("x.bin", array.array("f", [-1]).tobytes() * count)
            y = array.array("f", (-weight for weight in weights for _ in range(inner)))
            y[count - 1] = -1
            found = json.loads(self.answer(
                "check", "-f", "prelu", "--json", "--dtype=f32", f"--shape=1,{channels},{inner}",
                "-w", ",".join(map(str, weights)), x, self.path("y.bin", y.tobytes())))
            self.assertEqual(found["finite_inputs"]["inputs"], count)
            self.assertEqual([wrong["index"] for wrong in found["worst"]], [count - 1])
            self.assertEqual(found["worst"][0]["weight"], weights[-1])

    def test_tensors_that_do_not_fit(self):
        for code, words, arguments in (
            (3, "weight", ("-f", "prelu", "1", "1")),
            (3, "weight", ("-f", "gelu", "-w", "1", "1", "1")),
            (3, "channels", ("-f", "prelu", "-w", "1,2", "--shape=1,3", "1,2,3", "1,2,3")),
            (3, "x has 1 channel,", ("-f", "prelu", "-w", "1,2", "--shape=1,1", "1", "1")),
            (3, "even", ("-f", "glu", "1,2,3", "1")),
            (3, "which makes", ("-f", "glu", "1,2,3,4", "1,2,3,4")),
            (3, "axis", ("-f", "softmax", "-p", "axis=1", "1,2", "1,2")),
            (3, "elements", ("-f", "softmax", "--shape=3,2", "1,2", "1,2")),
            (2, "shape", ("-f", "softmax", "--shape=two", "1,2", "1,2")),
        ):
            with self.subTest(arguments):
                self.assertIn(words, self.refusal(code, "check", *arguments))


if __name__ == "__main__":
    unittest.main()
