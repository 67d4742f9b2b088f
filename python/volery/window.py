"""A window of its own for a batch: `volery-view` in another process, fed through a pipe.

Neither process waits for the other: moments are dropped while the window is busy, and training goes
on when the window is closed.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
import warnings

from volery import _volery
from volery.batch import Batch
from volery.programs import find_program

_PROGRAM = "volery-view"
_START_S = 0.3  # a window that cannot be opened says so within this time
_LAST_S = 1.0  # what is left in the pipe may take this long at the end


def check_display() -> None:
    """Raises RuntimeError where no window can be opened."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return
    raise RuntimeError(
        "a window needs a display, and neither DISPLAY nor WAYLAND_DISPLAY is set; "
        "render_mode='rgb_array' needs none"
    )


class Window:
    """A window that shows the worlds of a batch as they are stepped.

    Args:
        batch: What it shows.
        title: Of the window.
        worlds: How many of the batch's worlds can be looked at.
        realtime: Whether `show` waits until a step's time has passed.

    Raises:
        RuntimeError: Where there is no display or no program, or the program fails at its start.
    """

    def __init__(
        self, batch: Batch, title: str, worlds: int = 1, *, realtime: bool = False
    ) -> None:
        check_display()
        program = find_program(_PROGRAM)
        self._worlds = range(min(worlds, batch.num_worlds))
        self._pipe = _volery.MomentPipe(batch._engine, title)
        self._step_s = 1 / batch.config["agent_rate_hz"] if realtime else 0.0
        self._due = time.monotonic()
        # what it complains about, to be told when it ends
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the window
        self._process = subprocess.Popen(
            [program, "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._complaints,
        )
        assert self._process.stdin is not None
        self._file = self._process.stdin
        self._pending = memoryview(self._pipe.begin())
        self._open = True
        os.set_blocking(self._file.fileno(), False)
        self._flush()
        time.sleep(_START_S)
        if self._process.poll() is not None:
            self._open = False
            raise RuntimeError(f"{_PROGRAM}: {self._complaint()}")

    @property
    def open(self) -> bool:
        """False once the window was closed."""
        if self._open and self._process.poll() is not None:
            self._give_up()
        return self._open

    def show(self) -> None:
        """Hands the present state over, or drops it where the window has not taken the last one."""
        if self._step_s:
            self._due = max(self._due + self._step_s, time.monotonic() - self._step_s)
            time.sleep(max(0.0, self._due - time.monotonic()))
        if not self.open or not self._flush():
            return
        moments = (self._pipe.moment(world) for world in self._worlds)
        self._pending = memoryview(b"".join(moments))
        self._flush()

    def close(self) -> None:
        """Ends the stream; the window stays until somebody closes it."""
        if self.open:
            deadline = time.monotonic() + _LAST_S
            while not self._flush() and self._open and time.monotonic() < deadline:
                time.sleep(0.01)
            self._pending = memoryview(self._pipe.end())
            self._flush()
        self._open = False
        # nobody can do anything about a window that is gone
        with contextlib.suppress(OSError):
            self._file.close()
        self._complaints.close()

    def _flush(self) -> bool:
        """Writes what the pipe takes; True where nothing is left."""
        while self._open and self._pending:
            try:
                written = os.write(self._file.fileno(), self._pending)
            except BlockingIOError:
                return False
            except BrokenPipeError:
                self._give_up()
                return False
            self._pending = self._pending[written:]
        return self._open

    def _give_up(self) -> None:
        self._open = False
        code = self._process.wait()
        if code != 0:
            said = f"{_PROGRAM} ended with code {code}: {self._complaint()}"
            warnings.warn(said, RuntimeWarning, stacklevel=3)

    def _complaint(self) -> str:
        self._complaints.seek(0)
        text = self._complaints.read().decode(errors="replace").strip()
        return text.splitlines()[-1] if text else "no message"
