#!/usr/bin/env python3
"""Makes load_test_light.png and load_test_dark.png: the report of a load test at a constant rate on a
server that stands still for 0.6 seconds, as headless Chromium shows it.

usage: scripts/load_test_pictures.py [FOLDER]     into docs/images; after a build; needs Debian's
chromium-headless-shell. `./dev screenshots` runs it.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading

import wire_servers
from commands import BIN, ROOT

PAUSE_AFTER, PAUSE = 1.5, 0.6


def load_test(server, page):
    timers = [
        threading.Timer(PAUSE_AFTER, server.signal, [signal.SIGSTOP]),
        threading.Timer(PAUSE_AFTER + PAUSE, server.signal, [signal.SIGCONT]),
    ]
    for timer in timers:
        timer.start()
    subprocess.run(
        [
            os.path.join(BIN, "activation-client"), f"--address={server.address}", "bench", "--rate=2000",
            "--concurrency=16", "--warm-up=500ms", "--duration=3s", "--baseline", f"--output={page}",
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
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "report.html")
        with wire_servers.activation() as server:
            load_test(server, page)
        for scheme in ("light", "dark"):
            draw(page, os.path.join(pictures, f"load_test_{scheme}.png"), scheme)


if __name__ == "__main__":
    main()
