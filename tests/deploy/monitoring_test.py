"""Dashboard, alerts and KEDA's query, asked of a real Prometheus that scrapes a real server.

usage: monitoring_test.py ROOT PROMETHEUS. Exit code 77 (skipped) where there is no Prometheus.
"""

import math
import os
import re
import struct
import sys
import threading
import unittest

import expressions
import grpc
from prometheus_server import Prometheus
from reflection_client import ReflectionClient
from server import Server

ROOT, PROMETHEUS = (os.path.abspath(path) for path in sys.argv[1:3])
SERVICE = "activation.v1.ActivationService"


def item(function):
    x = {"dtype": "DTYPE_F32", "shape": [4], "data": struct.pack("4f", -1, 0, 1, 2)}
    return {"activation": {"function": function}, "x": x}


class Load(threading.Thread):
    """Calls, failed calls and streams, until it is told to stop."""

    def __init__(self, address):
        super().__init__()
        self._address = address
        self._ended = threading.Event()

    def run(self):
        client = ReflectionClient(self._address)
        while not self._ended.wait(0.02):
            client.call(f"{SERVICE}/Forward", {"items": [item("gelu")]})
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
        server = Server()
        cls.addClassCleanup(server.__exit__, None, None, None)
        load = Load(server.address)
        load.start()
        cls.addClassCleanup(load.stop)
        rules = os.path.join(ROOT, "deploy/prometheus/rules.yml")
        cls.prometheus = Prometheus(PROMETHEUS, server.http_address, rules)
        cls.addClassCleanup(cls.prometheus.__exit__)
        # So many scrapes fill the window of every rate.
        cls.prometheus.wait_for(
            lambda: any(n >= 3 for _, n in cls.prometheus.query("count_over_time(up[1h])"))
        )

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
