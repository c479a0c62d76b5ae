"""How ./dev wire and the scorecard compare servers that took turns, and which they leave out: wire_table_test.py, with
scripts/ in PYTHONPATH."""

import contextlib
import io
import unittest
from unittest import mock

import wire
import wire_servers
import wire_table


def record(server, turn, calls, p50=10.0, cpu=20.0):
    return {
        "mode": "unary", "bytes": 1024, "items": 1, "in_flight": 8, "server": server, "round": turn, "calls": calls,
        "calls_per_second": calls, "bytes_per_second": 1024 * calls, "p50_us": p50, "mean_us": p50, "server_cpu_us": cpu,
    }  # fmt: skip


# The machine was quiet in the first round and busy afterwards.
RECORDS = [
    record("echo", 0, 100, p50=10, cpu=10), record("activation", 0, 100, p50=11, cpu=20),
    record("echo", 1, 50, p50=20, cpu=20), record("activation", 1, 40, p50=25, cpu=22),
    record("echo", 2, 80, p50=12, cpu=10), record("activation", 2, 64, p50=17, cpu=11),
]  # fmt: skip


class WireTableTest(unittest.TestCase):
    def test_servers_are_compared_within_each_round(self):
        servers = wire_table.by_server(RECORDS)
        ours, echo = servers["activation"], servers["echo"]
        # The best of each would be 1.0, of one round alone.
        self.assertEqual(wire_table.compared(ours, echo, wire_table.CALLS), [0.8, 0.8, 0.9])
        self.assertEqual(wire_table.compared(ours, echo, wire_table.p50_beyond)[1], 5)
        self.assertAlmostEqual(wire_table.compared(ours, echo, wire_table.CPU)[1], 1.1)

    def test_a_round_that_one_of_them_did_not_finish_does_not_count(self):
        servers = wire_table.by_server([*RECORDS, record("echo", 3, 1), record("activation", 3, 0)])
        ratios = wire_table.compared(servers["activation"], servers["echo"], wire_table.CALLS)
        self.assertEqual(ratios, [0.8, 0.8, 0.9])
        self.assertIsNone(wire_table.compared({}, servers["echo"], wire_table.CALLS))

    def test_one_round_is_its_own_quartiles(self):
        self.assertEqual(wire_table.quartiles([3.0]), [3.0, 3.0, 3.0])

    def test_ours_comes_first_and_the_others_by_name_whoever_began(self):
        head, *_ = wire_table.table([record("tcp", 0, 1), record("protobuf", 0, 1), *RECORDS])
        self.assertEqual(head, "| tensor | in flight | echo | activation | protobuf | tcp |")

    def test_the_table(self):
        *_, row = wire_table.table(RECORDS)
        self.assertEqual(
            row, "| 1 KiB | 8 | 80 (0 MB/s) · 12 · 10.0 | 0.80 (0.80-0.90) · +5 · 1.10 |"
        )


class LeftOutTest(unittest.TestCase):
    def found(self, absent):
        """Which servers are measured where one cannot start, and what is said; whatever becomes of it the others end."""
        ends = mock.MagicMock()
        servers = {name: lambda: ends for name in ("activation", "echo", "stream")}
        servers[absent] = lambda: wire_servers.Process(["false"])
        words = ("--quick", "--modes=stream", f"--servers={','.join(servers)}", "--rounds=1")
        with (
            mock.patch.object(wire_servers, "SERVERS", servers),
            mock.patch.object(wire, "measure", lambda *_: {"calls": 1}),
            contextlib.redirect_stderr(io.StringIO()) as said,
        ):
            try:
                found = list(wire.records(*words))
            finally:
                self.assertEqual(ends.__enter__.call_count, ends.__exit__.call_count)
        return {record["server"] for record in found}, said.getvalue()

    def test_a_server_that_cannot_start_is_left_out(self):
        names, said = self.found("stream")
        self.assertEqual(names, {"activation", "echo"})
        self.assertIn("stream is left out of stream: false did not start", said)

    def test_without_the_echo_there_is_no_half_a_table(self):
        with self.assertRaisesRegex(RuntimeError, "echo in stream: false did not start"):
            self.found("echo")


if __name__ == "__main__":
    unittest.main()
