"""Dashboard, alerts and KEDA's query, asked of a real Prometheus that scrapes a real server.

usage: monitoring_test.py ROOT PROMETHEUS SERVER_ON_FAKE_DEVICE. Exit code 77 (skipped) where there is
no Prometheus.
"""

import math
import os
import re
import struct
import sys
import tempfile
import threading
import unittest

import expressions
import grpc
from authority import Authority
from prometheus_server import Prometheus
from reflection_client import ReflectionClient
from server import Server

ROOT, PROMETHEUS, SERVER_ON_FAKE_DEVICE = (os.path.abspath(path) for path in sys.argv[1:4])
SERVICE = "activation.v1.ActivationService"


def item(function, backend="BACKEND_UNSPECIFIED"):
    x = {"dtype": "DTYPE_F32", "shape": [4], "data": struct.pack("4f", -1, 0, 1, 2)}
    return {"activation": {"function": function, "backend": backend}, "x": x}


class Load(threading.Thread):
    """Calls, failed calls and streams, until it is told to stop."""

    def __init__(self, address, backend="BACKEND_CPU"):
        super().__init__()
        self._address = address
        self._backend = backend
        self._ended = threading.Event()

    def run(self):
        client = ReflectionClient(self._address)
        while not self._ended.wait(0.02):
            client.call(f"{SERVICE}/Forward", {"items": [item("gelu", self._backend)]})
            client.stream(f"{SERVICE}/Stream", [{"id": 1, "forward": item("relu")}])
            try:
                client.call(f"{SERVICE}/Forward", {"items": [item("no_such_function")]})
            except grpc.RpcError:
                pass
        client.close()

    def stop(self):
        self._ended.set()
        self.join()


class MonitoringTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        server = cls.under_load(Server(), "BACKEND_CPU")
        on_device = cls.under_load(Server(program=SERVER_ON_FAKE_DEVICE), "BACKEND_CUDA")
        rules = os.path.join(ROOT, "deploy/prometheus/rules.yml")
        targets = [s.http_address for s in (server, on_device, cls.guarded())]
        cls.prometheus = Prometheus(PROMETHEUS, targets, rules)
        cls.addClassCleanup(cls.prometheus.__exit__)
        # So many scrapes fill the window of every rate.
        cls.prometheus.wait_for(
            lambda: [n >= 3 for _, n in cls.prometheus.query("count_over_time(up[1h])")]
            == [True] * len(targets)
        )

    @classmethod
    def under_load(cls, server, backend):
        cls.addClassCleanup(server.__exit__, None, None, None)
        load = Load(server.address, backend)
        load.start()
        cls.addClassCleanup(load.stop)
        return server

    @classmethod
    def guarded(cls):
        """A server with certificates and tokens, which have metrics of their own."""
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        authority = Authority(folder.name, "authority")
        certificate, key = authority.issue("server")
        tokens = os.path.join(folder.name, "tokens")
        with open(os.open(tokens, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write("tests a-token-of-the-tests-0123 all")
        server = Server(
            f"--tls-certificate={certificate}",
            f"--tls-key={key}",
            f"--tls-client-ca={authority.certificate}",
            f"--token-file={tokens}",
        )
        cls.addClassCleanup(server.__exit__, None, None, None)
        return server

    def test_every_panel_shows_a_number_under_load(self):
        for title, target in expressions.panel_targets(ROOT):
            with self.subTest(title, expr=target["expr"]):
                found = []

                def shown(expression=target["expr"], found=found):
                    found[:] = self.prometheus.query(expression)
                    return any(not math.isnan(value) for _, value in found)

                self.assertTrue(self.prometheus.wait_for(shown, 20), "no value")
                for label in re.findall(r"{{(\w+)}}", target.get("legendFormat", "")):
                    # Buckets are named by their own label.
                    self.assertTrue(all(label in labels for labels, _ in found), label)

    def test_everything_that_is_read_exists(self):
        for where, expression in expressions.every(ROOT):
            read = expressions.selectors(expression)
            self.assertTrue(read, where)
            for selector in read:
                with self.subTest(where, selector=selector):
                    self.assertTrue(
                        self.prometheus.query(selector), "nothing has this name and these labels"
                    )

    def test_every_label_that_is_grouped_by_exists(self):
        for where, expression in expressions.every(ROOT):
            series = [
                s for name in expressions.selectors(expression) for s in self.prometheus.query(name)
            ]
            for label in expressions.labels(expression):
                with self.subTest(where, label=label):
                    self.assertTrue(any(label in labels for labels, _ in series))

    def test_the_rules_are_evaluated_and_a_healthy_server_raises_none(self):
        rules = []

        def quiet():
            rules[:] = self.prometheus.rules()
            return rules and all(
                (rule["health"], rule["state"]) == ("ok", "inactive") for rule in rules
            )

        self.prometheus.wait_for(quiet)
        self.assertEqual(
            [rule["name"] for rule in rules], [rule["alert"] for rule in expressions.rules(ROOT)]
        )
        for rule in rules:
            with self.subTest(rule["name"]):
                self.assertEqual(rule["health"], "ok", rule.get("lastError"))
                self.assertEqual(rule["state"], "inactive")


if __name__ == "__main__":
    if not os.path.exists(PROMETHEUS):
        print("SKIPPED: no prometheus on this machine")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
