"""The deployment files agree with each other and with the Dockerfile.

usage: config_test.py ROOT PROMTOOL. promtool's own check is added where it is there.
"""

import os
import pathlib
import re
import subprocess
import sys
import unittest

import yaml

ROOT, PROMTOOL = (os.path.abspath(path) for path in sys.argv[1:3])


def text(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


class DeployTest(unittest.TestCase):
    def setUp(self):
        self.compose = yaml.safe_load(text("deploy/compose.yaml"))
        self.prometheus = yaml.safe_load(text("deploy/prometheus/prometheus.yml"))
        self.dockerfile = text("Dockerfile")
        self.exposed = re.search(r"^EXPOSE (.*)$", self.dockerfile, re.M).group(1).split()

    def test_compose_builds_a_target_of_the_dockerfile(self):
        build = self.compose["services"]["server"]["build"]
        self.assertTrue(
            os.path.exists(os.path.join(ROOT, "deploy", build["context"], "Dockerfile"))
        )
        self.assertRegex(self.dockerfile, rf"(?m)^FROM \S+ AS {build['target']}$")

    def test_compose_leaves_the_tags_of_the_image_build_alone(self):
        # What compose builds has no labels that say what it is.
        name, tag = self.compose["services"]["server"]["image"].split(":")
        self.assertEqual(name, "activation")
        self.assertNotRegex(tag, r"cpu|cuda|latest|^\d")

    def test_ports_are_published_on_loopback_only(self):
        for service in self.compose["services"].values():
            for port in service["ports"]:
                self.assertTrue(port.startswith("127.0.0.1:"), port)

    def test_published_ports_are_those_the_image_exposes(self):
        published = [port.split(":")[-1] for port in self.compose["services"]["server"]["ports"]]
        self.assertEqual(sorted(published), sorted(self.exposed))

    def test_other_images_are_pinned(self):
        for name in ("prometheus", "grafana"):
            self.assertRegex(self.compose["services"][name]["image"], r":v?\d+\.\d+\.\d+$")

    def test_mounted_files_exist(self):
        for name in ("prometheus", "grafana"):
            for volume in self.compose["services"][name]["volumes"]:
                source = volume.split(":")[0]
                if source.startswith("."):
                    self.assertTrue(os.path.exists(os.path.join(ROOT, "deploy", source)), source)

    def test_prometheus_scrapes_the_server(self):
        targets = [
            target
            for job in self.prometheus["scrape_configs"]
            for static in job["static_configs"]
            for target in static["targets"]
        ]
        self.assertEqual(len(targets), 1)
        host, port = targets[0].split(":")
        self.assertIn(host, self.compose["services"])
        self.assertIn(port, self.exposed)

    def test_prometheus_finds_its_rules(self):
        mounted = [
            volume.split(":")[1] for volume in self.compose["services"]["prometheus"]["volumes"]
        ]
        for name in self.prometheus["rule_files"]:
            self.assertIn(f"/etc/prometheus/{name}", mounted)

    def test_the_build_gets_every_folder_that_sources_include_from(self):
        given = set(re.findall(r"^!(\w+)$", text(".dockerignore"), re.M))
        for folder in ("src", "server", "client"):
            for path in pathlib.Path(ROOT, folder).rglob("*"):
                if path.suffix not in (".h", ".cc", ".cu"):
                    continue
                for first in re.findall(r'^#include "(\w+)/', path.read_text("utf-8"), re.M):
                    if os.path.isdir(os.path.join(ROOT, first)):
                        self.assertIn(first, given, path)

    def test_no_failure_is_lost_in_a_pipe(self):
        # The shell of RUN tells of the last program alone.
        for line in self.dockerfile.splitlines():
            if not line.startswith("#"):
                self.assertNotRegex(line, r"(?<!\|)\|(?!\|)")

    def test_the_image_is_not_run_as_root(self):
        user = re.findall(r"^USER (.*)$", self.dockerfile, re.M)[-1]
        self.assertRegex(user, r"^[1-9]\d*:[1-9]\d*$")

    @unittest.skipUnless(os.path.exists(PROMTOOL), "no promtool on this machine")
    def test_promtool_accepts_the_configuration(self):
        for arguments in (
            ["check", "config", "prometheus.yml"],
            ["test", "rules", "rules_test.yml"],
        ):
            with self.subTest(arguments[1]):
                result = subprocess.run(
                    [PROMTOOL, *arguments],
                    cwd=os.path.join(ROOT, "deploy/prometheus"),
                    capture_output=True,
                    text=True,
                    timeout=60,
                    check=False,
                )
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
