"""A real activation-server on free loopback ports, for tests in Python.

    with Server() as server:
        server.address, server.http_address

Options are those of the program, other addresses among them; `environment` is added to this process's own.
The binary is named by the environment variable ACTIVATION_SERVER, unless `program` is another.
Leaving the block sends SIGTERM and checks that the server ended with exit code 0.
"""

import json
import os
import signal
import subprocess
import threading


class Server:
    def __init__(self, *options, environment=None, program=None, cwd=None):
        addresses = [
            f"{flag}=127.0.0.1:0"
            for flag in ("--address", "--http-address")
            if not any(option.startswith(f"{flag}=") for option in options)
        ]
        command = [
            program or os.environ["ACTIVATION_SERVER"],
            *addresses,
            "--log-format=json",
            *options,
        ]
        environment = {**os.environ, **(environment or {})}
        self._process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env=environment, cwd=cwd
        )
        self.address = self.http_address = None
        lines = []
        for line in self._process.stderr:
            lines.append(line)
            entry = json.loads(line) if line.startswith("{") else {}
            if entry.get("event") == "started":
                self.address = entry["address"]
                self.http_address = entry["http_address"]
                break
        if self.address is None:
            self._process.wait()
            raise RuntimeError("the server did not start:\n" + "".join(lines))
        # What it logs later must not fill the pipe.
        self._reader = threading.Thread(target=self._process.stderr.read, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._process.send_signal(signal.SIGTERM)
        exit_code = self._process.wait(timeout=60)
        self._reader.join()
        self._process.stderr.close()
        if exit_code != 0 and error == (None, None, None):
            raise RuntimeError(f"the server ended with exit code {exit_code}")
