"""Swarms search a hall and report by radio: what the flight left behind, plain Bullet beside it."""

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
from volery.relay_log import Finding, RelayLog

Floats = NDArray[np.float32]

TASK = "search_relay"

_PLAIN_MOMENTS = 16  # moments of the flight at which plain Bullet takes over for one step
_KEPT_WORLDS = 32  # worlds whose actions are kept, to choose the one to show from


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
        seed: Of the first world.
        stats: Counters of the batch.
        metrics: By name (worlds, agents), of the one episode of each world.
        radio: Totals of the same by name (worlds, agents), as of `batch.radio.counts()`; empty
            without a radio.
        findings: Per world the targets that were seen.
        length: (worlds,), agent steps of the episodes.
        step_s: Time spent in steps.
        steps: Steps taken by the batch.
        plain_s: Seconds that plain Bullet needs for an agent step of all bodies.
        physics_s: The same here, with one trivial sensor and no radio.
        actions: (steps, kept worlds, agents, U): of the first worlds, to fly them again.
    """

    config: dict[str, Any]
    seed: int
    stats: BatchStats
    metrics: dict[str, Floats]
    radio: dict[str, Floats]
    findings: list[list[Finding]]
    length: NDArray[np.int64]
    step_s: float
    steps: int
    plain_s: float
    physics_s: float
    actions: Floats

    @property
    def shown_world(self) -> int:
        """The world to look at: the median one by area under the curve of reports.

        Of an even number the lower one, of equal ones the first, of many worlds of the first 32.
        """
        area = self.metrics["reported_area"][: self.actions.shape[1], 0]
        order = np.argsort(area, kind="stable")
        return int(np.flatnonzero(area == area[order[(len(area) - 1) // 2]])[0])


@dataclasses.dataclass
class Replay:
    """One world flown again with the same actions.

    Attributes:
        path_w_m: (steps + 1, agents, 3)
        messages: (steps, agents, agents) of bool: sender, receiver; delivered, by the step of
            sending.
        radio: Totals by name (agents,).
    """

    path_w_m: Floats
    messages: NDArray[np.bool_]
    radio: dict[str, Floats]


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
        num_agents: Drones in each, the base among them.
        threads: Of the batch; 0 is one per core.
        seed: World i uses seed + i.
        progress: Makes a progress bar from a label and a total.
        **config: Other fields of the config.

    Raises:
        ValueError: For a bad config, or another task.
    """
    if config.setdefault("task", TASK) != TASK:
        raise ValueError(
            f"task = {config['task']!r}: the demo is one of {TASK!r}; "
            f"see `volery eval tasks` for figures of others"
        )
    # a world that has ended can be read until the step after
    config.update(num_worlds=num_worlds, num_agents=num_agents, autoreset="next_step")
    # neither sensors nor radio change what flies: the same flight again with next to none, on one
    # thread as plain Bullet is
    blind = {**config, "sensors": ["last_action"], "sensor_config": {}, "radio": "off"}
    with Batch(num_threads=threads, **config) as batch, Batch(num_threads=1, **blind) as twin:
        return _fly(batch, twin, seed, progress)


def _fly(batch: Batch, twin: Batch, seed: int, progress: Callable[[str, int], Bar]) -> Flight:
    config = batch.config
    steps = round(config["episode_s"] * config["agent_rate_hz"])
    policy = batch.baseline(seed=seed)
    plain = _volery.PlainBullet(config)
    moments = {round((i + 0.5) * steps / _PLAIN_MOMENTS) for i in range(_PLAIN_MOMENTS)}
    kept = min(batch.num_worlds, _KEPT_WORLDS)

    observation = batch.reset(seed=seed)
    twin.reset(seed=seed)
    actions = policy.act(observation)
    done: list[Floats] = []
    times: list[float] = []
    physics_s: list[float] = []
    plain_s: list[float] = []
    log = RelayLog(batch)
    first = _FirstEpisodes(batch)
    bar = progress("flying", steps)
    for step in range(steps):
        if step:
            actions = policy.act(observation, out=actions)
        done.append(actions[:kept].copy())
        start = time.perf_counter()
        observation, _, _, _, info = batch.step(actions)
        times.append(time.perf_counter() - start)
        # processor time of this thread: what other programs do does not count
        controls = np.ascontiguousarray(actions[..., : twin.action_size])
        start = time.thread_time()
        twin.step(controls)
        physics_s.append(time.thread_time() - start)
        log.add(step + 1, first.running)
        if step in moments:
            plain_s.append(_plain_step(batch, plain))
        bar.update(step + 1)
        if first.add(info):
            break
    bar.close()
    return Flight(
        config=config,
        seed=seed,
        stats=batch.stats,
        metrics=first.metrics,
        radio=first.radio,
        findings=log.worlds,
        length=first.length,
        step_s=sum(times),
        steps=len(times),
        plain_s=statistics.median(plain_s) if plain_s else float("nan"),
        physics_s=statistics.median(physics_s),
        actions=np.stack(done),
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
    """Collects what the first episode of each world reports.

    Attributes:
        metrics: By name (W, A).
        radio: By name (W, A).
        length: (W,), agent steps.
        running: (W,), whose first episode has not ended.
    """

    def __init__(self, batch: Batch) -> None:
        shape = (batch.num_worlds, batch.num_agents)
        self.metrics = {term.name: np.zeros(shape, np.float32) for term in batch.layout.metrics}
        names = _volery.radio_count_names() if batch.layout.inbox_slots else []
        self.radio = {name: np.zeros(shape, np.float32) for name in names}
        self.length = np.zeros(batch.num_worlds, np.int64)
        self.running = np.ones(batch.num_worlds, dtype=bool)

    def add(self, info: dict[str, Any]) -> bool:
        """Takes what a step reported; True once every world has ended."""
        if "episode" in info:
            episode = info["episode"]
            new = self.running[episode["worlds"]]
            worlds = episode["worlds"][new]
            for i, values in enumerate(self.metrics.values()):
                values[worlds] = episode["metrics"][new][..., i]
            for i, values in enumerate(self.radio.values()):
                values[worlds] = episode["radio"][new][..., i]
            self.length[worlds] = episode["length"][new]
            self.running[worlds] = False
        return not self.running.any()


def replay(flight: Flight, world: int) -> Replay:
    """Flies one world again, alone and with every packet traced; the same bits fly.

    Args:
        flight: What `fly` returned.
        world: One of those whose actions it kept.
    """
    config = {**flight.config, "num_worlds": 1, "num_threads": 1, "autoreset": "disabled"}
    if flight.radio:
        config["radio"] = {**flight.config["radio"], "trace": True}
    steps = int(flight.length[world])
    with Batch(**config) as batch:
        batch.reset(seed=flight.seed + world)
        agents = batch.num_agents
        path = [batch.state("position_w_m")[0]]
        messages = np.zeros((steps, agents, agents), bool)
        for step in range(steps):
            batch.step(np.ascontiguousarray(flight.actions[step, world : world + 1]))
            path.append(batch.state("position_w_m")[0])
            if flight.radio:
                packets = batch.radio.packets()
                heard = packets[packets["fate"] == batch.radio.fate_names.index("delivered")]
                messages[heard["step"], heard["sender"], heard["receiver"]] = True
        counts = batch.radio.counts() if flight.radio else {}
    return Replay(np.stack(path), messages, {name: c[0] for name, c in counts.items()})
