"""What stands between the engine and a Python task: arrays out, scores in."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from volery import _volery
from volery.task import Task, load_config, spec_of

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

_STARTS = ("position_w_m", "quat_wb_xyzw", "velocity_w_mps", "omega_b_radps")


class State:
    """The worlds after physics, field by field; `Batch.state_fields` lists them.

    `state["position_w_m"]` is (W, A, 3), `state["touch_static"]` (W, A): a field of one number has
    no last axis. Each component lies in memory by itself, so `[..., i]` is as fast as it gets.
    Arrays are read-only but for the task's own fields, and valid until the next step.
    """

    def __init__(self, engine: _volery.Batch, own: list[str]) -> None:
        self._engine = engine
        self._own = own
        self._widths = {f.name: f.width for f in engine.state_fields() if not f.per_prop}
        self._columns: dict[str, Floats] = {}
        self._views: dict[str, Floats] = {}
        self._fresh: set[str] = set()
        self._drawn = 0

    def __getitem__(self, name: str) -> Floats:
        if name not in self._fresh:
            if name not in self._columns:
                self._allocate(name)
            self._engine.task_columns(name, self._columns[name])
            self._fresh.add(name)
        return self._views[name]

    def __setitem__(self, name: str, value: ArrayLike) -> None:
        if name not in self._own:
            raise ValueError(_not_own(name, self._own))
        _assign(self[name], value, f"state[{name!r}]")

    def uniform(self, low: float = 0.0, high: float = 1.0, width: int = 1) -> Floats:
        """Draws numbers, keyed by each world's seed, episode and step: same seed, same bits.

        Args:
            low: Least value.
            high: Greatest value, never reached.
            width: Numbers per agent.

        Returns:
            (W, A, width) float32, or (W, A) for a width of 1.
        """
        drawn = self._engine.task_draw(self._engine.layout.num_worlds, width, self._drawn)
        self._drawn += width
        return _scaled(drawn, low, high)

    def _allocate(self, name: str) -> None:
        if name not in self._widths:
            hint = _volery.nearest_name(str(name), list(self._widths))
            raise KeyError(f"state[{name!r}]: no such field{hint}")
        layout = self._engine.layout
        shape = (self._widths[name], layout.num_worlds, layout.num_agents)
        columns = np.zeros(shape, np.float32)
        view = columns[0] if shape[0] == 1 else np.moveaxis(columns, 0, -1)
        if name not in self._own:
            view = view.view()
            view.flags.writeable = False
        self._columns[name] = columns
        self._views[name] = view

    def _begin(self) -> None:
        self._fresh.clear()
        self._drawn = 0

    def _end(self) -> None:
        for name in self._own:
            if name in self._fresh:
                self._engine.set_task_columns(name, self._columns[name])


class Scores:
    """Where a task writes what it makes of a step.

    `scores["position"] = ...` sets a reward term or a metric of that name to (W, A) numbers or to
    one for all; `scores.terminated`, `scores.truncated` and `scores.crashed` take (W, A) bool. What
    is not set is 0.
    """

    def __init__(self, engine: _volery.Batch) -> None:
        layout, arrays = engine.layout, engine.scores
        self._arrays = arrays
        self._rows: dict[str, Floats] = {}
        for specs, columns in (
            (layout.reward_terms, arrays.terms),
            (layout.metrics, arrays.metrics),
        ):
            self._rows.update({spec.name: columns[i] for i, spec in enumerate(specs)})

    def __getitem__(self, name: str) -> Floats:
        return self._row(name)

    def __setitem__(self, name: str, value: ArrayLike) -> None:
        _assign(self._row(name), value, f"scores[{name!r}]")

    @property
    def terminated(self) -> Bools:
        """The dynamics ended the agent's episode: the task's own success or failure."""
        return self._arrays.terminated

    @terminated.setter
    def terminated(self, value: ArrayLike) -> None:
        _assign_flags(self._arrays.terminated, value, "scores.terminated")

    @property
    def truncated(self) -> Bools:
        """Something else ended it: out of bounds, say. Time limits are the engine's."""
        return self._arrays.truncated

    @truncated.setter
    def truncated(self, value: ArrayLike) -> None:
        _assign_flags(self._arrays.truncated, value, "scores.truncated")

    @property
    def crashed(self) -> Bools:
        """`on_crash` shall apply."""
        return self._arrays.crashed

    @crashed.setter
    def crashed(self, value: ArrayLike) -> None:
        _assign_flags(self._arrays.crashed, value, "scores.crashed")

    def _row(self, name: str) -> Floats:
        row = self._rows.get(name)
        if row is None:
            hint = _volery.nearest_name(str(name), list(self._rows))
            raise KeyError(f"scores[{name!r}]: no such term or metric{hint}")
        return row

    def _clear(self) -> None:
        arrays = self._arrays
        for array in (arrays.terms, arrays.metrics):
            array.fill(0)
        for flags in (arrays.terminated, arrays.truncated, arrays.crashed):
            flags.fill(False)


