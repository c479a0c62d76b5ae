#!/usr/bin/env python3
"""Makes load_test_light.png and load_test_dark.png: the report of a load test at a constant rate on a
server that stands still for 0.6 seconds, as headless Chromium shows it.

usage: scripts/load_test_pictures.py [FOLDER]     into docs/images; after a build; needs Debian's
chromium-headless-shell. `./dev screenshots` runs it.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading

from commands import BIN, ROOT

PAUSE_AFTER, PAUSE = 1.5, 0.6


def start_server():
    process = subprocess.Popen(
        [os.path.join(BIN, "activation-server"), "--address=127.0.0.1:0", "--http-address=off", "--log-format=json"],
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stderr:
        entry = json.loads(line)
        if entry.get("event") == "started":
            return process, entry["address"]
    raise RuntimeError("the server did not start")


def load_test(server, address, page):
    timers = [
        threading.Timer(PAUSE_AFTER, server.send_signal, [signal.SIGSTOP]),
        threading.Timer(PAUSE_AFTER + PAUSE, server.send_signal, [signal.SIGCONT]),
    ]
    for timer in timers:
        timer.start()
    subprocess.run(
        [
            os.path.join(BIN, "activation-client"), f"--address={address}", "bench", "--rate=2000", "--concurrency=16",
            "--warm-up=500ms", "--duration=3s", "--baseline", f"--output={page}",
        ],
        check=True,
    )  # fmt: skip
    for timer in timers:
        timer.join()


def draw(page, picture, scheme):
    subprocess.run(
        [
            "chromium-headless-shell", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1400,1480",
            f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}", f"--screenshot={picture}",
            f"file://{page}",
        ],
        check=True,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip


def main():
    pictures = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else os.path.join(ROOT, "docs/images")
    server, address = start_server()
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "report.html")
        load_test(server, address, page)
        server.terminate()
        server.stderr.read()
        server.wait()
        for scheme in ("light", "dark"):
            draw(page, os.path.join(pictures, f"load_test_{scheme}.png"), scheme)


if __name__ == "__main__":
    main()
