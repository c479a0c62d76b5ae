"""activation-client forward and gradient as a user has them: files, pipes, numbers."""

import array
import contextlib
import json
import math
import os
import pty
import random
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(__file__))
import npy_files
from cli_case import CLIENT, CliTest, f32
from running_server import RunningServer


def gelu(x):
    """The reference, in double: not the product's formula but the C library's."""
    return 0.5 * x * math.erfc(-x / math.sqrt(2))


def rounded_f32(value):
    """The f32 nearest to a double that is right to 1e-12, or None where that
    does not decide between two."""
    low = struct.pack("<f", value * (1 - 1e-12))
    return low if low == struct.pack("<f", value * (1 + 1e-12)) else None


class ForwardTest(CliTest):
    def test_numbers_come_back_one_a_line(self):
        self.assertEqual(self.answer("forward", "--function=relu", "-1,0,0.5"), b"0\n0\n0.5\n")
        self.assertEqual(self.answer("forward", "-f", "relu", "-inf,.5"), b"0\n0.5\n")

    def test_json(self):
        done = json.loads(self.answer("forward", "-f", "leaky_relu", "-p", "slope=0.25", "--json",
                                      "--shape=1x2", "-1,2"))
        self.assertEqual(done, {"function": "leaky_relu", "parameters": {"slope": 0.25},
                                "tier": "exact", "dtype": "f32", "shape": [1, 2],
                                "y": [-0.25, 2]})

    def test_every_dtype_inline(self):
        for dtype, expected in (("f32", b"0.8413448\n"), ("f64", b"0.8413447460685429\n"),
                                ("f16", b"0.8413\n"), ("bf16", b"0.84\n")):
            self.assertEqual(self.answer("forward", "-f", "gelu", "--dtype", dtype, "1"), expected)

    def test_fast_tier(self):
        value = float(self.answer("forward", "-f", "gelu", "--tier=fast", "1"))
        self.assertLess(abs(value - gelu(1)), 3e-7)

    def test_npy_in_npy_out_keeps_dtype_and_shape(self):
        for descr, pack in (("<f4", "f"), ("<f8", "d"), ("<f2", "e")):
            data = struct.pack("<6" + pack, -3, -2, -1, 0, 1, 2)
            x = self.path("x.npy", npy_files.encode(descr, (2, 3), data))
            y = self.path("y.npy")
            self.assertEqual(self.answer("forward", "-f", "relu", x, "-o", y), b"")
            self.assertEqual(npy_files.decode(self.read(y)),
                             (descr, (2, 3), struct.pack("<6" + pack, 0, 0, 0, 0, 1, 2)))

    def test_fortran_order_is_written_as_c_order(self):
        x = self.path("f.npy", npy_files.encode("<f4", (2, 3), f32(1, 4, 2, 5, 3, 6), fortran=True))
        y = self.path("fy.npy")
        self.answer("forward", "-f", "relu", x, "-o", y)
        self.assertEqual(npy_files.decode(self.read(y)), ("<f4", (2, 3), f32(1, 2, 3, 4, 5, 6)))

    def test_header_versions_empty_and_scalar(self):
        for version in (2, 3):
            x = self.path("v.npy", npy_files.encode("<f4", (1,), f32(2), version=version))
            self.assertEqual(self.answer("forward", "-f", "relu", x), b"2\n")
        empty = self.path("empty.npy", npy_files.encode("<f4", (0, 3), b""))
        self.assertEqual(self.answer("forward", "-f", "relu", empty), b"")
        scalar = self.path("scalar.npy", npy_files.encode("<f4", (), f32(3)))
        self.assertEqual(json.loads(self.answer("forward", "-f", "relu", "--json", scalar))["shape"],
                         [])

    def test_bf16(self):
        ones = struct.pack("<2H", 0x3f80, 0xbf80)
        x = self.path("bf16.npy", npy_files.encode("<u2", (2,), ones))
        y = self.path("bf16_y.npy")
        self.answer("forward", "-f", "relu", "--dtype=bf16", x, "-o", y)
        self.assertEqual(npy_files.decode(self.read(y)),
                         ("<u2", (2,), struct.pack("<2H", 0x3f80, 0)))
        self.assertIn("--dtype=bf16", self.refusal(3, "forward", "-f", "relu", x))

    def test_raw_and_pipes(self):
        raw = f32(-1, 5)
        self.assertEqual(self.answer("forward", "-f", "relu", "--dtype=f32", "-", "-o", "-",
                                     stdin=raw), f32(0, 5))
        npy = npy_files.encode("<f4", (2,), raw)
        piped = self.answer("forward", "-f", "relu", "-", "-o", "-", stdin=npy)
        self.assertEqual(npy_files.decode(piped), ("<f4", (2,), f32(0, 5)))
        out = self.path("y.bin")
        self.answer("forward", "-f", "relu", "-1,5", "-o", out)
        self.assertEqual(self.read(out), f32(0, 5))
        self.answer("forward", "-f", "relu", "-1,5", "--format=npy", "-o", out)
        self.assertEqual(npy_files.decode(self.read(out)), ("<f4", (2,), f32(0, 5)))

    def test_a_million_numbers_agree_with_the_reference(self):
        """Every sampled element is the correctly rounded value of x erfc(-x/sqrt 2) / 2."""
        random.seed(3)
        x = array.array("f", (random.uniform(-13, 9) for _ in range(1000000)))
        for i in range(0, len(x), 5):
            x[i] *= 10.0 ** random.randint(-30, 0)
        path = self.path("million.npy", npy_files.encode("<f4", (1000, 1000), x.tobytes()))
        y_path = self.path("million_y.npy")
        self.assertEqual(self.answer("forward", "--function=gelu", path, "-o", y_path), b"")
        descr, shape, data = npy_files.decode(self.read(y_path))
        self.assertEqual((descr, shape, len(data)), ("<f4", (1000, 1000), 4000000))
        self.assertEqual(self.wrong(x, data), [])
        # The comparison sees a last bit that is wrong.
        changed = array.array("I", data)
        changed[7] ^= 1  # a sampled element
        self.assertEqual(len(self.wrong(x, changed.tobytes())), 1)

    def wrong(self, x, data):
        """The sampled x whose gelu in `data` (f32) is not the correctly rounded one."""
        sampled = range(0, len(x), 7)
        expected = {i: rounded_f32(gelu(x[i])) for i in sampled}
        undecided = sum(bits is None for bits in expected.values())
        self.assertLess(undecided, len(sampled) / 1000)
        return [x[i] for i, bits in expected.items()
                if bits is not None and data[4 * i:4 * i + 4] != bits]


