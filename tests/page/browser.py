"""A headless Chromium, driven through its DevTools pipe: no port, no other package.

    with Browser() as browser:
        page = browser.page()
        page.open(url)
        page.evaluate("document.title")

Everything the page logs, throws or requests is kept in page.problems and page.requests.
"""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import tempfile

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def find():
    """The browser's path, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class BrowserEnded(RuntimeError):
    pass


class Browser:
    def __init__(self):
        self._profile = tempfile.TemporaryDirectory()
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()
        command = [
            find(),
            "--headless",
            "--remote-debugging-pipe",
            "--no-first-run",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--force-color-profile=srgb",
            "--font-render-hinting=none",
            f"--user-data-dir={self._profile.name}",
            # The sandbox does not run for root, and containers have no room for /dev/shm.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "about:blank",
        ]

        # The browser reads descriptor 3 and writes 4, whatever ours are called.
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{to_read} 4>&{to_write}', "browser", *command],
            pass_fds=(to_read, to_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._buffer = b""
        self._number = 0
        self._pages = {}

    def __enter__(self):
        return self

    def __exit__(self, *error):
        # A killed browser's children would go on writing to the profile for a while.
        # It may be gone before it has answered.
        with contextlib.suppress(BrowserEnded):
            self.call("Browser.close")
        self._process.wait(timeout=60)
        os.close(self._write)
        os.close(self._read)
        self._profile.cleanup()

    def page(self):
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})[
            "sessionId"
        ]
        self._pages[session] = Page(self, session)
        return self._pages[session]

    def call(self, method, params=None, session=None):
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            reply = self.receive()
            if reply.get("id") == number:
                if "error" in reply:
                    raise RuntimeError(f"{method}: {reply['error']}")
                return reply["result"]

    def receive(self):
        """The next message; events go to their page first."""
        while b"\0" not in self._buffer:
            chunk = os.read(self._read, 1 << 16)
            if not chunk:
                raise BrowserEnded("the browser has ended")
            self._buffer += chunk
        text, self._buffer = self._buffer.split(b"\0", 1)
        message = json.loads(text)
        page = self._pages.get(message.get("sessionId"))
        if page and "method" in message:
            page.handle(message["method"], message["params"])
        return message


class Page:
    def __init__(self, browser, session):
        self._browser, self._session = browser, session
        self.problems, self.requests = [], []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method, params=None):
        return self._browser.call(method, params, self._session)

    def handle(self, method, params):
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.problems.append(
                params["exceptionDetails"].get("exception", params["exceptionDetails"])
            )
        elif method == "Runtime.consoleAPICalled" and params["type"] in (
            "error",
            "warning",
            "assert",
        ):
            self.problems.append(params["args"])
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.problems.append(params["entry"])

    def look(self, width=1280, height=900, scheme="light", scale=1):
        """The size of the window and the colour scheme that a person prefers."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False},
        )
        self.call(
            "Emulation.setEmulatedMedia",
            {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
        )

    def open(self, url):
        self.call("Page.navigate", {"url": url})

    def evaluate(self, expression):
        """Its value; a promise is awaited."""
        reply = self.call(
            "Runtime.evaluate",
            {"expression": expression, "awaitPromise": True, "returnByValue": True},
        )
        if "exceptionDetails" in reply:
            raise RuntimeError(
                reply["exceptionDetails"].get("exception", {}).get("description", reply)
            )
        return reply["result"].get("value")

    def wait_for(self, condition, seconds=30):
        """Until the expression is true, asked for at every frame that the page draws."""
        return self.evaluate(f"""new Promise((resolve, reject) => {{
            const end = performance.now() + {seconds * 1000};
            const look = () => {{
                const value = {condition};
                if (value) resolve(value);
                else if (performance.now() > end) reject(new Error({json.dumps(condition)}));
                else requestAnimationFrame(look);
            }};
            look();
        }})""")

    def press(self, key, code=None, text=None):
        event = {"key": key, "code": code or key, "windowsVirtualKeyCode": KEYS.get(key, 0)}
        if text:
            event["text"] = text
        self.call("Input.dispatchKeyEvent", {"type": "keyDown" if text else "rawKeyDown", **event})
        self.call("Input.dispatchKeyEvent", {"type": "keyUp", **event})

    def screenshot(self, path, clip=None):
        params = {"format": "png", "captureBeyondViewport": clip is not None}
        if clip:
            params["clip"] = {**clip, "scale": 1}
        data = self.call("Page.captureScreenshot", params)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))


# Windows' numbers of keys, which the protocol wants.
KEYS = {"Tab": 9, "Enter": 13, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowRight": 39}
