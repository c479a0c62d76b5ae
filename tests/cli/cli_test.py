"""activation-client as a user has it: exit codes, stdout, stderr, files."""

import array
import json
import math
import os
import pty
import random
import select
import signal
import struct
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(__file__))
import npy_files
from running_server import RunningServer

CLIENT = os.environ["ACTIVATION_CLIENT"]


def f32(*values):
    return struct.pack("<%df" % len(values), *values)


def gelu(x):
    """The reference, in double: not the product's formula but the C library's."""
    return 0.5 * x * math.erfc(-x / math.sqrt(2))


def rounded_f32(value):
    """The f32 nearest to a double that is right to 1e-12, or None where that
    does not decide between two."""
    low = struct.pack("<f", value * (1 - 1e-12))
    return low if low == struct.pack("<f", value * (1 + 1e-12)) else None


class CliTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = RunningServer()
        cls.directory = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0
        cls.directory.cleanup()

    def path(self, name, contents=None):
        path = os.path.join(self.directory.name, name)
        if contents is not None:
            with open(path, "wb") as file:
                file.write(contents)
        return path

    def read(self, path):
        with open(path, "rb") as file:
            return file.read()

    def run_client(self, *arguments, stdin=b"", environment=None, address=None):
        variables = {name: value for name, value in os.environ.items()
                     if not name.startswith("ACTIVATION_")}
        variables["ACTIVATION_ADDRESS"] = address or self.server.address
        variables.update(environment or {})
        return subprocess.run([CLIENT, *arguments], input=stdin, env=variables, timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def answer(self, *arguments, **options):
        """stdout of a command that must succeed in silence."""
        done = self.run_client(*arguments, **options)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertEqual(done.stderr, b"")
        return done.stdout

    def refusal(self, code, *arguments, **options):
        """stderr of a command that must fail with nothing on stdout."""
        done = self.run_client(*arguments, **options)
        self.assertEqual(done.returncode, code, done)
        self.assertEqual(done.stdout, b"")
        return done.stderr.decode()


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
        # The comparison sees what the fast tier rounds differently.
        self.answer("forward", "--function=gelu", "--tier=fast", path, "-o", y_path)
        self.assertNotEqual(self.wrong(x, npy_files.decode(self.read(y_path))[2]), [])

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


class ServiceErrorTest(CliTest):
    def test_unknown_function_names_the_nearest(self):
        for command in (("forward", "-f", "gelo", "1"), ("describe", "gelo"), ("plot", "gelo"),
                        ("bench", "-f", "gelo")):
            message = self.refusal(64 + 5, *command)
            self.assertIn("NOT_FOUND", message)
            self.assertIn("gelu", message)

    def test_bad_parameters(self):
        message = self.refusal(64 + 3, "forward", "-f", "gelu", "-p", "slope=1", "1")
        self.assertIn("slope", message)
        self.refusal(64 + 3, "forward", "-f", "leaky_relu", "-p", "slope=nan", "1")

    def test_nobody_there(self):
        message = self.refusal(64 + 14, "forward", "-f", "relu", "--deadline=5s", "1",
                               address="127.0.0.1:1")
        self.assertIn("127.0.0.1:1", message)
        self.assertIn("ACTIVATION_ADDRESS", message)


class UsageTest(CliTest):
    def test_wrong_command_lines(self):
        for arguments in (("forwrd",), ("forward",), ("forward", "1"), ("list", "--wrong"),
                          ("forward", "-f", "relu", "1", "--tier=slow"),
                          ("forward", "-f", "relu", "1", "--dtype=f8"),
                          ("forward", "-f", "relu", "1", "-p", "slope"),
                          ("forward", "-f", "relu", "1", "--shape=a"),
                          ("forward", "-f", "relu", "1", "--json", "-o", "-"),
                          ("gradient", "-f", "relu", "1", "--parameter-gradients", "-o", "-"),
                          ("list", "--deadline=soon"), ("list", "--connections=0"),
                          ("plot", "gelu", "--from=2", "--to=1"), ("plot", "gelu", "-o", "x.png"),
                          ("bench", "--concurrency=0"), ("bench", "--duration=-1s"), ()):
            with self.subTest(arguments):
                self.assertIn("help", self.refusal(2, *arguments))

    def test_unknown_subcommands_are_named(self):
        message = self.refusal(2, "forwrd", "-f", "relu", "1")
        self.assertIn("no subcommand 'forwrd'", message)
        self.assertIn("forward", message)

    def test_help_begins_with_examples(self):
        for command in ((), ("forward",), ("gradient",), ("list",), ("describe",), ("plot",),
                        ("health",), ("bench",), ("completion",)):
            text = self.answer(*command, "-h").decode()
            self.assertTrue(text.startswith("Examples:\n  "), text)
            self.assertIn("Usage:", text)

    def test_version(self):
        self.assertRegex(self.answer("--version").decode(), r"^activation-client \d+\.\d+\.\d+\n$")

    def test_flag_beats_environment_beats_file(self):
        config = self.path("client.toml", ('address = "127.0.0.1:1"\njson = true\n').encode())
        environment = {"ACTIVATION_CONFIG": config}
        done = json.loads(self.answer("health", environment=environment))
        self.assertEqual(done["address"], self.server.address)
        environment["ACTIVATION_ADDRESS"] = "127.0.0.1:1"
        self.answer("health", "--address", self.server.address, environment=environment)
        wrong = self.path("wrong.toml", b"adress = 1\n")
        self.assertIn("adress", self.refusal(2, "health", "--config", wrong))
        self.assertIn("missing.toml", self.refusal(2, "health", "--config", "missing.toml"))

    def test_the_file_alone(self):
        config = self.path("address.toml", ('address = "%s"\n' % self.server.address).encode())
        done = subprocess.run([CLIENT, "health", "--config", config], capture_output=True,
                              env={"PATH": os.environ["PATH"]})
        self.assertEqual((done.returncode, done.stdout), (0, b"serving\n"))


class CatalogueTest(CliTest):
    def test_list(self):
        lines = self.answer("list").decode().splitlines()
        names = {line.split()[0] for line in lines}
        self.assertLessEqual({"gelu", "relu", "tanh", "swish"}, names)
        listed = json.loads(self.answer("list", "--json"))
        self.assertEqual({function["name"] for function in listed}, names)

    def test_describe(self):
        text = self.answer("describe", "leaky_relu").decode()
        self.assertIn("--param slope=0.01", text)
        described = json.loads(self.answer("describe", "leaky_relu", "--json"))
        self.assertEqual(described["parameters"][0]["name"], "slope")

    def test_health(self):
        self.assertEqual(self.answer("health"), b"serving\n")
        self.refusal(64 + 14, "health", "--deadline=2s", address="127.0.0.1:1")

    def test_completion_is_bash(self):
        script = self.answer("completion") + b"COMP_WORDS=(activation-client he) COMP_CWORD=1\n" \
            b"_activation_client; echo \"${COMPREPLY[@]}\"\n" \
            b"COMP_WORDS=(activation-client bench --dur) COMP_CWORD=2\n" \
            b"_activation_client; echo \"${COMPREPLY[@]}\"\n"
        done = subprocess.run(["bash", "--norc"], input=script, capture_output=True)
        self.assertEqual(done.stdout, b"health\n--duration\n", done.stderr)


class PlotTest(CliTest):
    def test_text(self):
        text = self.answer("plot", "gelu", "--gradient").decode()
        for word in ("gelu and its derivative", "f(x) = ", "gelu'", "⠒", "-4"):
            self.assertIn(word, text)
        self.assertNotIn("\033", text)

    def test_svg_is_well_formed(self):
        path = self.path("gelu.svg")
        self.answer("plot", "gelu", "--gradient", "-o", path)
        root = xml.etree.ElementTree.parse(path).getroot()
        space = "{http://www.w3.org/2000/svg}"
        self.assertEqual(root.tag, space + "svg")
        curves = root.findall(space + "path")
        self.assertEqual(len(curves), 2)
        self.assertEqual([c.get("class") for c in curves], ["curve c0", "curve c1"])
        self.assertGreater(len(curves[0].get("d")), 1000)

    def test_several_functions_and_json(self):
        svg = self.answer("plot", "relu", "silu", "gelu", "-g", "-o", "-")
        self.assertEqual(svg.count(b"<path"), 6)
        drawn = json.loads(self.answer("plot", "relu", "--json", "--from=-1", "--to=1"))
        self.assertEqual(drawn["x"][0], -1)
        self.assertEqual(drawn["curves"]["relu"], [max(x, 0) for x in drawn["x"]])


class BenchTest(CliTest):
    SHORT = ("--duration=300ms", "--warm-up=50ms", "--concurrency=8", "--elements=100")

    def test_report(self):
        for extra in ((), ("--gradient",), ("--dtype=bf16", "--items=5"), ("--tier=fast",)):
            report = json.loads(self.answer("bench", "--json", *self.SHORT, *extra))
            self.assertEqual(report["schema"], "activation-bench/1")
            self.assertEqual(report["wrong_replies"], 0)
            self.assertEqual(list(report["codes"]), ["OK"])
            self.assertGreater(report["throughput"]["calls_per_second"], 0)
            self.assertEqual(report["latency_ns"]["samples"], report["codes"]["OK"])

    def test_text_and_file(self):
        path = self.path("report.json")
        text = self.answer("bench", *self.SHORT, "--output", path).decode()
        self.assertIn("wrong      0", text)
        self.assertIn("p50", text)
        self.assertEqual(json.loads(self.read(path))["load"]["concurrency"], 8)

    def test_first_interrupt_prints_what_there_is(self):
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [CLIENT, "-a", self.server.address, "bench", "--duration=1h", "--warm-up=0", "--json"],
            stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": "xterm"})
        os.close(theirs)
        shown = b""
        while b"answered" not in shown:  # the progress line: it is running
            self.assertTrue(select.select([ours], [], [], 60)[0], "no progress is shown")
            shown += os.read(ours, 4096)
        process.send_signal(signal.SIGINT)
        report = json.loads(process.communicate(timeout=60)[0])
        os.close(ours)
        self.assertEqual(process.returncode, 0)
        self.assertTrue(report["load"]["stopped_early"])
        self.assertGreater(report["codes"]["OK"], 0)


class TerminalTest(CliTest):
    def on_terminal(self, *arguments, **environment):
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [CLIENT, "-a", self.server.address, *arguments], stdout=theirs,
            stderr=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], "TERM": "xterm",
                                            **environment})
        os.close(theirs)
        shown = b""
        try:
            while chunk := os.read(ours, 65536):
                shown += chunk
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        self.assertEqual(process.wait(), 0)
        return shown.decode()

    def test_large_tensors_are_abbreviated(self):
        x = self.path("long.npy", npy_files.encode("<f4", (5000,), f32(*range(5000))))
        self.assertEqual(self.on_terminal("forward", "-f", "relu", x).strip(),
                         "[0, 1, 2, ..., 4997, 4998, 4999]")

    def test_colour_and_no_color(self):
        self.assertIn("\033[", self.on_terminal("plot", "gelu"))
        self.assertNotIn("\033[", self.on_terminal("plot", "gelu", NO_COLOR="1"))
        self.assertNotIn("\033[", self.on_terminal("list", TERM="dumb"))


if __name__ == "__main__":
    unittest.main()
