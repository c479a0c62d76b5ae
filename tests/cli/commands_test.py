"""activation-client's other commands as a user has them: exit codes, stdout, stderr."""

import json
import os
import pty
import subprocess
import sys
import unittest
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(__file__))
import npy_files
import png_files
from cli_case import CLIENT, CliTest, bare_environment, f32


class ServiceErrorTest(CliTest):
    def test_unknown_function_names_the_nearest(self):
        for command in (("forward", "-f", "gelo", "1"), ("describe", "gelo"), ("plot", "gelo"),
                        ("bench", "-f", "gelo")):
            message = self.refusal(64 + 5, *command)
            self.assertIn("NOT_FOUND", message)
            self.assertIn("gelu", message)
            self.assertNotIn("items[0]", message)
        self.assertIn("'gelu'", self.refusal(64 + 5, "describe", "GELU"))

    def test_a_function_that_this_program_lacks(self):
        for command in (("bench", "-f", "hat"), ("check", "-f", "hat", "1", "1"), ("diagnose", "1", "-f", "hat")):
            self.assertIn("NOT_FOUND: function: this program has no function named 'hat'",
                          self.refusal(64 + 5, *command))
        self.assertIn("NOT_FOUND: function: no function named 'hat'",
                      self.refusal(64 + 5, "forward", "-f", "hat", "1"))

    def test_bad_parameters(self):
        message = self.refusal(64 + 3, "forward", "-f", "gelu", "-p", "slope=1", "1")
        self.assertIn("slope", message)
        self.assertNotIn("items[0]", message)
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
                          ("plot", "gelu", "--from=2", "--to=1"), ("plot", "gelu", "-o", "x.pdf"),
                          ("bench", "--concurrency=0"), ("bench", "--duration=-1s"),
                          ("bench", "--mix=gelu:f8"), ("bench", "--shape=0x"),
                          ("bench", "--rate=1", "--ramp=1..2"), ("bench", "--ramp=1"),
                          ("bench", "--find-rate"), ("bench", "--slo=p99"),
                          ("bench", "--arrivals=poisson"), ("bench", "--until-confident=2"),
                          ("bench", "--stream", "--items=2"), ("bench", "--fail-if=fast"),
                          ("bench", "--rate=nan"), ("bench", "--steps=1,nan"),
                          ("bench", "--ramp=nan..2"), ("bench", "--slo=p99<2ms"),
                          ("bench", "--mix=gelu", "-f", "relu"),
                          ("bench", "--mix=gelu", "--input=x.npy"),
                          ("bench", "--mix=leaky_relu:slope=1:slope=2"),
                          ("bench", "--input=x.npy", "--elements=3"),
                          ("bench", "--input=x.npy", "--dtype=f16"),
                          ("bench", "-f", "leaky_relu", "-p", "slope=1", "-p", "slope=2"),
                          ("forward", "-f", "leaky_relu", "-p", "slope=1", "-p", "slope=2", "1"),
                          ("bench", "--fail-if=p99>2"), ("bench", "-o", "report.pdf"),
                          ("compare", "--least=nan", "a.json", "b.json"),
                          ("list", "--config=/"), ()):
            with self.subTest(arguments):
                self.assertIn("help", self.refusal(2, *arguments))

    def test_unknown_subcommands_are_named(self):
        message = self.refusal(2, "forwrd", "-f", "relu", "1")
        self.assertIn("no subcommand 'forwrd'; did you mean 'forward'?", message)
        self.assertIn("forward", message)
        for arguments in (("info",), ("info", "--help"), ("info", "--version")):
            self.assertIn("no subcommand 'info'", self.refusal(2, *arguments))

    def test_what_a_flag_takes_is_said(self):
        for flag, says in (("--tls=maybe", "--tls: must be true or false, not 'maybe'"),
                           ("--connections=0", "--connections: must be a whole number from 1 to 1024, not '0'"),
                           ("--connections", "--connections: has no value; write --connections=INT")):
            self.assertIn(says, self.refusal(2, "list", flag))
        self.assertIn("--from: must be a number, not 'a'", self.refusal(2, "plot", "gelu", "--from=a"))
        self.assertIn("has no value; write --tier=exact|fast", self.refusal(2, "bench", "--tier"))
        config = self.path("converted.conf", b"tls = maybe\n")
        self.assertIn("line 1: --tls: must be true or false", self.refusal(2, "list", "--config", config))
        self.assertIn("--mix: 'foo' in 'gelu:1024:foo'", self.refusal(2, "bench", "--mix=gelu:1024:foo"))
        self.assertIn("--listen: 'foo' does not end in a port from 0 to", self.refusal(2, "echo", "--listen=foo"))

    def test_unknown_flags_are_named(self):
        for flag, meant in (("--functoin=relu", "--function"), ("--adress", "--address"),
                            ("--dytpe", "--dtype")):
            message = self.refusal(2, "forward", "-f", "relu", "1", flag)
            self.assertIn(f"there is no flag {flag.split('=')[0]}; did you mean '{meant}'?", message)
        self.assertNotIn("did you mean", self.refusal(2, "forward", "-f", "relu", "1", "--qqqqqq"))

    def test_a_misspelt_flag_is_named_before_what_is_missing_for_it(self):
        for arguments in (("forward", "--functon=relu", "1"), ("forward", "--functon", "relu", "1")):
            message = self.refusal(2, *arguments)
            self.assertIn("there is no flag --functon; did you mean '--function'?", message)
        message = self.refusal(2, "bench", "--conc", "3")
        self.assertIn("there is no flag --conc; did you mean '--concurrency'?", message)
        self.assertIn("takes the argument '2'", self.refusal(2, "forward", "-f", "relu", "1", "2"))
        self.assertIn("--function is required", self.refusal(2, "forward", "1"))

    def test_misspelt_variables_are_named(self):
        message = self.refusal(2, "list", environment={"ACTIVATION_CLIENT_TOKEN_FLIE": "x"})
        self.assertIn("no variable ACTIVATION_CLIENT_TOKEN_FLIE; did you mean '"
                      "ACTIVATION_CLIENT_TOKEN_FILE'?", message)
        self.answer("list", environment={"ACTIVATION_CLIENT_SERVICE_HOST": "10.0.0.1"})

    def test_variables_without_the_prefix_are_named(self):
        for name in ("DEADLINE", "CONNECTIONS", "TLS", "TLS_CA", "TLS_SERVER_NAME", "INSECURE_TOKEN", "JSON",
                     "PRINT_GRPCURL"):
            message = self.refusal(2, "list", environment={f"ACTIVATION_{name}": "1"})
            self.assertIn(f"no variable ACTIVATION_{name}; did you mean 'ACTIVATION_CLIENT_{name}'?", message)
        self.answer("list", environment={"ACTIVATION_TLS_SERVICE_HOST": "10.0.0.1"})

    def test_every_number_has_a_variable(self):
        for variable, flag in (("DEADLINE", "--deadline"), ("CONNECTIONS", "--connections")):
            self.assertIn(flag, self.refusal(2, "list", environment={f"ACTIVATION_CLIENT_{variable}": "none"}))
        self.answer("list", environment={"ACTIVATION_CLIENT_DEADLINE": "20s", "ACTIVATION_CLIENT_CONNECTIONS": "1"})

    def test_what_the_file_may_say_of_answers_has_a_variable(self):
        done = json.loads(self.answer("health", environment={"ACTIVATION_CLIENT_JSON": "true"}))
        self.assertEqual(done["address"], self.server.address)
        config = self.path("answers.conf", b"json = true\n")
        environment = {"ACTIVATION_CLIENT_JSON": "false", "ACTIVATION_CLIENT_CONFIG": config}
        self.assertEqual(self.answer("health", environment=environment), b"serving\n")
        printed = self.answer("health", environment={"ACTIVATION_CLIENT_PRINT_GRPCURL": "1"})
        self.assertTrue(printed.startswith(b"grpcurl "), printed)
        self.assertIn("--json", self.refusal(2, "health", environment={"ACTIVATION_CLIENT_JSON": "perhaps"}))

    def test_the_clients_own_address_beats_the_shared_one_and_both_beat_the_file(self):
        config = self.path("addressed.conf", b'address = "127.0.0.1:1"\n')
        self.answer("health", "--config", config)
        own = {"ACTIVATION_CLIENT_ADDRESS": self.server.address}
        self.answer("health", "--config", config, environment=own, address="127.0.0.1:1")
        done = self.run_client("health", "--json", environment={"ACTIVATION_CLIENT_ADDRESS": "127.0.0.1:1"})
        self.assertEqual(json.loads(done.stdout)["address"], "127.0.0.1:1")
        self.answer("health", "--address", self.server.address,
                    environment={"ACTIVATION_CLIENT_ADDRESS": "127.0.0.1:1"})

    def test_an_empty_address(self):
        self.assertIn("--address: is empty", self.refusal(2, "list", "--address", ""))
        for arguments in (("list", "--address="), ("--address=", "list")):
            self.assertIn("--address: is empty", self.refusal(2, *arguments))
        self.assertIn("--function: is empty", self.refusal(2, "forward", "--function=", "1"))

    def test_an_address_that_is_a_url(self):
        message = self.refusal(2, "list", address="http://127.0.0.1:1")
        self.assertIn("'http://127.0.0.1:1' is a URL: leave http:// out\n", message)
        message = self.refusal(2, "list", "--address=https://127.0.0.1:1")
        self.assertIn("leave https:// out; --tls connects with TLS", message)

    def test_an_address_without_a_port(self):
        for address in ("localhost", "127.0.0.1", "[::1]", "::1:50051", "localhost:", "localhost:0",
                        "localhost:65536", "localhost:grpc", "dns:localhost", "dns:///localhost",
                        "dns://127.0.0.1/localhost", "dns://127.0.0.1:53", "dns:localhost:0",
                        "ipv4:127.0.0.1", "ipv4:127.0.0.1:1,127.0.0.2", "ipv6:[::1]"):
            own = {"ACTIVATION_CLIENT_ADDRESS": address}
            for where in ({"address": address}, {"environment": own}):
                message = self.refusal(2, "health", **where)
                self.assertIn(f"'{address}' does not end in a port from 1 to 65535; write it as",
                              message)
        for address in ("localhost:1", "[::1]:1", "dns:///localhost:1", "dns:localhost:1",
                        "ipv4:127.0.0.1:1,127.0.0.2:1", "unix:/nonexistent"):
            self.refusal(64 + 14, "health", "--deadline=2s", address=address)

    def test_a_deadline_of_nothing(self):
        # Deadlines are kept in milliseconds.
        for none in ("0s", "500us", "0.9ms"):
            self.assertIn("--deadline: must be at least 1ms",
                          self.refusal(2, "list", f"--deadline={none}"))

    def test_an_empty_tensor(self):
        self.assertIn("a tensor is empty", self.refusal(3, "forward", "-f", "gelu", ""))
        self.assertIn("nor is it a list of numbers", self.refusal(3, "forward", "-f", "gelu", "1 2"))

    def test_bytes_that_are_no_text(self):
        address = b"\xff:1"
        done = self.run_client("health", "--json", "--deadline=1s", b"--address=" + address)
        self.assertEqual(done.returncode, 64 + 14, done)
        self.assertEqual(json.loads(done.stdout)["address"], "\ufffd:1")

    def test_help_begins_with_examples(self):
        for command in ((), ("forward",), ("gradient",), ("list",), ("describe",), ("plot",),
                        ("health",), ("check",), ("diagnose",), ("bench",), ("compare",), ("echo",), ("completion",)):
            text = self.answer(*command, "-h").decode()
            self.assertTrue(text.startswith("Examples:\n  "), text)
            self.assertIn("Usage:", text)
            self.assertIn("DURATION is as 500ms, 5s or 1m30s", text)

    def test_version(self):
        self.assertRegex(self.answer("--version").decode(), r"^activation-client \d+\.\d+\.\d+\n$")

    def test_flag_beats_environment_beats_file(self):
        config = self.path("client.toml", ('address = "127.0.0.1:1"\njson = true\n').encode())
        environment = {"ACTIVATION_CLIENT_CONFIG": config}
        done = json.loads(self.answer("health", environment=environment))
        self.assertEqual(done["address"], self.server.address)
        environment["ACTIVATION_ADDRESS"] = "127.0.0.1:1"
        self.answer("health", "--address", self.server.address, environment=environment)
        wrong = self.path("wrong.toml", b"adress = 1\n")
        message = self.refusal(2, "health", "--config", wrong)
        self.assertIn("line 1: there is no setting 'adress'; did you mean 'address'?", message)
        self.assertIn("--config: missing.toml: cannot", self.refusal(2, "health", "--config", "missing.toml"))

    def test_the_files_of_a_server_in_the_same_container_are_none_of_the_clients(self):
        config = self.path("server.toml", b'drain-delay = "5s"\nmax-items = 100\n')
        environment = {"ACTIVATION_CONFIG": config, "ACTIVATION_TOKEN_FILE": "/does/not/exist",
                       "ACTIVATION_TLS_CERTIFICATE": "/does/not/exist"}
        self.assertEqual(self.answer("health", environment=environment), b"serving\n")

    def test_the_file_alone(self):
        config = self.path("address.toml", ('address = "%s"\n' % self.server.address).encode())
        done = subprocess.run([CLIENT, "health", "--config", config], capture_output=True,
                              env=bare_environment())
        self.assertEqual((done.returncode, done.stdout), (0, b"serving\n"))


