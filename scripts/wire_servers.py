"""The servers that ./dev wire measures, each a process of its own on a free loopback port."""

import json
import os
import signal
import socket
import subprocess
import tempfile

from commands import BIN, ROOT

TRITON = os.path.join(ROOT, "build/triton")


class Process:
    """A server that runs until the block is left: .address and .pid."""

    def __init__(self, command, environment=None):
        self._process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.pid = self._process.pid
        try:
            self.address = self._started(command[0])
        except BaseException:
            self._process.kill()
            self._process.communicate()
            raise

    def _started(self, program):
        """The address, once it serves."""
        printed = []
        for line in self._process.stdout:
            printed.append(line)
            if address := self._address(line):
                return address
        raise RuntimeError(f"{program} did not start: {''.join(printed)[-500:]}")

    def _address(self, line):
        """Both our server and the echoes say it as JSON when they are ready."""
        entry = json.loads(line) if line.startswith("{") else {}
        return entry.get("address")

    def signal(self, number):
        self._process.send_signal(number)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.signal(signal.SIGTERM)
        try:
            self._process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()


def activation(*options, environment=None, program="activation-server"):
    binary = os.path.join(BIN, program)
    return Process(
        [binary, "--address=127.0.0.1:0", "--http-address=off", "--log-format=json", *options], environment
    )


def leaking(leak):
    """Our server, but that it loses so many bytes of every call."""
    return activation(environment={"ACTIVATION_LEAK_BYTES": str(leak)}, program="activation-server-leaking")


def echo(kind, *options, environment=None):
    """An echo; `kind` as activation-wire-echo takes it."""
    return Process([os.path.join(BIN, "activation-wire-echo"), f"--kind={kind}", *options], environment)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def triton_binary():
    """Where ./dev wire has put it, or None."""
    library = os.path.join(TRITON, "venv/lib")
    for python in sorted(os.listdir(library)) if os.path.isdir(library) else []:
        binary = os.path.join(library, python, "site-packages/pytriton/tritonserver/bin/tritonserver")
        if os.path.exists(binary):
            return binary
    return None


class Triton(Process):
    """NVIDIA's server with the backend that only copies."""

    def __init__(self):
        self._models = tempfile.TemporaryDirectory()
        version = os.path.join(self._models.name, "gelu/1")
        os.makedirs(version)
        with open(os.path.join(ROOT, "tests/benchmarks/wire/triton/config.pbtxt"), encoding="utf-8") as config:
            with open(os.path.join(self._models.name, "gelu/config.pbtxt"), "w", encoding="utf-8") as copy:
                copy.write(config.read())
        self._port = free_port()
        super().__init__(
            [
                triton_binary(),
                f"--model-repository={self._models.name}",
                f"--backend-directory={os.path.join(ROOT, 'build/release/triton/backends')}",
                "--allow-http=false",
                "--allow-metrics=false",
                "--grpc-address=127.0.0.1",
                f"--grpc-port={self._port}",
            ]
        )

    def _address(self, line):
        return f"127.0.0.1:{self._port}" if "Started GRPCInferenceService" in line else None

    def __exit__(self, *error):
        super().__exit__(*error)
        self._models.cleanup()


# By the names that tables use. What they need is there when they are called.
SERVERS = {
    "activation": activation,
    "echo": lambda: echo("callback"),
    "protobuf": lambda: echo("protobuf"),
    "tcp": lambda: echo("tcp", "--queues=2"),
    "stream": activation,  # called otherwise
    "unary": activation,  # likewise
    "triton": Triton,
}


def load(server, *options, patience=60):
    """One run of the load: what it found. TimeoutExpired where that takes more seconds than `patience`."""
    result = subprocess.run(
        [os.path.join(BIN, "activation-wire-load"), f"--address={server.address}", f"--server-pid={server.pid}", *options],
        capture_output=True, text=True, check=False, timeout=patience,
    )  # fmt: skip
    if result.returncode != 0:
        raise RuntimeError(result.stderr.strip() or f"exit code {result.returncode}")
    return [json.loads(line) for line in result.stdout.splitlines()]
