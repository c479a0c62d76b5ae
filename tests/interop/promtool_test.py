"""Prometheus's own promtool reads the metrics of a server that has served.

usage: promtool_test.py PROMTOOL. Exit code 77 (skipped) where there is none.
"""

import os
import subprocess
import sys
import urllib.request

from reflection_client import ReflectionClient
from server import Server


def main():
    promtool = sys.argv[1]
    if not os.path.exists(promtool):
        print("SKIPPED: no promtool on this machine")
        return 77
    with Server() as server:
        client = ReflectionClient(server.address)
        client.call("activation.v1.ActivationService/GetServerInfo")
        client.close()
        url = f"http://{server.http_address}/metrics"
        metrics = urllib.request.urlopen(url, timeout=30).read()
    result = subprocess.run(
        [promtool, "check", "metrics"], input=metrics, capture_output=True, timeout=60, check=False
    )
    print(result.stdout.decode() + result.stderr.decode())
    # promtool ends with 3 for remarks about names and help texts; there are to be none.
    if result.returncode != 0:
        print(metrics.decode())
    return result.returncode


if __name__ == "__main__":
    sys.exit(main())
