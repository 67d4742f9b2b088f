"""`volery bench`: figures of this machine. Cases about Python are timed here, the rest in C++."""

from __future__ import annotations

import argparse
import importlib
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from volery import _volery
from volery.batch import Batch
from volery.cli import bench_pictures, bench_swarm
from volery.cli.common import add_command

_REPEATS = 25
_ACTION_SETS = 64  # enough that no short cycle of actions settles


def add_bench(commands: Any) -> None:
    """Adds `volery bench`."""
    about_cases = [
        *_volery.benchmarks(),
        ("numpy_task", "hover scored by NumPy against C++"),
        ("pettingzoo", "one world of 8 agents through PettingZoo's dicts"),
        ("pictures", "rgb_array: 64 drones with and without overlays, 10,000, a density map"),
        ("flock", "10,000 drones in one world with their baseline, against real time"),
    ]
    cases = "\n".join(f"  {name:<10} {about}" for name, about in about_cases)
    parser = add_command(
        commands,
        "bench",
        "Measure this machine; at least 5 repeats, the median counts.",
        "  volery bench hover\n"
        "  volery bench contact --worlds 64 --agents 16 --json\n"
        "  volery bench giant --agents 100000 --threads 2\n"
        "  volery bench flock --threads 2\n\n"
        "cases (hover, overhead, numpy_task, pettingzoo, pictures and flock through Python, the "
        f"others in C++):\n{cases}",
    )
    parser.add_argument("case", metavar="CASE", help="what to measure")
    for name, about in (
        ("worlds", "worlds; the case's own where left out"),
        ("agents", "agents per world, likewise"),
        ("threads", "threads (default 1)"),
        ("repeats", "repeats"),
    ):
        parser.add_argument(
            f"--{name}", type=int, default=1 if name == "threads" else 0, help=about
        )
    parser.add_argument("--quick", action="store_true", help="a smoke run of about a second")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    measure = _IN_PYTHON.get(arguments.case)
    if measure is not None and min(arguments.worlds, arguments.agents, arguments.repeats) >= 0:
        result = measure(arguments)
    else:
        result = _volery.run_benchmark(
            arguments.case,
            arguments.worlds,
            arguments.agents,
            arguments.threads,
            arguments.repeats,
            arguments.quick,
        )
    print(result.json() if arguments.json else result.text(), end="\n" if arguments.json else "")
    return 0


class _Hover:
    """The hover environment with actions sampled before."""

    def __init__(self, arguments: argparse.Namespace, worlds: int, task: str = "hover") -> None:
        self.batch = Batch(
            task,
            arguments.worlds or worlds,
            arguments.agents or 1,
            num_threads=arguments.threads,
            action="rotor",
        )
        shape = (self.batch.num_worlds, self.batch.num_agents, self.batch.action_size)
        # thrust is linear in the action, from none at -1
        hover = _volery.rotor_hover_action(self.batch.config["vehicle"]) + 1
        draw = np.random.default_rng(0)
        sets = 4 if arguments.quick else _ACTION_SETS
        self._actions = [
            (hover * draw.uniform(0.9, 1.1, shape) - 1).astype(np.float32) for _ in range(sets)
        ]
        self._next = 0
        self.batch.reset(seed=0)

    def step(self, calls: int) -> float:
        """Takes steps; returns the seconds per step."""
        batch, actions = self.batch, self._actions
        first = self._next
        self._next += calls
        start = time.perf_counter()
        for i in range(first, first + calls):
            batch.step(actions[i % len(actions)])
        return (time.perf_counter() - start) / calls

    def result(self, name: str, seconds: list[float], figures: list[tuple[str, float]]) -> Any:
        """Returns the figures of the case."""
        config = self.batch.config
        substeps = config["physics_rate_hz"] // config["agent_rate_hz"]
        return _volery.benchmark_result(
            name,
            self.batch.num_worlds,
            self.batch.num_agents,
            config["num_threads"],
            substeps,
            seconds,
            figures,
        )


def _calls(step: Callable[[int], float], repeat_s: float) -> int:
    step(3)
    return max(1, round(repeat_s / step(3)))


def _hover(arguments: argparse.Namespace) -> Any:
    quick = arguments.quick
    env = _Hover(arguments, 64 if quick else 4096)
    plain = _volery.PlainHover(env.batch.config["vehicle"], 64 if quick else 1024)
    # the mix of a running training: episodes have ended and begun
    env.step(5 if quick else 200)
    calls = _calls(env.step, 0.002 if quick else 0.004)
    before = env.batch.stats
    seconds, plain_s = [], []
    for _ in range(arguments.repeats or (5 if quick else _REPEATS)):
        env.step(2)  # back into the caches that the twin has filled
        seconds.append(env.step(calls))
        plain_s.append(plain.seconds_per_body_step(2 if quick else 8))
    after = env.batch.stats
    rows = env.batch.num_worlds * env.batch.num_agents
    ratio = statistics.median(
        ours / rows / theirs for ours, theirs in zip(seconds, plain_s, strict=True)
    )
    episodes = after.episodes - before.episodes
    steps = after.agent_steps - before.agent_steps
    figures = [
        ("touching_share", after.touching_share),
        ("near_share", after.near_share),
        ("mean_episode_steps", steps / episodes if episodes else 0.0),
        ("plain_bullet_ns_per_body_step", statistics.median(plain_s) * 1e9),
        ("agent_step_per_plain_body_step", ratio),
    ]
    return env.result("hover", seconds, figures)


def _overhead(arguments: argparse.Namespace) -> Any:
    env = _Hover(arguments, 1)
    calls = _calls(env.step, 0.002 if arguments.quick else 0.004)
    repeats = arguments.repeats or (5 if arguments.quick else _REPEATS)
    seconds = [env.step(calls) for _ in range(repeats)]
    return env.result("overhead", seconds, [("us_per_step_call", statistics.median(seconds) * 1e6)])


def _numpy_task(arguments: argparse.Namespace) -> Any:
    importlib.import_module("volery.tasks.numpy_hover")  # which registers the task
    quick = arguments.quick
    worlds = 64 if quick else 4096
    in_numpy, in_engine = (_Hover(arguments, worlds, task) for task in ("numpy_hover", "hover"))
    for env in (in_numpy, in_engine):
        env.step(5 if quick else 200)
    calls = _calls(in_engine.step, 0.002 if quick else 0.004)
    seconds, engine_s = [], []
    for _ in range(arguments.repeats or (5 if quick else _REPEATS)):
        # in turns, so that both meet the same neighbors on the machine
        seconds.append(in_numpy.step(calls))
        engine_s.append(in_engine.step(calls))
    rows = in_engine.batch.num_worlds * in_engine.batch.num_agents
    ratios = [ours / theirs for ours, theirs in zip(seconds, engine_s, strict=True)]
    figures = [
        ("engine_ns_per_agent_step", statistics.median(engine_s) / rows * 1e9),
        ("numpy_over_engine", statistics.median(ratios)),
        # the least of each is what a busy machine disturbs least
        ("numpy_over_engine_at_best", min(seconds) / min(engine_s)),
    ]
    return in_numpy.result("numpy_task", seconds, figures)


_IN_PYTHON = {
    "hover": _hover,
    "overhead": _overhead,
    "numpy_task": _numpy_task,
    "pettingzoo": bench_swarm.pettingzoo,
    "pictures": bench_pictures.pictures,
    "flock": bench_swarm.flock,
}
