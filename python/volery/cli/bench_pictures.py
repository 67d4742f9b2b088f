"""The case of `volery bench` that draws: what `render_mode="rgb_array"` costs."""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

import numpy as np

from volery import _volery
from volery.batch import Batch
from volery.rendering import Painter

_REPEATS = 15
_WIDTH, _HEIGHT = 640, 480


def pictures(arguments: argparse.Namespace) -> Any:
    """A step and a picture by turns; agent steps are those of both, pictures are timed alone."""
    if arguments.worlds > 1:
        raise ValueError(f"worlds = {arguments.worlds}: leave it out, it is one world")
    agents = arguments.agents or 64
    with Batch("formation", 1, agents, num_threads=arguments.threads, episode_s=1000) as batch:
        painter = Painter(batch, {"width": _WIDTH, "height": _HEIGHT})
        policy = batch.baseline(seed=0)
        observation = batch.reset(seed=0)
        painter.rgb()
        frames = 5 if arguments.quick else 40
        drawn_s: list[float] = []
        stepped_s: list[float] = []
        for _ in range(arguments.repeats or (5 if arguments.quick else _REPEATS)):
            spent = np.zeros(2)
            for _ in range(frames):
                start = time.perf_counter()
                observation, *_ = batch.step(policy.act(observation))
                stepped = time.perf_counter()
                painter.rgb()
                spent += (stepped - start, time.perf_counter() - stepped)
            stepped_s.append(spent[0] / frames)
            drawn_s.append(spent[1] / frames)
        config = batch.config
        figures = [
            ("pictures_per_s", 1 / statistics.median(drawn_s)),
            ("pixels", float(_WIDTH * _HEIGHT)),
            ("software", float("llvmpipe" in painter.device or "softpipe" in painter.device)),
            ("step_us", 1e6 * statistics.median(stepped_s)),
        ]
        return _volery.benchmark_result(
            "pictures",
            1,
            agents,
            config["num_threads"],
            config["physics_rate_hz"] // config["agent_rate_hz"],
            [step_s + draw_s for step_s, draw_s in zip(stepped_s, drawn_s, strict=True)],
            figures,
        )
