"""Tasks in Python: one class whose `score` sees the whole batch as NumPy arrays.

    >>> import numpy as np, volery
    >>> @volery.register_task("stay_low")
    ... class StayLow(volery.Task):
    ...     "Fly, but near the floor."
    ...     terms = {"height": "1 per second on the floor, less above"}
    ...
    ...     def score(self, state, scores):
    ...         scores["height"] = self.step_s / (1 + np.abs(state["position_w_m"][..., 2]))
    >>> env = volery.make_vec("stay_low", num_envs=64)

The tutorial is docs/your_first_task.md.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from volery import _volery

if TYPE_CHECKING:
    from volery.task_driver import Scores, Start, State


@dataclasses.dataclass(frozen=True)
class Field:
    """Numbers that a task keeps per agent: part of snapshots, hashes and, if wanted, observations.

    Attributes:
        width: Numbers per agent.
        unit: Empty where dimensionless.
        frame: "world", "body" or empty.
        doc: What it holds.
        initial: Value when an episode begins, before `Task.reset`.
    """

    width: int = 1
    unit: str = ""
    frame: str = ""
    doc: str = ""
    initial: float = 0.0


@dataclasses.dataclass(frozen=True)
class Metric:
    """What is measured per agent and step, and what an episode makes of it.

    Attributes:
        doc: What it measures.
        reduction: "mean", "sum", "min", "max" or "last" over the episode.
    """

    doc: str
    reduction: str = "mean"


def option(
    default: Any,
    *,
    unit: str = "",
    low: float = -math.inf,
    high: float = math.inf,
    doc: str = "",
) -> Any:
    """Returns a field of `Task.Config` with its range and meaning.

    Args:
        default: A bool, int, float, string or tuple of numbers; what is given must be of its type.
        unit: Empty where dimensionless.
        low: Least value; of each number of a tuple.
        high: Greatest value.
        doc: What it means.
    """
    about = {"unit": unit, "low": low, "high": high, "doc": doc}
    return dataclasses.field(default=default, metadata=about)


@dataclasses.dataclass(frozen=True)
class NoConfig:
    """The config of a task without options."""


class Task:
    """What the agents shall do, for all agents of all worlds at once.

    A subclass sets some of the attributes below and writes `score`; `register_task` makes it a
    task like the built-in ones. The engine places the agents at random clear points of the scene's
    spawn region, as `start` says, resets worlds, counts time and handles crashes.

    Attributes:
        terms: Reward terms, name and meaning; the reward is their sum.
        metrics: What `info["episode"]` reports, name and meaning or `Metric`.
        fields: The task's own numbers per agent, name and width or `Field`. One named "goal_w_m"
            of width 3 is the goal, which the sensor "goal" and `Batch.set_goal` use.
        observed: Names of fields that agents observe, beside what the sensors show.
        sensors: Default observation.
        sensor_config: Defaults of the sensors' own tables.
        start: Defaults of `task_config.start`: attitude_rad, velocity_mps, rates_radps,
            separation_m, clearance_m.
        scene: Default scene.
        vehicle: Default vehicle.
        action: Default action level.
        baseline: Default policy.
        on_crash: "continue", "freeze", "terminate_agent", "terminate_world" or "respawn".
        episode_s: Default time limit.
        num_agents: Default A.
        headline: The metric that tells how well the task was done; empty: the return.
        lower_is_better: Of the headline.
        bound: The best value of the headline, where one is known.
        Config: A dataclass with the task's options (see `option`).

    Set when a batch is built:
        config: An instance of `Config`.
        num_worlds: W.
        num_agents: A.
        step_s: Agent step.
        hover_speed_radps: Of the vehicle's rotors.
        bounds_w_m: Low and high corner (3,) of the space that the scene allows.
    """

    terms: ClassVar[Mapping[str, str]] = {}
    metrics: ClassVar[Mapping[str, str | Metric]] = {}
    fields: ClassVar[Mapping[str, int | Field]] = {}
    observed: ClassVar[Sequence[str]] = ()
    sensors: ClassVar[Sequence[str]] = ("pose", "velocity", "rates")
    sensor_config: ClassVar[Mapping[str, Any]] = {}
    start: ClassVar[Mapping[str, float]] = {}
    scene: ClassVar[str] = "hover"
    vehicle: ClassVar[str] = "cf2x"
    action: ClassVar[str] = "rotor"
    baseline: ClassVar[str] = "random"
    on_crash: ClassVar[str] = "terminate_agent"
    episode_s: ClassVar[float] = 10.0
    num_agents: int = 1
    headline: ClassVar[str] = ""
    lower_is_better: ClassVar[bool] = False
    bound: ClassVar[float | None] = None
    Config: ClassVar[type] = NoConfig

    config: Any
    num_worlds: int
    step_s: float
    hover_speed_radps: float
    bounds_w_m: tuple[NDArray[np.float32], NDArray[np.float32]]

    def begin(self) -> None:
        """Called once, when a batch is built and the attributes above are set."""

    def reset(self, start: Start) -> None:
        """Begins episodes: may move the agents that the engine has placed and set own fields.

        Args:
            start: The worlds that begin one.
        """

    def score(self, state: State, scores: Scores) -> None:
        """Scores one step of all agents: writes `scores` and the task's own fields, nothing else.

        Args:
            state: The worlds after physics.
            scores: Where terms, metrics and flags go; all zero before.
        """
        raise NotImplementedError

    def outside_bounds(self, position_w_m: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Returns which of the positions (..., 3) lie outside the scene's bounds."""
        low, high = self.bounds_w_m
        x, y, z = (position_w_m[..., i] for i in range(3))
        beyond_xy = (x < low[0]) | (x > high[0]) | (y < low[1]) | (y > high[1])
        beyond: NDArray[np.bool_] = beyond_xy | (z < low[2]) | (z > high[2])
        return beyond


