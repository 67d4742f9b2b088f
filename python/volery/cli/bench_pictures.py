"""The case of `volery bench` that draws: what `render_mode="rgb_array"` costs."""

from __future__ import annotations

import argparse
import math
import statistics
import time
from contextlib import ExitStack
from typing import Any

import numpy as np

from volery import _volery
from volery.batch import Batch
from volery.rendering import Painter

_REPEATS = 15
_WIDTH, _HEIGHT = 640, 480
_LARGE = {"width": 1280, "height": 720}
_CROWD = 10_000
_MAPPED = 60_000  # so many lie in a density map on the ground


def pictures(arguments: argparse.Namespace) -> Any:
    """Pictures of a flight, each after a step, and of standing crowds.

    Agent steps are those of a step and a picture with overlays; pictures are timed alone.
    """
    if arguments.worlds > 1:
        raise ValueError(f"worlds = {arguments.worlds}: leave it out, it is one world")
    agents = arguments.agents or 64
    repeats = arguments.repeats or (5 if arguments.quick else _REPEATS)
    with Batch("formation", 1, agents, num_threads=arguments.threads, episode_s=1000) as batch:
        painter = Painter(batch, {"width": _WIDTH, "height": _HEIGHT})
        bare = Painter(batch, {"width": _WIDTH, "height": _HEIGHT, "layers": ["grid"]})
        stepped_s, drawn_s, bare_s = _fly(
            batch, painter, bare, repeats, 5 if arguments.quick else 40
        )
        config = batch.config
        figures = [
            ("pictures_per_s", 1 / statistics.median(drawn_s)),
            ("pixels", float(_WIDTH * _HEIGHT)),
            ("software", float("llvmpipe" in painter.device or "softpipe" in painter.device)),
            ("step_us", 1e6 * statistics.median(stepped_s)),
            ("bare_ms", 1e3 * statistics.median(bare_s)),
            ("overlays_ms", 1e3 * statistics.median(drawn_s)),
            *_crowds(repeats, 1 if arguments.quick else 8),
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


def _fly(
    batch: Batch, painter: Painter, bare: Painter, repeats: int, frames: int
) -> tuple[list[float], list[float], list[float]]:
    """Returns seconds of a step, of a picture and of one without overlays, one per repeat."""
    policy = batch.baseline(seed=0)
    observation = batch.reset(seed=0)
    # the first picture compiles shaders
    painter.rgb()
    bare.rgb()
    per_repeat = []
    for _ in range(repeats):
        spent = np.zeros(3)
        for _ in range(frames):
            start = time.perf_counter()
            observation, *_ = batch.step(policy.act(observation))
            stepped = time.perf_counter()
            painter.rgb()
            drawn = time.perf_counter()
            bare.rgb()
            spent += (stepped - start, drawn - stepped, time.perf_counter() - drawn)
        per_repeat.append(spent / frames)
    stepped_s, drawn_s, bare_s = np.transpose(per_repeat).tolist()
    return stepped_s, drawn_s, bare_s


def _crowd(num_agents: int) -> Batch:
    """Returns as many drones as square meters, between 1 and 3 m over open ground."""
    half_m = math.sqrt(num_agents) / 2
    scene = {
        "base": "empty",
        "spawn_low_m": [-half_m, -half_m, 1.0],
        "spawn_high_m": [half_m, half_m, 3.0],
    }
    return Batch("hover", 1, num_agents, scene=scene)


def _crowds(repeats: int, frames: int) -> list[tuple[str, float]]:
    """Returns the figures of crowds: all as points, from among them, and as a density map."""
    bare = {**_LARGE, "layers": ["grid"]}
    quarter_m = math.sqrt(_CROWD) / 4
    among = {
        "camera": "fixed",
        "eye_w_m": [-quarter_m, -quarter_m, 3.0],
        "target_w_m": [0.0, 0.0, 2.0],
    }
    with ExitStack() as batches:
        crowd = batches.enter_context(_crowd(_CROWD))
        mapped = batches.enter_context(_crowd(_MAPPED))
        painters = {
            "crowd_afar_ms": Painter(crowd, bare),
            "crowd_among_ms": Painter(crowd, {**bare, **among}),
            "density_map_ms": Painter(mapped, bare),
        }
        for batch in (crowd, mapped):
            batch.reset(seed=0)
        seconds: dict[str, list[float]] = {name: [] for name in painters}
        for painter in painters.values():
            painter.rgb()
        # in turns, so that all meet the same neighbors on the machine
        for _ in range(repeats):
            for name, painter in painters.items():
                start = time.perf_counter()
                for _ in range(frames):
                    painter.rgb()
                seconds[name].append((time.perf_counter() - start) / frames)
        ids = painters["crowd_among_ms"].segmentation()
        return [
            *((name, 1e3 * statistics.median(taken)) for name, taken in seconds.items()),
            ("crowd", float(_CROWD)),
            ("crowd_among_seen", float(np.unique(ids[ids >= 0]).size)),
            ("density_map", float(_MAPPED)),
        ]
