"""The flight of the demo to look at: a recording, a video, and a page that plays it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np

from volery.batch import Batch
from volery.demo import Bar, Flight
from volery.page import write_page
from volery.video import write_video

_LOOK = {"width": 960, "height": 540}
SPEED = 4  # times real time


@dataclasses.dataclass(frozen=True)
class Shown:
    """What was written."""

    recording: Path
    page: Path
    video: Path | None
    why_no_video: str = ""  # where there is none


def show(flight: Flight, world: int, out: Path, progress: Callable[[str, int], Bar]) -> Shown:
    """Flies one world of the demo again and writes `out` with the suffixes .vrec, .mp4 and .html.

    Args:
        flight: What `volery.demo.fly` returned.
        world: One of those whose actions it kept.
        out: Any path; its suffix is replaced.
        progress: Makes a progress bar from a label and a total.
    """
    config = {**flight.config, "num_worlds": 1, "num_threads": 1, "autoreset": "disabled"}
    steps = int(flight.length[world])
    out.parent.mkdir(parents=True, exist_ok=True)
    recording = out.with_suffix(".vrec")
    with Batch(**config) as batch, batch.record(recording):
        batch.reset(seed=flight.seed + world)
        for step in range(steps):
            batch.step(np.ascontiguousarray(flight.actions[step, world : world + 1]))
    bar = progress("filming", steps)
    page = write_page(recording, out.with_suffix(".html"))
    film = out.with_suffix(".mp4")
    try:
        video = write_video(recording, film, speed=SPEED, config=_LOOK, progress=bar.update)
    except RuntimeError as error:  # no OpenGL: all else is there
        return Shown(recording, page, None, str(error))
    finally:
        bar.close()
    return Shown(recording, page, video)
