"""The flight of the demo to look at: a recording, a video, and a page that plays it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np

from volery.batch import Batch
from volery.demo import Bar, Flight
from volery.page import write_page
from volery.rendering import Painter
from volery.video import VideoWriter

_WIDTH, _HEIGHT = 960, 540
_SPEED = 4  # times real time
_FPS = 30


@dataclasses.dataclass(frozen=True)
class Shown:
    """What was written."""

    recording: Path
    video: Path
    page: Path


def show(flight: Flight, world: int, out: Path, progress: Callable[[str, int], Bar]) -> Shown:
    """Flies one world of the demo again and writes `out` with the suffixes .vrec, .mp4 and .html.

    Args:
        flight: What `volery.demo.fly` returned.
        world: One of those whose actions it kept.
        out: Any path; its suffix is replaced.
        progress: Makes a progress bar from a label and a total.
    """
    config = {**flight.config, "num_worlds": 1, "num_threads": 1, "autoreset": "disabled"}
    if flight.radio:
        config["radio"] = {**flight.config["radio"], "trace": True}
    out.parent.mkdir(parents=True, exist_ok=True)
    recording = out.with_suffix(".vrec")
    steps = int(flight.length[world])
    stride = max(1, round(_SPEED * config["agent_rate_hz"] / _FPS))
    bar = progress("filming", steps)
    with Batch(**config) as batch, batch.record(recording):
        batch.reset(seed=flight.seed + world)
        look = {"width": _WIDTH, "height": _HEIGHT, "layers": _LAYERS}
        painter = Painter(batch, look)
        with VideoWriter(out.with_suffix(".mp4"), _FPS) as video:
            for step in range(steps):
                if step % stride == 0:
                    video.add(painter.rgb())
                actions = flight.actions[step, world : world + 1]
                batch.step(np.ascontiguousarray(actions))
                bar.update(step + 1)
            video.add(painter.rgb())
    bar.close()
    page = out.with_suffix(".html")
    write_page(recording, page)
    return Shown(recording, video.path, page)


_LAYERS = ("trails", "links", "goals", "contacts", "grid")
