"""Formations fly through a cluttered room: figures of the flight, plain Bullet beside it."""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from volery import _volery
from volery._volery import BatchStats
from volery.batch import Batch

Floats = NDArray[np.float32]

_PLAIN_MOMENTS = 16  # moments of the flight at which plain Bullet takes over for one step


class Bar(Protocol):
    """A progress bar."""

    def update(self, done: int, note: str = "") -> None:
        """Shows how far it is."""

    def close(self) -> None:
        """Ends it."""


@dataclasses.dataclass
class Flight:
    """What a flight left behind.

    Attributes:
        config: Of the batch, every default filled in.
        stats: Counters of the batch.
        metrics: By name (worlds, agents), of the one episode of each world.
        step_s: Time spent in steps.
        steps: Agent steps taken.
        plain_s: Seconds that plain Bullet needs for an agent step of all bodies.
        physics_s: The same here, with one trivial sensor.
        path_w_m: (steps + 1, worlds, agents, 3).
        goal_w_m: (worlds, agents, 3), the slots at the end.
        touched: (steps + 1, worlds, agents), touching anything in that step.
    """

    config: dict[str, Any]
    stats: BatchStats
    metrics: dict[str, Floats]
    step_s: float
    steps: int
    plain_s: float
    physics_s: float
    path_w_m: Floats
    goal_w_m: Floats
    touched: NDArray[np.bool_]

    @property
    def best_world(self) -> int:
        """The flight to look at: no touch, then the longest way."""
        touches = (self.metrics["collisions"] + self.metrics["obstacle_hits"]).sum(axis=1)
        way_m = np.linalg.norm(np.diff(self.path_w_m, axis=0), axis=-1).sum(axis=(0, 2))
        return int(np.lexsort((-way_m, touches))[0])


def fly(
    num_worlds: int,
    num_agents: int,
    *,
    threads: int = 0,
    seed: int = 0,
    progress: Callable[[str, int], Bar],
    **config: Any,
) -> Flight:
    """Flies one episode in every world under the task's baseline.

    Args:
        num_worlds: Number of worlds.
        num_agents: Drones in each.
        threads: Of the batch; 0 is one per core.
        seed: World i uses seed + i.
        progress: Makes a progress bar from a label and a total.
        **config: Other fields of the config.

    Raises:
        ValueError: For a bad config.
    """
    config = {"task": "formation", **config}
    config.update(num_worlds=num_worlds, num_agents=num_agents)
    # sensors change nothing that flies: the same flight again with next to none, on one thread as
    # plain Bullet is
    blind = {**config, "sensors": ["last_action"], "sensor_config": {}}
    with Batch(num_threads=threads, **config) as batch, Batch(num_threads=1, **blind) as twin:
        return _fly(batch, twin, seed, progress)


def _fly(batch: Batch, twin: Batch, seed: int, progress: Callable[[str, int], Bar]) -> Flight:
    config = batch.config
    steps = round(config["episode_s"] * config["agent_rate_hz"])
    policy = batch.baseline(seed=seed)
    plain = _volery.PlainBullet(config)
    moments = {round((i + 0.5) * steps / _PLAIN_MOMENTS) for i in range(_PLAIN_MOMENTS)}

    observation = batch.reset(seed=seed)
    twin.reset(seed=seed)
    path = [batch.state("position_w_m")]
    touched = [np.zeros(path[0].shape[:2], dtype=bool)]
    actions = policy.act(observation)
    times: list[float] = []
    physics_s: list[float] = []
    plain_s: list[float] = []
    first = _FirstEpisodes(batch)
    bar = progress("flying", steps)
    for step in range(steps):
        actions = policy.act(observation, out=actions)
        start = time.perf_counter()
        observation, _, _, _, info = batch.step(actions)
        times.append(time.perf_counter() - start)
        # processor time of this thread: what other programs do does not count
        start = time.thread_time()
        twin.step(actions)
        physics_s.append(time.thread_time() - start)
        path.append(batch.state("position_w_m"))
        touch = batch.state("touch_static") + batch.state("touch_agent")
        touched.append(touch[..., 0] > 0)
        if step in moments:
            plain_s.append(_plain_step(batch, plain))
        bar.update(step + 1)
        if first.add(info):
            break
    bar.close()
    return Flight(
        config=config,
        stats=batch.stats,
        metrics=first.metrics,
        step_s=sum(times),
        steps=len(times),
        plain_s=statistics.median(plain_s),
        physics_s=statistics.median(physics_s),
        path_w_m=np.stack(path),
        goal_w_m=batch.state("goal_w_m"),
        touched=np.stack(touched),
    )


def _plain_step(batch: Batch, plain: _volery.PlainBullet) -> float:
    """Returns the seconds of one agent step of the same bodies in plain Bullet."""
    config = batch.config
    plain.load(
        batch.state("position_w_m"),
        batch.state("quat_wb_xyzw"),
        batch.state("velocity_w_mps"),
        batch.state("omega_b_radps"),
    )
    # the first steps fill its caches and pair tables
    plain.step(2)
    start = time.thread_time()
    plain.step(config["physics_rate_hz"] // config["agent_rate_hz"])
    return time.thread_time() - start


class _FirstEpisodes:
    """Collects the metrics of the first episode of each world."""

    def __init__(self, batch: Batch) -> None:
        shape = (batch.num_worlds, batch.num_agents)
        self.metrics = {term.name: np.zeros(shape, np.float32) for term in batch.layout.metrics}
        self._missing = np.ones(batch.num_worlds, dtype=bool)

    def add(self, info: dict[str, Any]) -> bool:
        """Takes what a step reported; True once every world has ended."""
        if "episode" in info:
            episode = info["episode"]
            new = self._missing[episode["worlds"]]
            worlds = episode["worlds"][new]
            for i, values in enumerate(self.metrics.values()):
                values[worlds] = episode["metrics"][new][..., i]
            self._missing[worlds] = False
        return not self._missing.any()


def report(flight: Flight) -> list[tuple[str, str]]:
    """Returns the figures of a flight as rows of a table."""
    config, metrics, stats = flight.config, flight.metrics, flight.stats
    worlds, agents = metrics["success"].shape
    rate = config["agent_rate_hz"]
    simulated_s = flight.steps / rate * worlds
    collisions = int(metrics["collisions"].sum())
    hits = int(metrics["obstacle_hits"].sum())
    closest = metrics["closest_m"].min()
    return [
        ("flown", f"{worlds} rooms of {agents} drones, {flight.steps / rate:.0f} s each"),
        ("success", f"{metrics['success'][:, 0].mean():.0%} of the formations in place at the end"),
        ("slot error", f"{metrics['slot_error_m'].mean():.2f} m on the way, mean"),
        ("collisions", f"{collisions} between drones, {hits} with obstacles"),
        ("closest approach", f"{closest:.2f} m between centers"),
        ("near, touching", f"{stats.near_share:.2%}, {stats.touching_share:.3%} of the body-steps"),
        ("speed", f"{stats.agent_steps / flight.step_s / 1e6:.2f} M agent-steps/s, contacts on"),
        (
            "times real time",
            f"{simulated_s / flight.step_s:,.0f} on {config['num_threads']} threads",
        ),
        ("plain Bullet", f"{flight.plain_s * 1e3:.2f} ms per step for the same bodies, one thread"),
        (
            "Volery",
            f"{flight.physics_s * 1e3:.2f} ms for control, physics and rewards, one thread",
        ),
        ("speed-up", f"{flight.plain_s / flight.physics_s:.0f} times plain Bullet"),
    ]