class GradientTest(CliTest):
    def test_without_dy_it_is_the_derivative(self):
        self.assertEqual(self.answer("gradient", "-f", "relu", "-1,2"), b"0\n1\n")

    def test_with_dy(self):
        self.assertEqual(self.answer("gradient", "-f", "leaky_relu", "-p", "slope=0.5", "-1,2",
                                     "--dy", "-3,4"), b"-1.5\n4\n")

    def test_parameter_gradients(self):
        printed = self.answer("gradient", "-f", "leaky_relu", "--parameter-gradients", "-3,2",
                              "--dy", "2,1", "-o", self.path("dx.npy"))
        self.assertEqual(printed, b"d/d(slope) = -6\n")
        done = json.loads(self.answer("gradient", "-f", "leaky_relu", "--parameter-gradients",
                                      "--json", "-3,2"))
        self.assertEqual(done["parameter_gradients"], {"slope": -3})

    def test_functions_of_more_than_one_element(self):
        self.assertEqual(self.answer("forward", "-f", "softmax", "-p", "axis=0", "--shape=2,2",
                                     "0,1,0,1"), b"0.5\n0.5\n0.5\n0.5\n")
        self.assertEqual(self.answer("forward", "-f", "reglu", "--shape=2,4", "1,2,3,-4,5,6,7,8"),
                         b"3\n0\n35\n48\n")
        self.assertEqual(self.answer("gradient", "-f", "reglu", "1,2,3,4", "--dy", "1,-1"),
                         b"3\n-4\n1\n-2\n")
        self.assertEqual(self.answer("forward", "-f", "prelu", "--shape=1,2", "--weight=0.5,0.25",
                                     "--", "-1,-2"), b"-0.5\n-0.5\n")
        printed = self.answer("gradient", "-f", "prelu", "--shape=1,2", "--weight=0.5,0.25",
                              "--parameter-gradients", "--", "-1,-2")
        self.assertEqual(printed, b"0.5\n0.25\nd/d(weight[0]) = -1\nd/d(weight[1]) = -2\n")
        self.assertIn("weight: is required", self.refusal(67, "forward", "-f", "prelu", "1"))
        self.assertIn("even", self.refusal(67, "forward", "-f", "glu", "1,2,3"))
        self.assertIn("axes of x", self.refusal(67, "forward", "-f", "softmax", "-p", "axis=1", "1"))
        self.assertIn("softmax is row_wise; only", self.refusal(67, "plot", "softmax"))

    def test_dy_must_match(self):
        self.assertIn("dy has shape (1,), x has (2,)",
                      self.refusal(3, "gradient", "-f", "relu", "1,2", "--dy", "1"))
        dy = self.path("dy64.npy", npy_files.encode("<f8", (1,), struct.pack("<d", 1)))
        self.assertIn("f64", self.refusal(3, "gradient", "-f", "relu", "1", "--dy", dy))
        self.assertIn("stdin", self.refusal(2, "gradient", "-f", "relu", "-", "--dy", "-"))


