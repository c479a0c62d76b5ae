"""Draws the README's pictures, GELU by the client and the status page of a server under load: screenshots.py FOLDER."""

import contextlib
import os
import subprocess
import sys

from browser import Browser
from server import Server

WIDTH, HEIGHT, SCALE = 1280, 940, 1.5
READINGS = 22  # in the sparklines
# Every card that has a line for figures has them; they come after the curves.
FIGURES = "[...document.querySelectorAll('.card-figures')].every((line) => !['', 'no figures'].includes(line.textContent))"
# What the clients call: a function each, with elements, calls in flight and more options.
LOADS = [
    ("gelu", 4096, 2),
    ("silu", 2048, 1),
    ("softmax", 1024, 1),
    ("sigmoid", 1024, 1),
    ("tanh", 512, 4, "--stream"),
]


CLIENT = os.path.join(os.environ["ACTIVATION_BIN"], "activation-client")


def load(address, function, elements, concurrency, *options):
    command = [
        CLIENT,
        "bench",
        f"--address={address}",
        f"--function={function}",
        f"--elements={elements}",
        f"--concurrency={concurrency}",
        "--duration=300s",
        *options,
    ]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def under_load(address):
    clients = [load(address, *one) for one in LOADS]
    try:
        yield
    finally:
        for client in clients:
            client.terminate()
            client.wait()


def main():
    folder = sys.argv[1]
    with Server() as server:
        gelu = os.path.join(folder, "gelu.svg")
        subprocess.run(
            [CLIENT, f"--address={server.address}", "plot", "gelu", "--gradient", "-o", gelu],
            check=True,
        )
    with Server() as server, Browser() as browser, under_load(server.address):
        page = browser.page()
        page.look(WIDTH, HEIGHT, scale=SCALE)
        page.call("Emulation.setScrollbarsHidden", {"hidden": True})
        page.open(f"http://{server.http_address}/")
        points = f"document.querySelector('.spark polyline')?.getAttribute('points').split(' ').length >= {READINGS}"
        page.wait_for(
            f"document.querySelectorAll('.card .chart').length > 40 && {points} && {FIGURES}",
            seconds=120,
        )
        for scheme in ("light", "dark"):
            page.look(WIDTH, HEIGHT, scheme, SCALE)
            page.evaluate("location.hash = ''")
            page.wait_for("document.getElementById('function').hidden")
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(os.path.join(folder, f"page-overview-{scheme}.png"))
            page.evaluate("location.hash = '#elu'")
            page.wait_for(
                "document.querySelector('#function .chart') && document.querySelector('.figures h3')"
            )
            page.screenshot(os.path.join(folder, f"page-function-{scheme}.png"))


if __name__ == "__main__":
    main()
