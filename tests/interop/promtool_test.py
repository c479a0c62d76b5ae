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
        x = {"name": "x", "datatype": "FP32", "shape": [1], "contents": {"fp32_contents": [1.0]}}
        client.call(
            "inference.GRPCInferenceService/ModelInfer", {"model_name": "relu", "inputs": [x]}
        )
        client.close()
        url = f"http://{server.http_address}/metrics"
        metrics = urllib.request.urlopen(url, timeout=30).read()
    result = subprocess.run(
        [promtool, "check", "metrics"], input=metrics, capture_output=True, timeout=60, check=False
    )
    remarks = (result.stdout.decode() + result.stderr.decode()).splitlines()
    # promtool ends with 3 for remarks about names and help texts. There are to be none but about
    # names that are Triton's.
    others = [line for line in remarks if not line.startswith("nv_inference_")]
    print("\n".join(others))
    if others or result.returncode not in (0, 3) or b"\nnv_inference_count{" not in metrics:
        print(metrics.decode())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
