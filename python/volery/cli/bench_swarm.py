"""Cases of `volery bench` with swarms: the dicts of PettingZoo, and a flock against real time."""

from __future__ import annotations

import argparse
import math
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from volery import _volery, zoo
from volery.baseline import Baseline
from volery.batch import Batch
from volery.buffers import Floats

_REPEATS = 25
_ACTION_SETS = 64  # fewer settle, and the drones drift into the walls
_HALF_PI = math.pi / 2


def _result(name: str, batch: Batch, seconds: list[float], figures: list[tuple[str, float]]) -> Any:
    config = batch.config
    substeps = config["physics_rate_hz"] // config["agent_rate_hz"]
    return _volery.benchmark_result(
        name, 1, batch.num_agents, config["num_threads"], substeps, seconds, figures
    )


def _check_one_world(arguments: argparse.Namespace) -> None:
    if arguments.worlds > 1:
        raise ValueError(f"worlds = {arguments.worlds}: leave it out, it is one world")


def pettingzoo(arguments: argparse.Namespace) -> Any:
    """One world by name: dicts in, dicts out, and the resets between its episodes."""
    _check_one_world(arguments)
    quick = arguments.quick
    env = zoo.parallel_env(
        "formation",
        num_agents=arguments.agents or 8,
        num_threads=arguments.threads,
        seed=0,
        episode_s=1.0 if quick else 10.0,
    )
    draw = np.random.default_rng(0)
    sets = [
        {
            name: draw.uniform(-0.5, 0.5, env.action_space(name).shape).astype(np.float32)
            for name in env.possible_agents
        }
        for _ in range(_ACTION_SETS)
    ]

    def step(calls: int) -> float:
        start = time.perf_counter()
        for i in range(calls):
            if not env.agents:
                env.reset()
            env.step({name: sets[i % _ACTION_SETS][name] for name in env.agents})
        return (time.perf_counter() - start) / calls

    env.reset(seed=0)
    step(20)
    calls = 20 if quick else 400
    seconds = [step(calls) for _ in range(arguments.repeats or (5 if quick else _REPEATS))]
    shares = [("touching_share", env.batch.stats.touching_share)]
    result = _result("pettingzoo", env.batch, seconds, shares)
    env.close()
    return result


def _arena(num_agents: int) -> dict[str, Any]:
    """The scene `flock`, wider, so that as many share a square meter as 30 in its 25 x 25 m."""
    half_m = 12.5 * math.sqrt(num_agents / 30)
    spawn_m = 0.72 * half_m

    def plane(name: str, position: list[float], rpy: list[float]) -> dict[str, Any]:
        return {"name": name, "kind": "plane", "position_w_m": position, "rpy_rad": rpy}

    return {
        "base": "flock",
        "bounds_low_m": [-half_m, -half_m, -0.1],
        "bounds_high_m": [half_m, half_m, 5.0],
        "spawn_low_m": [-spawn_m, -spawn_m, 1.8],
        "spawn_high_m": [spawn_m, spawn_m, 2.2],
        "statics": [
            plane("ground", [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
            plane("ceiling", [0.0, 0.0, 5.0], [math.pi, 0.0, 0.0]),
            plane("west wall", [-half_m, 0.0, 0.0], [0.0, _HALF_PI, 0.0]),
            plane("east wall", [half_m, 0.0, 0.0], [0.0, -_HALF_PI, 0.0]),
            plane("south wall", [0.0, -half_m, 0.0], [-_HALF_PI, 0.0, 0.0]),
            plane("north wall", [0.0, half_m, 0.0], [_HALF_PI, 0.0, 0.0]),
        ],
    }


class _Flock:
    """One world of `flocking` that its baseline flies, the agents shared out over the threads."""

    def __init__(self, arguments: argparse.Namespace, hears: bool) -> None:
        agents = arguments.agents or (300 if arguments.quick else 10_000)
        self.batch = Batch(
            "flocking",
            1,
            agents,
            num_threads=arguments.threads,
            scene=_arena(agents),
            episode_s=1e5,
            task_config={"hears": hears},
        )
        threads = int(self.batch.config["num_threads"])
        self._pool = ThreadPoolExecutor(threads)
        self._shares = np.linspace(0, agents, threads + 1).astype(int)
        self._policies = [self.batch.baseline() for _ in range(threads)]
        self._actions = np.zeros((1, agents, self.batch.action_size), np.float32)
        self._observation: Any = self.batch.reset(seed=0)

    def act(self) -> float:
        """The baseline's actions; returns the seconds."""
        start = time.perf_counter()
        jobs = [
            self._pool.submit(_act, policy, self._observation[0, a:b], self._actions[0, a:b])
            for policy, a, b in zip(
                self._policies, self._shares[:-1], self._shares[1:], strict=True
            )
        ]
        for job in jobs:
            job.result()
        return time.perf_counter() - start

    def step(self) -> float:
        """One step of all; returns the seconds."""
        start = time.perf_counter()
        self._observation = self.batch.step(self._actions)[0]
        return time.perf_counter() - start

    def measure(self, repeats: int, steps: int) -> tuple[list[float], list[float]]:
        """Returns seconds per step with and without the baseline, a number per repeat."""
        whole, alone = [], []
        for repeat in range(repeats + 1):
            acting = stepping = 0.0
            # the first one lets the flock form, and the swarm's messages arrive
            for _ in range(steps):
                acting += self.act()
                stepping += self.step()
            if repeat > 0:
                whole.append((acting + stepping) / steps)
                alone.append(stepping / steps)
        return whole, alone

    def close(self) -> None:
        """Frees the workers."""
        self._pool.shutdown()
        self.batch.close()


def _act(policy: Baseline, observation: Floats, actions: Floats) -> None:
    policy.act(observation, out=actions)


def flock(arguments: argparse.Namespace) -> Any:
    """A flock that hears of each other by radio, and beside it one that sees."""
    _check_one_world(arguments)
    repeats = arguments.repeats or (5 if arguments.quick else 9)
    steps = 4 if arguments.quick else 30
    heard, seen = _Flock(arguments, hears=True), _Flock(arguments, hears=False)
    real_s = 1 / heard.batch.config["agent_rate_hz"]
    seconds, alone = heard.measure(repeats, steps)
    seen_s, seen_alone = seen.measure(repeats, steps)
    figures = [
        (name, real_s / statistics.median(taken))
        for name, taken in (
            ("times_real_time", seconds),
            ("times_real_time_without_baseline", alone),
            ("times_real_time_seen", seen_s),
            ("times_real_time_seen_without_baseline", seen_alone),
        )
    ]
    result = _result("flock", heard.batch, seconds, figures)
    heard.close()
    seen.close()
    return result
