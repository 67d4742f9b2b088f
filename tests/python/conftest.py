"""A headless Chromium for tests of pages, driven by its debugging pipe, with real keys and mouse.

It draws in software and reaches no network, so it runs on any machine; where Chromium is missing
the tests that ask for it are skipped, but not in CI.
"""

from __future__ import annotations

import base64
import io
import itertools
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SIZE = (1280, 720)
FLAGS = [
    *("--headless", "--disable-dev-shm-usage", "--force-device-scale-factor=1"),
    *("--no-first-run", "--disable-background-networking", "--hide-scrollbars"),
]
SOFTWARE = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
PATIENCE_S = 60
VIRTUAL_KEYS = {"Enter": 13, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40}


@pytest.fixture(scope="session")
def chromium() -> list[str]:
    """The command that starts it, without what it draws by."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None and os.environ.get("CI") != "true":
        pytest.skip("needs chromium: apt-get install chromium")
    assert path is not None, "chromium is missing: apt-get install chromium"
    return [path, *FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


@pytest.fixture
def new_browser(chromium: list[str], tmp_path: Path) -> Iterator[Callable[..., Browser]]:
    """Starts another browser, with flags."""
    opened: list[Browser] = []

    def start(*flags: str) -> Browser:
        opened.append(Browser(chromium, tmp_path / f"profile{len(opened)}", *flags))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


@pytest.fixture(scope="module")
def browser(chromium: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One for all tests of a module."""
    opened = Browser(chromium, tmp_path_factory.mktemp("profile"), *SOFTWARE)
    yield opened
    opened.close()


class Browser:
    """A tab of a headless Chromium, driven through file descriptors 3 and 4."""

    def __init__(self, chromium: list[str], folder: Path, *flags: str) -> None:
        down, self._write = os.pipe()
        self._read, up = os.pipe()
        command = [*chromium, *flags, "--remote-debugging-pipe"]
        command += [f"--user-data-dir={folder}", "about:blank"]
        shell = ["/bin/sh", "-c", 'exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null']
        self._process = subprocess.Popen(
            [*shell, *command], stdin=down, stdout=up, stderr=subprocess.DEVNULL
        )
        os.close(down)
        os.close(up)
        self._buffer = b""
        self._numbers = itertools.count(1)
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.resize(*SIZE)
        self.prefer(scheme="dark")

    def resize(self, width: int, height: int, scale: float = 1) -> None:
        """Makes the screen so large, in CSS pixels; `scale`: physical ones for each."""
        metrics = {"deviceScaleFactor": scale, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, **metrics)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return dict(answer["result"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], PATIENCE_S)
            assert ready, "chromium does not answer"
            data = os.read(self._read, 1 << 20)
            assert data, "chromium has ended"
            self._buffer += data
        text, self._buffer = self._buffer.split(b"\0", 1)
        message: dict[str, Any] = json.loads(text)
        if "method" in message:
            self.events.append(message)
        return message

    def prefer(self, scheme: str, motion: str = "no-preference") -> None:
        features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": motion}
        listed = [{"name": name, "value": value} for name, value in features.items()]
        self.call("Emulation.setEmulatedMedia", features=listed)

    def run(self, code: str) -> Any:
        options = {"returnByValue": True, "awaitPromise": True}
        answer = self.call("Runtime.evaluate", expression=code, **options)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def open(self, path: Path, link: str = "") -> str:
        """Opens a page and returns "ready" or "failed"."""
        self.call("Page.navigate", url="about:blank")
        self.events.clear()
        self.call("Page.navigate", url=path.as_uri() + ("#" + link if link else ""))
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            state = self.run("document.documentElement?.dataset.volery || ''")
            if state:
                return str(state)
            time.sleep(0.02)
        raise AssertionError(f"{path} never became ready: {self.complaints()}")

    def complaints(self) -> list[str]:
        """What went to the console, and requests that left the page."""
        found = []
        for event in self.events:
            method, params = event["method"], event["params"]
            if method == "Runtime.exceptionThrown":
                found.append(str(params["exceptionDetails"]))
            elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append(params["entry"]["text"])
            elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning"):
                found.append(str(params["args"]))
            elif method == "Network.requestWillBeSent":
                url = params["request"]["url"]
                if not url.startswith(("file://", "data:", "about:")):
                    found.append(f"asked for {url}")
        return found

    def report(self, pixels: bool = False) -> dict[str, Any]:
        return dict(self.run(f"volery.report({str(pixels).lower()})"))

    def until(self, condition: str) -> None:
        """Waits; a machine may be busy."""
        end = time.monotonic() + PATIENCE_S
        while not self.run(condition):
            assert time.monotonic() < end, f"never came: {condition}"
            time.sleep(0.02)

    def key(self, key: str, code: str = "", modifiers: int = 0) -> None:
        for kind in ("keyDown", "keyUp"):
            event = {"type": kind, "key": key, "code": code or key, "modifiers": modifiers}
            # what the browser itself answers to, it knows by number
            event["windowsVirtualKeyCode"] = VIRTUAL_KEYS.get(key, 0)
            self.call("Input.dispatchKeyEvent", **event)

    def hold(self, code: str, down: bool, modifiers: int = 0) -> None:
        """Presses a letter, or lets it go."""
        kind = "keyDown" if down else "keyUp"
        event = {"type": kind, "key": code[-1].lower(), "code": code, "modifiers": modifiers}
        self.call("Input.dispatchKeyEvent", **event)

    def middle_of(self, selector: str) -> tuple[float, float]:
        """Where an element is on the screen."""
        box = f"document.querySelector({selector!r}).getBoundingClientRect()"
        x, y = self.run(f"(b => [b.x + b.width / 2, b.y + b.height / 2])({box})")
        return x, y

    def text(self, selector: str) -> str:
        """What an element says of the present moment."""
        return str(self.run(f"volery.draw(), document.querySelector({selector!r}).textContent"))

    def mouse(self, kind: str, x: float, y: float, buttons: int = 0, **more: Any) -> None:
        button = {0: "none", 1: "left", 2: "right"}[buttons]
        event = {"type": kind, "x": x, "y": y, "button": button, "buttons": buttons, **more}
        self.call("Input.dispatchMouseEvent", **event)

    def click(
        self, x: float, y: float, modifiers: int = 0, count: int = 1, button: str = "left"
    ) -> None:
        more = {"x": x, "y": y, "button": button, "clickCount": count, "modifiers": modifiers}
        held = {"left": 1, "right": 2}[button]
        self.mouse("mouseMoved", x, y)
        self.call("Input.dispatchMouseEvent", type="mousePressed", buttons=held, **more)
        self.call("Input.dispatchMouseEvent", type="mouseReleased", **more)

    def drag(self, start: tuple[float, float], end: tuple[float, float], buttons: int = 1) -> None:
        self.mouse("mousePressed", *start, buttons, clickCount=1)
        for k in (0.25, 0.5, 0.75, 1):
            at = [a + k * (b - a) for a, b in zip(start, end, strict=True)]
            self.mouse("mouseMoved", at[0], at[1], buttons)
        self.mouse("mouseReleased", *end, buttons, clickCount=1)

    def picture(self) -> np.ndarray[Any, Any]:
        """The screen as (height, width, 3) of bytes."""
        image = pytest.importorskip("matplotlib.image")
        data = base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])
        return np.rint(255 * image.imread(io.BytesIO(data), format="png")[..., :3])

    def close(self) -> None:
        # the answer to Browser.close may come or not
        message = {"id": next(self._numbers), "method": "Browser.close"}
        os.write(self._write, json.dumps(message).encode() + b"\0")
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._read)
        os.close(self._write)
