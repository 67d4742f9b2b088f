"""Who knows which target of `search_relay` since when, and over which way the base heard of it."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from volery import _volery
from volery.batch import Batch
from volery.plot_solids import Points, room_of, scene_table
from volery.radio import Floats, Inbox

Ints = NDArray[np.int64]

BASE = 0  # the agent that listens
SEEN = -1  # in place of a sender: the agent has seen the target itself
UNKNOWN = -2  # the same: it has heard of it, but senders are anonymous
NEVER = -1  # in place of a step

_SAME = 0.004  # two records closer than this in each number are the same, as in the task
_RECORD = ("x", "y", "code")


@dataclasses.dataclass(eq=False)
class Finding:
    """A target that an agent has seen, and how the word of it spread.

    Attributes:
        record: (3,), its place across the area and its code.
        step: (A,) the step after which each agent knew of it; NEVER.
        source: (A,) from whom it heard of it first; SEEN; UNKNOWN.
        hops: (A,) messages from whoever saw the target to the agent, along `source`; NEVER where
            that cannot be told.
    """

    record: Floats
    step: Ints
    source: Ints
    hops: Ints

    @property
    def found_step(self) -> int:
        """When the first agent saw it."""
        return int(self.step[self.step != NEVER].min())

    @property
    def reported_step(self) -> int:
        """When the base had heard of it; NEVER."""
        return int(self.step[BASE])

    def way(self) -> list[int]:
        """Returns the agents over which the base heard of it first, who saw it first; or []."""
        if self.hops[BASE] == NEVER:
            return []
        agents = [BASE]
        while self.source[agents[-1]] != SEEN:
            agents.append(int(self.source[agents[-1]]))
        return agents[::-1]


class RelayLog:
    """Reads what agents remember after each step of a batch of `search_relay`.

    Every agent's memory is part of the state and only grows, so that a record that is new in it was
    either seen or is in the agent's inbox.
    """

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._columns = _record_columns(batch)
        self._known = np.zeros((batch.num_worlds, batch.num_agents, len(self._columns)), bool)
        self.worlds: list[list[Finding]] = [[] for _ in range(batch.num_worlds)]

    def add(self, step: int, running: NDArray[np.bool_]) -> None:
        """Takes what is known after `step` steps, of the worlds that are `running` (W,)."""
        records = self._batch.state("task_columns")[..., self._columns]  # (W, A, R, 3)
        known = records[..., -1] != 0
        new = known & ~self._known & running[:, None, None]
        if not new.any():
            return
        inbox = self._batch.radio.inbox() if self._batch.layout.inbox_slots else None
        for world, agent, place in np.argwhere(new):
            self._learn(step, int(world), int(agent), records[world, agent, place], inbox)
        self._known |= new

    def _learn(
        self, step: int, world: int, agent: int, record: Floats, inbox: Inbox | None
    ) -> None:
        finding = next((f for f in self.worlds[world] if _same(f.record, record)), None)
        slots = _slots(inbox, world, agent, record)
        if finding is None:
            # what nobody has seen is a lie
            if slots.any():
                return
            none = np.full(self._batch.num_agents, NEVER, np.int64)
            finding = Finding(record.copy(), none, none.copy(), none.copy())
            self.worlds[world].append(finding)
        finding.step[agent] = step
        if not slots.any():
            finding.source[agent], finding.hops[agent] = SEEN, 0
            return
        finding.source[agent] = UNKNOWN
        senders = [] if inbox is None or inbox.sender is None else inbox.sender[world, agent][slots]
        # who has said it must have known it before
        told = [int(s) for s in senders if finding.hops[s] != NEVER and finding.step[s] < step]
        if told:
            source = min(told, key=lambda s: int(finding.hops[s]))
            finding.source[agent] = source
            finding.hops[agent] = finding.hops[source] + 1


def _record_columns(batch: Batch) -> Ints:
    """Returns the places of (R, 3) numbers of records within the sensor `task`."""
    group = next(group for group in batch.layout.groups if group.name == "task")
    names = [c.name for c in batch.layout.observation[group.first : group.first + group.count]]
    places = {name.rpartition("task.")[2]: i for i, name in enumerate(names)}
    count = sum(name.endswith("_code") for name in places)
    return np.array([[places[f"record{i}_{part}"] for part in _RECORD] for i in range(count)])


def _same(one: Floats, other: Floats) -> bool:
    return bool((np.abs(one - other) < _SAME).all())


def _slots(inbox: Inbox | None, world: int, agent: int, record: Floats) -> NDArray[np.bool_]:
    """Returns which slots of an agent's inbox hold a record, (K,)."""
    if inbox is None:
        return np.zeros(0, bool)
    data = inbox.data[world, agent]
    count = data.shape[1] // len(_RECORD)
    heard = data[:, : count * len(_RECORD)].reshape(len(data), count, len(_RECORD))
    holds = (np.abs(heard - record) < _SAME).all(axis=2).any(axis=1)
    filled: NDArray[np.bool_] = holds & inbox.valid[world, agent]
    return filled


def task_number(config: dict[str, Any], path: str) -> float:
    """Returns a number of the task's config, its default where the config has none.

    Args:
        config: Of a batch.
        path: Of the field, for example "area.margin_m".
    """
    value: Any = config["task_config"]
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    if value is None:
        task = next(entry for entry in _volery.tasks() if entry.name == config["task"])
        value = next(field.default_text for field in task.fields if field.path == path)
    return float(value)


def place_of(finding: Finding, config: dict[str, Any]) -> Points:
    """Returns where a target lies, (3,), world frame, m."""
    low, high = (corner[:2] for corner in room_of(scene_table(config["scene"])))
    half = 0.5 * (high - low) - task_number(config, "area.margin_m")
    across = 0.5 * (low + high) + finding.record[:2].astype(float) * half
    return np.append(across, task_number(config, "target_height_m"))


def curve(findings: list[Finding], steps: int, total: int) -> tuple[Points, Points]:
    """Returns the shares of `total` targets found and reported after 0, 1, ... `steps` steps."""
    found, reported = np.zeros(steps + 1), np.zeros(steps + 1)
    for finding in findings:
        found[finding.found_step :] += 1 / total
        if finding.reported_step != NEVER:
            reported[finding.reported_step :] += 1 / total
    return found, reported
