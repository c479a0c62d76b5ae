"""What the faults are done to: servers on loopback addresses of their own, and a load that checks every reply."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from commands import BIN  # noqa: E402

# Far beyond what anything here takes, on a machine with other work, too.
PATIENCE = 60


def eventually(what, condition):
    """Waits until the condition holds; RuntimeError where it does not."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"not within {PATIENCE} s: {what}")
        time.sleep(0.01)


def metrics(http_address):
    """The values at /metrics, by series."""
    with urllib.request.urlopen(f"http://{http_address}/metrics", timeout=PATIENCE) as reply:
        lines = reply.read().decode().splitlines()
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if line[:1] != "#"}


def total(values, name):
    """The sum of all series of a family."""
    return sum(value for series, value in values.items() if series.split("{")[0] == name)


class Server:
    """activation-server on a loopback address; it can be killed, paused and started again at the same one."""

    def __init__(self, *options, host="127.0.0.1", descriptors=None):
        self._options = options
        self._descriptors = descriptors
        self.address = f"{host}:0"
        self.http_address = f"{host}:0"
        self.process = None
        self.start()

    def start(self):
        """Returns once it serves."""
        self.process = subprocess.Popen(
            [
                os.path.join(BIN, "activation-server"), f"--address={self.address}",
                f"--http-address={self.http_address}", "--log-format=json", *self._options,
            ],
            stderr=subprocess.PIPE, text=True, preexec_fn=self._limit,
        )  # fmt: skip
        printed = []
        for line in self.process.stderr:
            printed.append(line)
            entry = json.loads(line) if line.startswith("{") else {}
            if entry.get("event") == "started":
                self.address, self.http_address = entry["address"], entry["http_address"]
                # What it logs later must not fill the pipe.
                threading.Thread(target=self.process.stderr.read, daemon=True).start()
                return
        self.process.wait()
        raise RuntimeError("the server did not start: " + "".join(printed)[-500:])

    def _limit(self):
        if self._descriptors:
            resource.setrlimit(resource.RLIMIT_NOFILE, (self._descriptors, self._descriptors))

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Drains; its exit code must be 0."""
        self.signal(signal.SIGTERM)
        if self.process.wait(timeout=PATIENCE) != 0:
            raise RuntimeError(f"the server ended with exit code {self.process.returncode}")

    def metrics(self):
        return metrics(self.http_address)

    def calls(self):
        return total(self.metrics(), "grpc_server_started_total")

    def resident_bytes(self):
        return int(self.metrics()["process_resident_memory_bytes"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.kill()


class CheckedLoad:
    """activation-checked-load while the block runs; `found` is what it says last."""

    def __init__(self, endpoint, *options):
        self.found = {"answered": 0}
        self._process = subprocess.Popen(
            [os.path.join(BIN, "activation-checked-load"), f"--endpoint={endpoint}", *options],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            self.found = json.loads(line)

    @property
    def answered(self):
        return self.found["answered"]

    def await_calls(self, more):
        """Returns once so many calls more have been answered."""
        target = self.answered + more
        eventually(
            f"{more} calls more; so far {self.found}",
            lambda: self.answered >= target or self._process.poll() is not None,
        )
        if self._process.poll() is not None:
            raise RuntimeError(f"the load ended: exit code {self._process.returncode}, {self.found}")

    def end(self):
        """What became of all calls."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=PATIENCE)
        self._reader.join()
        return self.found

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def verdict(found, name):
    """Prints what became of the calls; whether all were answered rightly."""
    good = found["answered"] > 0 and found["failed"] == 0 and found["wrong"] == 0
    text = f"{name}: {found['answered']:,} calls answered, {found['failed']} failed, {found['wrong']} wrong"
    text += f", p99 {found['p99_ms']:.1f} ms, slowest {found['max_ms']:.0f} ms"
    if found.get("first_error"):
        text += f"; {found['first_error']}"
    print(f"{'good' if good else 'BAD':4} {text}", flush=True)
    return good
