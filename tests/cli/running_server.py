"""A server of the test's own, on ports the system chooses."""

import atexit
import json
import os
import signal
import subprocess
import threading


class RunningServer:
    def __init__(self, *flags):
        self.process = subprocess.Popen(
            [os.environ["ACTIVATION_SERVER"], "--address=127.0.0.1:0", "--http-address=off",
             "--log-format=json", *flags],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        # A test that fails must not leave it behind, nor wait for it.
        atexit.register(self.process.kill)
        self.address = self._wait_for_start()
        # Nothing more is read from it, but a full pipe would stop it.
        self.reader = threading.Thread(target=self.process.stdout.read, daemon=True)
        self.reader.start()

    def _wait_for_start(self):
        for line in self.process.stdout:
            event = json.loads(line)
            if event["event"] == "started":
                self.http_address = event["http_address"]
                return event["address"]
        raise RuntimeError("the server ended before it started")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=60)
        self.reader.join()
        self.process.stdout.close()
        return code