class Start:
    """The n worlds that begin an episode, as the engine has placed their agents.

    `start["position_w_m"]` is a copy (n, A, 3); setting it moves the agents. What can be set are
    position_w_m, quat_wb_xyzw, velocity_w_mps, omega_b_radps and the task's own fields.

    Attributes:
        worlds: (n,) their indices.
    """

    def __init__(self, engine: _volery.Batch, worlds: list[int], own: list[str]) -> None:
        self.worlds = np.array(worlds, np.int64)
        self._engine = engine
        self._own = own
        self._drawn = 0

    def __getitem__(self, name: str) -> Floats:
        rows = np.empty(self._shape(name), np.float32)
        self._engine.task_rows(name, rows)
        return rows[..., 0] if rows.shape[-1] == 1 else rows

    def __setitem__(self, name: str, value: ArrayLike) -> None:
        if name not in self._own and name not in _STARTS:
            raise ValueError(_not_own(name, [*self._own, *_STARTS], "start"))
        rows = np.empty(self._shape(name), np.float32)
        _assign(rows[..., 0] if rows.shape[-1] == 1 else rows, value, f"start[{name!r}]")
        self._engine.set_task_rows(name, rows)

    def uniform(self, low: float = 0.0, high: float = 1.0, width: int = 1) -> Floats:
        """Draws numbers, keyed by each world's seed and episode: same seed, same bits.

        Args:
            low: Least value.
            high: Greatest value, never reached.
            width: Numbers per agent.

        Returns:
            (n, A, width) float32, or (n, A) for a width of 1.
        """
        drawn = self._engine.task_draw(self.worlds.size, width, self._drawn)
        self._drawn += width
        return _scaled(drawn, low, high)

    def _shape(self, name: str) -> tuple[int, int, int]:
        for field in self._engine.state_fields():
            if field.name == name and not field.per_prop:
                return (self.worlds.size, self._engine.layout.num_agents, field.width)
        hint = _volery.nearest_name(str(name), [f.name for f in self._engine.state_fields()])
        raise KeyError(f"start[{name!r}]: no such field{hint}")


class Driver:
    """Runs one task for one batch; the engine calls `score` and `place`."""

    def __init__(self, name: str, task: type[Task], task_config: Any) -> None:
        self.task = task()
        self.task.config, self.task_config = load_config(task, task_config)
        self.spec = spec_of(name, task)
        self._own = [field["name"] for field in self.spec["fields"]]

    def bind(self, engine: _volery.Batch) -> None:
        """Attaches the engine that was built from `spec`."""
        task, facts = self.task, engine.facts
        task.num_worlds = engine.layout.num_worlds
        task.num_agents = engine.layout.num_agents
        task.step_s = facts.step_s
        task.hover_speed_radps = facts.hover_speed_radps
        task.bounds_w_m = (
            np.array(facts.bounds_low_w_m, np.float32),
            np.array(facts.bounds_high_w_m, np.float32),
        )
        self._engine = engine
        self._state = State(engine, self._own)
        self._scores = Scores(engine)
        task.begin()

    def score(self) -> None:
        """Lets the task score the step that the engine has advanced."""
        self._state._begin()
        self._scores._clear()
        self.task.score(self._state, self._scores)
        self._state._end()

    def place(self, worlds: list[int]) -> None:
        """Lets the task write the starts of worlds."""
        self.task.reset(Start(self._engine, worlds, self._own))


def _scaled(drawn: Floats, low: float, high: float) -> Floats:
    drawn = drawn[..., 0] if drawn.shape[-1] == 1 else drawn
    span = np.float32(high) - np.float32(low)
    return np.float32(low) + span * drawn


def _not_own(name: str, own: list[str], what: str = "state") -> str:
    names = ", ".join(own) if own else "none, as it declares no fields"
    return f"{what}[{name!r}]: not for the task to write; what it may: {names}"


def _assign(row: Floats, value: ArrayLike, path: str) -> None:
    given = np.asarray(value)
    if given.dtype.kind not in "fiub":
        raise TypeError(f"{path}: must be real numbers, not {given.dtype}")
    # to one number per component, for all agents alike, nothing can be meant but that
    if given.shape not in (row.shape, (), row.shape[2:]):
        raise ValueError(f"{path}: shape must be {row.shape}, not {given.shape}")
    row[...] = given


def _assign_flags(row: Bools, value: ArrayLike, path: str) -> None:
    given = np.asarray(value)
    if given.dtype != np.bool_:
        raise TypeError(f"{path}: must be bool, not {given.dtype}")
    if given.shape not in (row.shape, ()):
        raise ValueError(f"{path}: shape must be {row.shape}, not {given.shape}")
    row[...] = given
