"""How well the scripted policy of each task does: against chance, and against the best known.

The figures of `volery eval tasks`. One episode per seed; the value of an episode is the task's
headline, a metric or the return, as mean over the agents. The random policy flies the same seeds,
so that the difference is taken seed by seed.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from volery.batch import Batch
from volery.task_registry import task_names

SEEDS = 20
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
        task: Its name.
        headline: The metric that counts, or "return".
        lower_is_better: Of the headline.
        num_agents: A.
        seeds: Episodes of each policy.
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


def evaluate_task(
    task: str, seeds: int = SEEDS, config: Mapping[str, Any] | None = None
) -> TaskFigures:
    """Returns the figures of one task.

    Args:
        task: Its name.
        seeds: Episodes of each policy, at least 2.
        config: Of the batch, beside the defaults.

    Raises:
        ValueError: For an unknown task, too few seeds.
    """
    if seeds < 2:
        raise ValueError(f"seeds = {seeds}: must be at least 2")
    with Batch(task, seeds, **dict(config or {})) as batch:
        headline = batch.layout.headline
        ours = episode_values(batch, None)
        chance = episode_values(batch, _FLOOR)
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
) -> list[TaskFigures]:
    """Returns the table.

    Args:
        tasks: Their names; None for all.
        seeds: Episodes of each policy.
        config: Of every batch, beside the defaults.
        progress: Called with what is done, the total and a note.
    """
    names = task_names() if tasks is None else tasks
    table = []
    for done, task in enumerate(names):
        progress(done, len(names), task)
        table.append(evaluate_task(task, seeds, config))
    return table
