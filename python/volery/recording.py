"""Recordings: runs that can be played again to the bit.

>>> with batch.record("run.vrec"):
...     for _ in range(300):
...         batch.step(actions)
>>> recording = volery.Recording("run.vrec")
>>> recording.verify() is None
True
>>> recording.seek(120)
>>> recording.state("position_w_m")
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from volery import _volery
from volery._volery import Difference, Layout, StateField
from volery.arguments import checked_choice, checked_count
from volery.buffers import Floats

Bools = NDArray[np.bool_]

_KEYFRAME_STEPS = 300  # between snapshots at least, as in C++


class Recorder:
    """Writes everything that comes into a batch to a file. Made by `Batch.record`.

    Recording ends with `stop`, at the end of a `with` block, and when the batch is closed. A run
    that is killed leaves a file that is readable up to its last chunk, about a second before.

    Args:
        engine: Of the batch.
        path: Of the file; one that is there is replaced.
        poses_hz: Sampled poses per second for players that do not simulate; 0 for none.
        chunk_s: Time after which a chunk is written at the latest, s.
        keyframe_steps: A snapshot for fast seeking at most that often; 0 for none but the first.
        on_error: What happens when the file cannot be written on: "raise" raises OSError from the
            call that finds it, once, "warn" gives a RuntimeWarning. The batch goes on either way.

    Raises:
        OSError: Where the file cannot be written.
        ValueError: For a number out of range or an unknown `on_error`.
    """

    def __init__(
        self,
        engine: _volery.Batch,
        path: str | os.PathLike[str],
        *,
        poses_hz: float = 0,
        chunk_s: float = 1,
        keyframe_steps: int = _KEYFRAME_STEPS,
        on_error: str = "raise",
    ) -> None:
        for name, value in (("poses_hz", poses_hz), ("chunk_s", chunk_s)):
            if not 0 <= value < 1e6:
                raise ValueError(f"{name} = {value}: must be in [0, 1e6]")
        checked_count("keyframe_steps", keyframe_steps, low=0)
        checked_choice("on_error", on_error, ("raise", "warn"))
        self.path = os.fspath(path)
        self._recorder = _volery.Recorder(
            self.path, poses_hz, chunk_s, keyframe_steps, _warn if on_error == "warn" else None
        )
        self._engine = engine
        _volery.attach_recorder(engine, self._recorder)

    @property
    def num_steps(self) -> int:
        """Steps recorded so far."""
        return self._recorder.num_steps

    @property
    def failure(self) -> str:
        """Why recording stopped early; empty where it did not."""
        return self._recorder.failure

    @property
    def closed(self) -> bool:
        """True once the recording has ended."""
        return self._recorder.closed

    def stop(self) -> None:
        """Ends the recording; a second call does nothing.

        Raises:
            OSError: Where the rest of the file could not be written.
        """
        if self._recorder.closed:
            return
        if self._engine.closed:
            self._recorder.close()
        else:
            _volery.detach_recorder(self._engine)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _warn(why: str) -> None:
    warnings.warn(why, RuntimeWarning, stacklevel=2)


class Recording:
    """A recording that runs again: a batch that can be taken to any step of what was recorded.

    Position n is the state right after step n; position 0 is what the first step starts from.

    Args:
        path: Of the file.
        num_threads: Workers; 0 is one per core. Changes no result.
        trace: Keep the packets of each step for `packets`, where there is a radio.
        ring_mb: Memory for snapshots that make seeking fast, MB.

    Raises:
        OSError: Where the file cannot be read, is no recording or of another version.
        ValueError: Where its config builds other worlds than were recorded; for a number out of
            range.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        num_threads: int = 1,
        trace: bool = False,
        ring_mb: float = 256,
    ) -> None:
        self.path = os.fspath(path)
        threads = checked_count("num_threads", num_threads, low=0)
        if not 0 <= ring_mb < 1e6:
            raise ValueError(f"ring_mb = {ring_mb}: must be in [0, 1e6]")
        self._player = _volery.Player(self.path, threads, bool(trace), float(ring_mb))
        self._engine = self._player.batch
        self._header = self._player.header

    # --- what it is of ------------------------------------------------------------------------

    @property
    def header(self) -> dict[str, Any]:
        """What the file says of itself: `version`, `config`, sizes, `step_s`, `poses_hz`."""
        return dict(self._header)

    @property
    def config(self) -> dict[str, Any]:
        """The resolved config that the batch was built from."""
        config: dict[str, Any] = self._header["config"]
        return config

    @property
    def layout(self) -> Layout:
        """Names, shapes and offsets of every buffer."""
        return self._engine.layout

    @property
    def state_fields(self) -> list[StateField]:
        """What `state` can read."""
        return list(self._engine.state_fields())

    @property
    def num_worlds(self) -> int:
        """W."""
        return int(self._header["num_worlds"])

    @property
    def num_agents(self) -> int:
        """A, per world."""
        return int(self._header["num_agents"])

    @property
    def step_s(self) -> float:
        """Agent step, s."""
        return float(self._header["step_s"])

    @property
    def num_steps(self) -> int:
        """Steps that can be played."""
        return self._player.num_steps

    @property
    def duration_s(self) -> float:
        """Of all of them, s."""
        return self.num_steps * self.step_s

    @property
    def complete(self) -> bool:
        """False where the run that wrote it was killed, or the file is damaged further on."""
        return self._player.complete

    @property
    def notice(self) -> str:
        """Why it ends where it ends; empty where it is complete."""
        return self._player.notice

    def marks(self) -> list[tuple[int, int, int, str]]:
        """Returns what happened when: (position, world, agent, kind), in order.

        Kinds are "terminated", "truncated" (of an agent), "world_ended", "world_reset",
        "world_failed" (`agent` holds its `volery.Status` bits) and "written" from outside.
        """
        names = _volery.mark_names()
        return [
            (int(m["step"]), int(m["world"]), int(m["agent"]), names[int(m["kind"])])
            for m in self._player.marks()
            if int(m["kind"]) < len(names)
        ]

    # --- going through it ---------------------------------------------------------------------

    @property
    def position(self) -> int:
        """Where it is, in [0, `num_steps`]."""
        return self._player.position

    @property
    def time_s(self) -> float:
        """The same in seconds since the recording began."""
        return self.position * self.step_s

    def step(self) -> bool:
        """Goes one step forward; False at the end."""
        return self._player.step()

    def seek(self, position: int) -> None:
        """Goes to a position; beyond the end, to the end."""
        self._player.seek(min(checked_count("position", position, low=0), self.num_steps))

    @property
    def seeds(self) -> list[int]:
        """(W,) what each world draws from in the present episode."""
        return list(self._player.seeds)

    def __iter__(self) -> Iterator[int]:
        """Plays it from the start, one position after the other."""
        self.seek(0)
        yield 0
        while self.step():
            yield self.position

    def verify(self, progress: Callable[[int], object] | None = None) -> Difference | None:
        """Plays all of it and compares each step with the hashes that were recorded.

        Args:
            progress: Called with the position now and then; where it returns False, it ends.

        Returns:
            None where all agree, else the first difference: `step`, `worlds`, `fields`.
        """
        return self._player.verify(progress)

    # --- what is there ------------------------------------------------------------------------

    def state(self, name: str) -> Floats:
        """Returns a copy of a field of the state, as `Batch.state`."""
        return self._engine.state(name)

    def state_hash(self, world: int | None = None) -> int:
        """Returns the hash of the state, as `Batch.state_hash`."""
        return self._engine.state_hash(world)

    def packets(self) -> NDArray[Any]:
        """Returns what became of the packets of the last step; needs `trace=True`."""
        return self._engine.packets()

    def landmarks(self, world: int = 0) -> list[dict[str, Any]]:
        """Returns what a picture shows beside bodies and goals, as `Batch.landmarks`."""
        return list(self._engine.landmarks(checked_count("world", world, low=0)))

    def outputs(self) -> dict[str, NDArray[Any]]:
        """Returns what the step that led here returned, by name.

        `observation` (W, A, O), `reward`, `terminated`, `truncated`, `alive` (W, A),
        `reward_terms` (W, A, T), and from position 1 on the `actions` (W, A, U).
        """
        return self._player.outputs()

    def poses(
        self, rate_hz: float = 20, progress: Callable[[int], object] | None = None
    ) -> dict[str, NDArray[Any]]:
        """Returns where everything was, sampled while it is played from the start.

        Args:
            rate_hz: Samples per second, at most those of the agent steps.
            progress: Called with the position at each sample.

        Returns:
            `step` (n,), `time_s` (n,), `position_w_m` (n, W, A, 3), `quat_wb_xyzw` (n, W, A, 4),
            `alive` (n, W, A) bool; with props `prop_position_w_m` and `prop_quat_wb_xyzw`; with
            goals `goal_w_m` (n, W, A, 3).

        Raises:
            ValueError: For a rate that is not positive.
        """
        if not rate_hz > 0:
            raise ValueError(f"rate_hz = {rate_hz}: must be above 0")
        every = max(1, round(1 / (rate_hz * self.step_s)))
        names = {f.name for f in self.state_fields}
        wanted = ["position_w_m", "quat_wb_xyzw", "alive", "goal_w_m"]
        wanted += ["prop_position_w_m", "prop_quat_wb_xyzw"]
        samples: dict[str, list[Floats]] = {name: [] for name in wanted if name in names}
        steps = []
        for position in self:
            if position % every:
                continue
            steps.append(position)
            for name, rows in samples.items():
                rows.append(self.state(name))
            if progress is not None:
                progress(position)
        poses: dict[str, NDArray[Any]] = {k: np.stack(rows) for k, rows in samples.items()}
        poses["alive"] = poses["alive"][..., 0] != 0
        poses["step"] = np.asarray(steps, np.uint64)
        poses["time_s"] = poses["step"] * self.step_s
        return poses


def stored_poses(path: str | os.PathLike[str]) -> dict[str, NDArray[Any]]:
    """Returns the poses that `poses_hz` left in a recording, without simulating.

    Works for recordings of any version of volery with the same file format.

    Returns:
        As `Recording.poses`, without `time_s`; empty where it was recorded without. `packets` and
        `num_packets` (n,) where the radio was traced.

    Raises:
        OSError: Where the file cannot be read or is no recording.
    """
    return _volery.stored_poses(os.fspath(path))
