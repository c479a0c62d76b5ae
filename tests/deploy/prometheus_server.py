"""A real Prometheus on a free loopback port; it scrapes targets as job `activation`.

    with Prometheus(binary, ["127.0.0.1:8080"], "rules.yml") as prometheus:
        prometheus.query("up")
"""

import json
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

import yaml


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Prometheus:
    def __init__(self, binary, targets, rules):
        self._folder = tempfile.TemporaryDirectory()
        folder = pathlib.Path(self._folder.name)
        config = {
            "global": {
                "scrape_interval": "1s",
                "scrape_timeout": "1s",
                "evaluation_interval": "1s",
            },
            "rule_files": [str(rules)],
            "scrape_configs": [
                {"job_name": "activation", "static_configs": [{"targets": targets}]}
            ],
        }
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
        self._address = f"127.0.0.1:{_free_port()}"
        self._log = (folder / "log").open("w+b")
        self._process = subprocess.Popen(
            [
                binary,
                f"--config.file={folder}/prometheus.yml",
                f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address={self._address}",
            ],
            stderr=self._log,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(timeout=60)
        self._log.close()
        self._folder.cleanup()

    def _get(self, path, **parameters):
        url = f"http://{self._address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        return json.load(urllib.request.urlopen(url, timeout=30))["data"]

    def query(self, expression):
        """[(labels, value)] now; ValueError where Prometheus cannot read it, [] before it is up."""
        try:
            result = self._get("query", query=expression)["result"]
        except urllib.error.HTTPError as error:
            if error.code == 503:
                return []
            raise ValueError(f"{expression}: {error.read().decode()}") from error
        except OSError:
            if self._process.poll() is not None:
                self._log.seek(0)
                raise RuntimeError(self._log.read().decode()) from None
            return []
        return [(series["metric"], float(series["value"][1])) for series in result]

    def rules(self):
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]

    def wait_for(self, condition, seconds=60):
        """Asks until the condition holds; whether it did within the time."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            # Scrapes come every second.
            time.sleep(0.2)
        return True
