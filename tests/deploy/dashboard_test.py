"""The dashboard's layout, what Grafana needs to find it; no alert without a test and a runbook.

usage: dashboard_test.py ROOT
"""

import itertools
import pathlib
import re
import sys
import unittest

import expressions
import yaml

ROOT = pathlib.Path(sys.argv[1]).resolve()


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


class DashboardTest(unittest.TestCase):
    def setUp(self):
        self.dashboard = expressions.dashboard(ROOT)
        self.panels = self.dashboard["panels"]

    def test_panels_stand_side_by_side_within_the_page(self):
        taken = {}
        for panel in self.panels:
            place = panel["gridPos"]
            self.assertLessEqual(place["x"] + place["w"], 24, panel["title"])
            for cell in itertools.product(
                range(place["x"], place["x"] + place["w"]),
                range(place["y"], place["y"] + place["h"]),
            ):
                self.assertNotIn(cell, taken, f"{panel['title']} lies on {taken.get(cell)}")
                taken[cell] = panel["title"]

    def test_panels_have_numbers_of_their_own(self):
        numbers = [panel["id"] for panel in self.panels]
        self.assertEqual(len(numbers), len(set(numbers)))

    def test_every_panel_explains_itself_and_has_a_unit(self):
        for panel in self.panels:
            if panel["type"] == "row":
                continue
            with self.subTest(panel["title"]):
                self.assertRegex(panel["description"], r"\w.*\.$")
                self.assertTrue(panel["fieldConfig"]["defaults"]["unit"])

    def test_every_panel_asks_the_chosen_servers_only(self):
        for panel in self.panels:
            for target in panel.get("targets", ()):
                for selector in expressions.selectors(target["expr"]):
                    with self.subTest(panel["title"], selector=selector):
                        self.assertIn('job=~"$job"', selector)
                        self.assertIn('instance=~"$instance"', selector)

    def test_every_variable_that_is_used_is_defined(self):
        defined = {variable["name"] for variable in self.dashboard["templating"]["list"]}
        used = set(re.findall(r"\$\{?(\w+)", read("deploy/grafana/dashboards/activation.json")))
        self.assertEqual({name for name in used if not name.startswith("__")}, defined)

    def test_grafana_finds_the_dashboard_where_compose_mounts_it(self):
        providers = yaml.safe_load(read("deploy/grafana/provisioning/dashboards/activation.yml"))[
            "providers"
        ]
        compose = yaml.safe_load(read("deploy/compose.yaml"))
        mounts = dict(
            volume.split(":")[:2][::-1] for volume in compose["services"]["grafana"]["volumes"]
        )
        for provider in providers:
            source = ROOT / "deploy" / mounts[provider["options"]["path"]]
            self.assertTrue((source / "activation.json").exists())

    def test_grafana_asks_the_prometheus_of_compose(self):
        sources = yaml.safe_load(read("deploy/grafana/provisioning/datasources/prometheus.yml"))[
            "datasources"
        ]
        services = yaml.safe_load(read("deploy/compose.yaml"))["services"]
        interval = yaml.safe_load(read("deploy/prometheus/prometheus.yml"))["global"][
            "scrape_interval"
        ]
        for source in sources:
            self.assertIn(re.fullmatch(r"http://(\w+):9090", source["url"])[1], services)
            self.assertEqual(source["jsonData"]["timeInterval"], interval)


class AlertsTest(unittest.TestCase):
    def setUp(self):
        self.rules = expressions.rules(ROOT)

    def test_every_alert_says_how_urgent_it_is_and_what_happened(self):
        for rule in self.rules:
            with self.subTest(rule["alert"]):
                self.assertIn(rule["labels"]["severity"], ("page", "ticket"))
                self.assertEqual(set(rule["annotations"]), {"summary", "description", "runbook_url"})

    def test_every_runbook_is_a_heading(self):
        for rule in self.rules:
            with self.subTest(rule["alert"]):
                url, anchor = rule["annotations"]["runbook_url"].split("#")
                page = url.removeprefix("https://activation.example/")
                headings = [h.lower() for h in re.findall(r"^#+ (.*)$", read(page), re.M)]
                self.assertIn(anchor, headings)

    def test_every_alert_is_tested_to_fire(self):
        tests = yaml.safe_load(read("deploy/prometheus/rules_test.yml"))["tests"]
        fired = {
            case["alertname"]
            for test in tests
            for case in test["alert_rule_test"]
            if case.get("exp_alerts")
        }
        self.assertEqual(fired, {rule["alert"] for rule in self.rules})

    def test_the_dashboard_names_alerts_that_exist(self):
        text = read("deploy/grafana/dashboards/activation.json")
        named = set(re.findall(r"Alert: (\w+)\.", text))
        self.assertTrue(named)
        self.assertLessEqual(named, {rule["alert"] for rule in self.rules})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
