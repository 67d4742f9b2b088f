"""How well the scripted policy of each task does: against chance, and against the best known.

The figures of `volery eval tasks`. One episode per seed; the value of an episode is the task's
headline, a metric or the return, as mean over the agents. The random policy flies the same seeds,
so that the difference is taken seed by seed. Baselines were tuned on seeds below FIRST_SEED alone.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from volery import _volery
from volery.batch import Batch
from volery.task_registry import task_names

SEEDS = 20
FIRST_SEED = 1000  # no baseline was tuned on seeds from here on
# Other forms of a task that the table has beside it: "task:form" to the batch's config.
FORMS: Mapping[str, Mapping[str, Any]] = {
    "flocking:100": {"num_agents": 100},
    "formation:radio": {"scene": "cube", "task_config": {"hears": True, "spacing_m": 1.0}},
}
_FLOOR = "random"
_RESAMPLES = 10_000
_LEVEL = 0.95

Values = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % interval.

    Attributes:
        mean: Over the seeds.
        low: Lower end of the interval.
        high: Upper end.
    """

    mean: float
    low: float
    high: float


@dataclasses.dataclass(frozen=True)
class TaskFigures:
    """One line of the table.

    Attributes:
        task: Its name, or "task:form".
        headline: The metric that counts, or "return".
        lower_is_better: Of the headline.
        num_agents: A.
        seeds: Episodes of each policy.
        first_seed: Of the first episode.
        baseline: Name of the scripted policy.
        score: Of the baseline.
        floor: Of the random policy.
        difference: Baseline less random, seed by seed.
        bound: The best known or possible; None where no task says so.
        share: How far the baseline gets from the floor (0) to the bound (1); None without bound.
        beats_floor: The whole interval of the difference is on the better side.
    """

    task: str
    headline: str
    lower_is_better: bool
    num_agents: int
    seeds: int
    first_seed: int
    baseline: str
    score: Estimate
    floor: Estimate
    difference: Estimate
    bound: float | None
    share: float | None
    beats_floor: bool


def bootstrap(values: Values, seed: int = 0) -> Estimate:
    """Returns the mean with its 95 % percentile interval, by the bootstrap (Efron 1979).

    Args:
        values: (n,) one number per seed; for a paired comparison their differences.
        seed: Of the resampling.
    """
    draws = np.random.default_rng(seed).integers(0, values.size, (_RESAMPLES, values.size))
    means = values[draws].mean(axis=1)
    low, high = np.quantile(means, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Estimate(float(values.mean()), float(low), float(high))


def episode_values(batch: Batch, policy: str | None, seed: int = 0) -> Values:
    """Returns the headline of one episode per world, as mean over its agents.

    Args:
        batch: Its world i flies seed + i.
        policy: Name, or None for the task's own.
        seed: Of world 0.
    """
    layout = batch.layout
    names = [metric.name for metric in layout.metrics]
    values = np.full(batch.num_worlds, np.nan)
    pilot = batch.baseline(policy, seed=seed)
    observation = batch.reset(seed)
    while np.isnan(values).any():
        observation, *_, info = batch.step(pilot.act(observation))
        if "episode" not in info:
            continue
        episode = info["episode"]
        if layout.headline.metric:
            found = episode["metrics"][:, :, names.index(layout.headline.metric)]
        else:
            found = episode["return"]
        first = np.isnan(values[episode["worlds"]])
        values[episode["worlds"][first]] = found.mean(axis=1, dtype=np.float64)[first]
    return values


def form_of(name: str) -> tuple[str, dict[str, Any]]:
    """Returns the task that a line of the table is about, and its config.

    Args:
        name: A task, or "task:form".

    Raises:
        ValueError: For an unknown form.
    """
    if ":" not in name:
        return name, {}
    if name not in FORMS:
        hint = _volery.nearest_name(name, list(FORMS))
        raise ValueError(f'task "{name}": no such form{hint}')
    return name.split(":")[0], dict(FORMS[name])


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**base, **over}
    for key in base.keys() & over.keys():
        if isinstance(base[key], Mapping) and isinstance(over[key], Mapping):
            merged[key] = _merged(base[key], over[key])
    return merged


def evaluate_task(
    task: str,
    seeds: int = SEEDS,
    config: Mapping[str, Any] | None = None,
    first_seed: int = FIRST_SEED,
) -> TaskFigures:
    """Returns the figures of one task.

    Args:
        task: Its name, or "task:form" for one of FORMS.
        seeds: Episodes of each policy, at least 2.
        config: Of the batch, beside the defaults and the form.
        first_seed: Of the first episode; the others count on from it.

    Raises:
        ValueError: For an unknown task or form, too few seeds, a negative first seed.
    """
    if seeds < 2:
        raise ValueError(f"seeds = {seeds}: must be at least 2")
    if first_seed < 0:
        raise ValueError(f"first_seed = {first_seed}: must be at least 0")
    name, form = form_of(task)
    with Batch(name, seeds, **_merged(form, config or {})) as batch:
        headline = batch.layout.headline
        ours = episode_values(batch, None, first_seed)
        chance = episode_values(batch, _FLOOR, first_seed)
        num_agents, baseline = batch.num_agents, batch.baseline_name
    score, floor, difference = (bootstrap(v) for v in (ours, chance, ours - chance))
    bound = None if math.isnan(headline.bound) else float(headline.bound)
    share = None
    if bound is not None and bound != floor.mean:
        share = (score.mean - floor.mean) / (bound - floor.mean)
    better = difference.high < 0 if headline.lower_is_better else difference.low > 0
    return TaskFigures(
        task,
        headline.metric or "return",
        headline.lower_is_better,
        num_agents,
        seeds,
        first_seed,
        baseline,
        score,
        floor,
        difference,
        bound,
        share,
        better,
    )


def evaluate(
    tasks: Sequence[str] | None = None,
    seeds: int = SEEDS,
    config: Mapping[str, Any] | None = None,
    progress: Callable[[int, int, str], None] = lambda done, total, note: None,
    first_seed: int = FIRST_SEED,
) -> list[TaskFigures]:
    """Returns the table.

    Args:
        tasks: Their names; None for all, in all forms.
        seeds: Episodes of each policy.
        config: Of every batch, beside the defaults.
        progress: Called with what is done, the total and a note.
        first_seed: Of the first episode of each.
    """
    names = sorted([*task_names(), *FORMS]) if tasks is None else tasks
    table = []
    for done, task in enumerate(names):
        progress(done, len(names), task)
        table.append(evaluate_task(task, seeds, config, first_seed))
    return table