# --- what the engine is told ------------------------------------------------------------------


def spec_of(name: str, task: type[Task]) -> dict[str, Any]:
    """Returns what the engine needs to know of a task.

    Raises:
        TypeError: For an attribute of the wrong type.
        ValueError: For a name that stands for a term and a metric, an observed field that is none.
    """
    terms, metrics = _table(task, "terms"), _table(task, "metrics")
    fields = {key: _field(task, key, value) for key, value in _table(task, "fields").items()}
    for shared in set(terms) & set(metrics):
        raise ValueError(f"{_path(task, 'metrics')}: {shared!r} is a reward term too")
    spec: dict[str, Any] = {
        "name": name,
        "doc": _first_line(task),
        "terms": [{"name": key, "doc": _text(task, "terms", key, terms[key])} for key in terms],
        "metrics": [{"name": key, **_metric(task, key, metrics[key])} for key in metrics],
        "fields": [{"name": key, **dataclasses.asdict(fields[key])} for key in fields],
        "sensors": [*task.sensors],
        "sensor_config": dict(task.sensor_config),
        "num_agents": task.num_agents,
        "lower_is_better": task.lower_is_better,
        "places": task.reset is not Task.reset,
    }
    for key in ("scene", "vehicle", "action", "baseline", "on_crash", "headline", "episode_s"):
        spec[key] = getattr(task, key)
    if task.bound is not None:
        spec["bound"] = float(task.bound)
    if task.observed:
        for key in task.observed:
            if key not in fields:
                hint = _volery.nearest_name(key, list(fields))
                raise ValueError(f"{_path(task, 'observed')}: {key!r} is no field of it{hint}")
        spec["sensors"].append("fields")
        spec["sensor_config"]["fields"] = {"names": [*task.observed]}
    return spec


def _path(task: type[Task], attribute: str) -> str:
    return f"{task.__name__}.{attribute}"


def _first_line(task: type[Task]) -> str:
    return (task.__doc__ or "").strip().split("\n")[0]


