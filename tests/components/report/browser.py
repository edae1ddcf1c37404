"""A real browser without a screen, driven over its DevTools protocol; it reports all that a page does."""

import base64
import contextlib
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import websocket

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 60  # seconds
PHONE = 500  # pixels: screens that are less wide are of telephones
BAD = {"error", "warning", "assert"}


def installed() -> str | None:
    """Returns the path of a browser, or None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Page:
    """One open page, and what it said and asked for since."""

    def __init__(self, address: str):
        self._socket = websocket.create_connection(address, timeout=PATIENCE)
        self._number = 0
        self.complaints: list[str] = []
        self.requests: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == self._number:
                assert "error" not in message, message
                return message["result"]
            self._note(message)

    def ask(self, expression: str) -> Any:
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def open(self, file: Path, width: int = 1280, scheme: str = "light") -> None:
        """Opens a page as a screen of some width shows it, and waits until its plots are drawn."""
        screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < PHONE}
        self.call("Emulation.setDeviceMetricsOverride", **screen)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Page.navigate", url=file.as_uri())
        deadline = time.monotonic() + PATIENCE
        while not self.ask("document.documentElement?.dataset.drawn > 0"):
            assert time.monotonic() < deadline, f"plots were not drawn: {self.complaints}"
            time.sleep(0.1)

    def screenshot(self) -> bytes:
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def _note(self, message: dict[str, Any]) -> None:
        told = message.get("params", {})
        if message["method"] == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif message["method"] == "Runtime.exceptionThrown":
            self.complaints.append(str(told["exceptionDetails"]))
        elif message["method"] == "Log.entryAdded" and told["entry"]["level"] in BAD:
            self.complaints.append(told["entry"]["text"])
        elif message["method"] == "Runtime.consoleAPICalled" and told["type"] in {
            "error",
            "warning",
            "assert",
        }:
            self.complaints.append(str(told["args"]))
        elif message["method"] == "Page.javascriptDialogOpening":
            self.complaints.append(f"dialog: {told['message']}")


@contextlib.contextmanager
def browsing(browser: str) -> Iterator[Page]:
    """Starts a browser with a profile of its own and ends it afterwards."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--disable-background-networking", "--no-first-run", "--remote-debugging-port=0",
             "--remote-allow-origins=*", f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield Page(_address(Path(profile, "DevToolsActivePort")))
        finally:
            process.kill()
            process.wait()


def _address(file: Path) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if file.is_file() and (lines := file.read_text().splitlines()):
            with urllib.request.urlopen(f"http://127.0.0.1:{lines[0]}/json") as answer:
                pages = [one for one in json.load(answer) if one["type"] == "page"]
            if pages:
                return str(pages[0]["webSocketDebuggerUrl"])
        time.sleep(0.1)
    raise TimeoutError("the browser did not start")