class CatalogueTest(CliTest):
    def test_list(self):
        lines = self.answer("list").decode().splitlines()
        names = {line.split()[0] for line in lines}
        self.assertLessEqual({"gelu", "relu", "tanh", "swish"}, names)
        listed = json.loads(self.answer("list", "--json"))
        self.assertEqual({function["name"] for function in listed}, names)
        self.assertEqual([line.split()[1] for line in lines], [function["kind"] for function in listed])

    def test_describe(self):
        text = self.answer("describe", "leaky_relu").decode()
        self.assertIn("--param slope=0.01", text)
        for heading in ("saturates", "used in", "strengths", "weaknesses"):
            self.assertRegex(text, rf"\n  {heading} +\S")
        described = json.loads(self.answer("describe", "leaky_relu", "--json"))
        self.assertEqual(described["parameters"][0]["name"], "slope")
        for field in ("saturation", "used_in", "strengths", "weaknesses"):
            self.assertNotEqual(described[field], "")

    def test_health(self):
        self.assertEqual(self.answer("health"), b"serving\n")
        self.refusal(64 + 14, "health", "--deadline=2s", address="127.0.0.1:1")

    def completed(self, *lines):
        """What bash offers for the last word of each line; its words as bash breaks them."""
        script = self.answer("completion").decode()
        for line in lines:
            words = line.split(" ")
            quoted = " ".join(f"'{word}'" for word in words)
            script += f"COMP_WORDS=({quoted}) COMP_CWORD={len(words) - 1} COMPREPLY=()\n"
            script += '_activation_client; echo "${COMPREPLY[@]}"\n'
        done = subprocess.run(["bash", "--norc"], input=script.encode(), capture_output=True)
        self.assertEqual(done.stderr, b"")
        return done.stdout.decode().splitlines()

    def test_completion(self):
        for line, offered in (
            ("activation-client he", "health"),
            ("activation-client bench --dur", "--duration"),
            ("activation-client forward --function swi", "swish swiglu"),
            ("activation-client forward --function = gelu_t", "gelu_tanh"),
            ("activation-client check -f prel", "prelu"),
            ("activation-client describe swigl", "swiglu"),
            ("activation-client plot gelu sil", "silu"),
            ("activation-client forward -f leaky_relu -p ", "slope="),
            ("activation-client forward --function = leaky_relu -p sl", "slope="),
            ("activation-client plot leaky_relu --param ", "slope="),
            ("activation-client forward -f relu -p ", ""),
            ("activation-client forward -f gelu --tier ", "exact fast"),
            ("activation-client forward -f gelu --tier = f", "fast"),
            ("activation-client forward -f gelu --tier =", "exact fast"),
            ("activation-client bench --arrivals p", "poisson"),
            ("activation-client gradient --dtype ", "f32 f64 f16 bf16"),
            # Global options may come first.
            ("activation-client --addr", "--address"),
            ("activation-client --json he", "health"),
            ("activation-client --json bench --arrivals p", "poisson"),
            ("activation-client --address = host : 1 describe swigl", "swiglu"),
            ("activation-client -a host plot leaky_relu --param ", "slope="),
            ("activation-client --address ", ""),
            # Files are bash's own to complete.
            ("activation-client forward --output x", ""),
            ("activation-client forward x", ""),
        ):
            with self.subTest(line):
                (found,) = self.completed(line)
                self.assertEqual(sorted(found.split()), sorted(offered.split()))

    def test_completion_takes_no_name_of_the_shells(self):
        script = self.answer("completion") + (b"COMP_WORDS=(activation-client he) COMP_CWORD=1\n"
                                              b"_activation_client; declare -F\n")
        done = subprocess.run(["bash", "--norc"], input=script, capture_output=True,
                              env={"PATH": os.environ["PATH"]})
        names = [line.split()[-1] for line in done.stdout.decode().splitlines()]
        self.assertEqual(names, ["_activation_client", "_activation_client_offer"])

    def test_completion_knows_every_function(self):
        listed = [f["name"] for f in json.loads(self.answer("list", "--json"))]
        (offered,) = self.completed("activation-client forward -f ")
        self.assertEqual(offered.split(), listed)


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

    def test_png_is_a_picture(self):
        path = self.path("three.png")
        self.answer("plot", "relu", "silu", "gelu", "-g", "-o", path)
        width, height, rows = png_files.read(path)
        self.assertEqual((width, height), (1760, 1040))
        # The paper, and each curve's colour.
        colours = {row[i:i + 3] for row in rows for i in range(0, 3 * width, 3)}
        self.assertLessEqual({b"\xff\xff\xff", b"\x09\x69\xda", b"\xd1\x57\x0a", b"\x1a\x7f\x37"},
                             colours)

    def test_several_functions_and_json(self):
        svg = self.answer("plot", "relu", "silu", "gelu", "-g", "-o", "-")
        self.assertEqual(svg.count(b"<path"), 6)
        drawn = json.loads(self.answer("plot", "relu", "--json", "--from=-1", "--to=1"))
        self.assertEqual(drawn["x"][0], -1)
        self.assertEqual(drawn["curves"]["relu"], [max(x, 0) for x in drawn["x"]])

    def test_what_is_not_finite_has_a_name_in_json(self):
        drawn = json.loads(self.answer("plot", "exp", "log1p", "--json", "--from=-800", "--to=800"))
        exp, log1p = drawn["curves"]["exp"], drawn["curves"]["log1p"]
        self.assertEqual((exp[0], exp[-1], log1p[0]), (0, "Infinity", "NaN"))
        self.assertNotIn(None, exp + log1p)


class TerminalTest(CliTest):
    def on_terminal(self, *arguments, **environment):
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [CLIENT, "-a", self.server.address, *arguments], stdout=theirs,
            stderr=subprocess.DEVNULL, env=bare_environment(**{"TERM": "xterm", **environment}))
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