def _table(task: type[Task], attribute: str) -> Mapping[str, Any]:
    table = getattr(task, attribute)
    if not isinstance(table, Mapping) or not all(isinstance(key, str) for key in table):
        raise TypeError(f"{_path(task, attribute)}: must be a dict by name, not {table!r}")
    return table


def _text(task: type[Task], attribute: str, key: str, value: Any) -> str:
    if not isinstance(value, str):
        path = _path(task, attribute)
        raise TypeError(f"{path}[{key!r}]: must be a string that says what it means, not {value!r}")
    return value


def _metric(task: type[Task], key: str, value: Any) -> dict[str, Any]:
    if isinstance(value, Metric):
        return dataclasses.asdict(value)
    return {"doc": _text(task, "metrics", key, value)}


def _field(task: type[Task], key: str, value: Any) -> Field:
    if isinstance(value, Field):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{_path(task, 'fields')}[{key!r}]: must be a width or a Field")
    return Field(value)


# --- config -----------------------------------------------------------------------------------


def load_config(task: type[Task], table: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Returns the task's config, and the whole `task_config` with its defaults filled in.

    Args:
        task: Whose config it is.
        table: What was given.

    Raises:
        TypeError: For a value of the wrong type.
        ValueError: For an unknown key or a value out of range.
    """
    if not isinstance(table, Mapping):
        raise TypeError(f"task_config: must be a dict, not {type(table).__name__}")
    start = table.get("start", {})
    if not isinstance(start, Mapping):
        raise TypeError(f"task_config.start: must be a dict, not {type(start).__name__}")
    given = {key: value for key, value in table.items() if key != "start"}
    config = load_options(task.Config, given, "task_config", ["start"])
    options = [field.name for field in dataclasses.fields(task.Config)]
    whole = {key: _plain(getattr(config, key)) for key in options}
    return config, {**whole, "start": {**task.start, **start}}


def load_options(
    kind: type, table: Mapping[str, Any], path: str, others: Sequence[str] = ()
) -> Any:
    """Returns an instance of a dataclass of options.

    Args:
        kind: The dataclass.
        table: Values by name; what is left out keeps its default.
        path: What messages begin with.
        others: Names to offer beside those of the options where one is misspelt.

    Raises:
        TypeError: For a value of the wrong type.
        ValueError: For an unknown key or a value out of range.
    """
    if not isinstance(table, Mapping):
        raise TypeError(f"{path}: must be a dict, not {type(table).__name__}")
    options = {field.name: field for field in dataclasses.fields(kind)}
    for key in table:
        if key not in options:
            hint = _volery.nearest_name(str(key), [*options, *others])
            raise ValueError(f"{path}.{key}: no such field{hint}")
    return kind(**{key: _checked(options[key], value, path) for key, value in table.items()})


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _checked(field: dataclasses.Field[Any], value: Any, table: str) -> Any:
    path, default = f"{table}.{field.name}", field.default
    if isinstance(default, tuple):
        if isinstance(value, str) or not isinstance(value, Sequence | np.ndarray):
            raise TypeError(f"{path}: must be a list of {len(default)} numbers, not {value!r}")
        if len(value) != len(default):
            raise ValueError(f"{path}: must have {len(default)} numbers, not {len(value)}")
        return tuple(_number(field, f"{path}[{i}]", float(v)) for i, v in enumerate(value))
    kinds: tuple[type, ...] = (type(default),)
    if isinstance(default, float):
        kinds = (float, int, np.floating, np.integer)
    fits = isinstance(value, kinds) and isinstance(value, bool) == isinstance(default, bool)
    if not fits:
        raise TypeError(f"{path} = {value!r}: must be a {type(default).__name__}")
    return _number(field, path, float(value)) if isinstance(default, float) else value


def _number(field: dataclasses.Field[Any], path: str, value: float) -> float:
    low = field.metadata.get("low", -math.inf)
    high = field.metadata.get("high", math.inf)
    if not math.isfinite(value):
        raise ValueError(f"{path} = {value}: must be finite")
    if not low <= value <= high:
        raise ValueError(f"{path} = {value:g}: must be in [{low:g}, {high:g}]")
    return value
