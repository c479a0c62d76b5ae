"""Our load test beside k6 and perf_analyzer: the same server, the same load, in turns.

usage: load_testers.py BIN THIRD_PARTY [ROUNDS [SECONDS]]
    BIN          the folder of activation-server and activation-client
    THIRD_PARTY  the folder that tests/interop/third_party.sh has made

Prints a table: relu of f32, closed loop; calls a second, p50 and p99 in microseconds. Of all rounds
the best, as whatever else the machine does only takes away. Ours and k6 have a connection for each
call in flight, perf_analyzer one for six.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/interop"))

LOADS = ((256, 1), (256, 8), (16384, 8))  # elements, calls in flight


def output(*command):
    return subprocess.run(
        [str(part) for part in command], stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def ours(tools, address, elements, in_flight, seconds):
    report = json.loads(
        output(
            tools["bin"] / "activation-client", "bench", "--json", f"--address={address}",
            "--function=relu", f"--elements={elements}", f"--concurrency={in_flight}",
            f"--connections={in_flight}", f"--duration={seconds}s", "--warm-up=1s",
        )
    )  # fmt: skip
    latency = report["latency_ns"]["percentiles"]
    rate = report["throughput"]["calls_per_second"]
    return rate, latency["p50"] / 1e3, latency["p99"] / 1e3


def perf_analyzer(tools, address, elements, in_flight, seconds):
    text = output(
        tools["third_party"] / "bin/perf_analyzer", "-m", "relu", "-i", "grpc", "-u", address,
        f"--concurrency-range={in_flight}", f"--shape=x:{elements}", "--max-trials=3",
        "--measurement-mode=time_windows", f"--measurement-interval={seconds * 1000 // 3}",
        "--stability-percentage=999",
    )  # fmt: skip
    found = [
        re.search(pattern, text).group(1)
        for pattern in (r"Throughput: ([\d.]+)", r"p50 latency: (\d+)", r"p99 latency: (\d+)")
    ]
    return tuple(map(float, found))


def k6(tools, address, elements, in_flight, seconds):
    with tempfile.NamedTemporaryFile(suffix=".json") as summary:
        output(
            tools["third_party"] / "venv/bin/k6", "run", "--quiet", "--no-usage-report",
            f"--summary-export={summary.name}", "--summary-trend-stats=med,p(99)",
            "-e", f"ADDRESS={address}", "-e", f"ELEMENTS={elements}", "-e", f"VUS={in_flight}",
            "-e", f"DURATION={seconds}s", ROOT / "client/examples/load_k6.js",
        )  # fmt: skip
        metrics = json.load(summary)["metrics"]
    latency = metrics["grpc_req_duration"]
    return metrics["right_replies"]["rate"], latency["med"] * 1e3, latency["p(99)"] * 1e3


TESTERS = {"activation-client bench": ours, "perf_analyzer": perf_analyzer, "k6": k6}


def measure(tools, address, rounds, seconds):
    found = {}
    for _ in range(rounds):
        for load in LOADS:
            for name, tester in TESTERS.items():
                found.setdefault((load, name), []).append(tester(tools, address, *load, seconds))
    return found


def main():
    tools = {"bin": pathlib.Path(sys.argv[1]), "third_party": pathlib.Path(sys.argv[2])}
    rounds, seconds = (int(value) for value in (*sys.argv[3:], *("3", "5")[len(sys.argv) - 3 :]))
    os.environ["ACTIVATION_SERVER"] = str(tools["bin"] / "activation-server")
    from server import Server

    with Server() as server:
        found = measure(tools, server.address, rounds, seconds)
    print("| tensor | in flight |", " | ".join(TESTERS), "|")
    print("|---|---|" + "---|" * len(TESTERS))
    for elements, in_flight in LOADS:
        cells = []
        for name in TESTERS:
            rate, p50, p99 = max(found[(elements, in_flight), name])
            cells.append(f"{rate:,.0f} · {p50:,.0f} · {p99:,.0f}")
        print(f"| {elements * 4 // 1024} KiB | {in_flight} |", " | ".join(cells), "|")


if __name__ == "__main__":
    main()