class LargeTensorTest(unittest.TestCase):
    """A server with small messages, so that tensors are cut."""

    def test_tensors_beyond_a_message_are_cut(self):
        server = RunningServer("--max-message-bytes=300000")
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "x.npy")
            values = array.array("f", (i - 200000 for i in range(400001)))
            with open(path, "wb") as file:
                file.write(npy_files.encode("<f4", (400001,), values.tobytes()))
            client = [CLIENT, "--address=" + server.address]
            done = subprocess.run([*client, "forward", "-f", "relu", path, "-o", "-"],
                                  capture_output=True, check=True)
            expected = array.array("f", (max(v, 0) for v in values)).tobytes()
            self.assertEqual(npy_files.decode(done.stdout), ("<f4", (400001,), expected))
            sums = subprocess.run([*client, "gradient", "-f", "leaky_relu", path, "--dy", path,
                                   "--parameter-gradients", "-o", os.path.join(directory, "dx")],
                                  capture_output=True, check=True)
            exact = sum(i * i for i in range(200001))
            self.assertAlmostEqual(float(sums.stdout.split()[-1]) / exact, 1, places=12)
            ours, theirs = pty.openpty()
            subprocess.run([*client, "forward", "-f", "relu", path, "-o", os.path.join(directory, "y")],
                           stderr=theirs, check=True, env={**os.environ, "TERM": "xterm"})
            os.close(theirs)
            shown = b""
            # Until the other end is closed and empty.
            with contextlib.suppress(OSError):
                while more := os.read(ours, 65536):
                    shown += more
            os.close(ours)
            self.assertIn(b"computed 100 % of 400001", shown)
            self.assertTrue(shown.endswith(b"\r\033[K"), "the line is taken away in the end")
        self.assertEqual(server.stop(), 0)


class InputErrorTest(CliTest):
    def test_files_that_are_wrong(self):
        good = npy_files.encode("<f4", (4,), f32(1, 2, 3, 4))
        cases = {
            "cut.npy": (good[:-1], "cut short"),
            "more.npy": (good + b"x", "left over"),
            "header.npy": (good[:20], "ends within the header"),
            "big.npy": (npy_files.encode(">f4", (4,), f32(1, 2, 3, 4)), "big-endian"),
            "ints.npy": (npy_files.encode("<i4", (4,), f32(1, 2, 3, 4)), "'<i4'"),
            "absurd.npy": (npy_files.encode("<f4", (1 << 40, 1 << 40), b""), "larger than any memory"),
            "claims.npy": (npy_files.encode("<f4", (1 << 40,), b""), "cut short"),
            "nothing.npy": (b"", "not a valid .npy"),
            "some.txt": (b"hello", "--dtype"),
        }
        for name, (contents, words) in cases.items():
            with self.subTest(name):
                message = self.refusal(3, "forward", "-f", "relu", self.path(name, contents))
                self.assertIn(name, message)
                self.assertIn(words, message)

    def test_other_inputs_that_are_wrong(self):
        self.assertIn("No such file", self.refusal(3, "forward", "-f", "relu", "missing.npy"))
        self.assertIn("'x' is not a number", self.refusal(3, "forward", "-f", "relu", "1,x"))
        self.assertIn("too large for f16",
                      self.refusal(3, "forward", "-f", "relu", "--dtype=f16", "1e6"))
        self.assertIn("elements", self.refusal(3, "forward", "-f", "relu", "--shape=2,2", "1,2,3"))
        self.assertIn("directory", self.refusal(3, "forward", "-f", "relu", "1", "-o", "/"))

    def test_a_full_disk_is_said(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([CLIENT, "-a", self.server.address, "forward", "-f", "relu", "1"],
                                  stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"No space left", done.stderr)


if __name__ == "__main__":
    unittest.main()
