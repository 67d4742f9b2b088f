"""`volery eval tasks`: how well the scripted policy of each task does, as a table."""

from __future__ import annotations

import argparse
from typing import Any

from volery.cli.common import Progress, config_from

HEAD = ["task", "agents", "baseline", "counts", "baseline mean", "random mean", "difference"]
HEAD += ["bound", "share", "beats random"]


def figures(arguments: argparse.Namespace) -> list[Any]:
    """Measures what the command line asks for."""
    from volery import task_evaluation

    seeds = 4 if arguments.quick else arguments.seeds
    config = {"num_threads": arguments.threads, **config_from(arguments.settings)}
    with Progress("tasks", 1) as bar:

        def show(done: int, total: int, note: str) -> None:
            bar.resize(total)
            bar.update(done, note)

        return task_evaluation.evaluate(arguments.task, seeds, config, show, arguments.first_seed)


def cells(found: Any) -> list[str]:
    """Returns the line of a task."""
    return [
        found.task,
        str(found.num_agents),
        found.baseline,
        f"{found.headline}, {'lower' if found.lower_is_better else 'higher'} is better",
        _estimate(found.score),
        _estimate(found.floor),
        _estimate(found.difference),
        "-" if found.bound is None else f"{found.bound:.4g}",
        "-" if found.share is None else f"{found.share:.0%}",
        "yes" if found.beats_floor else "no",
    ]


def _estimate(estimate: Any) -> str:
    return f"{estimate.mean:.3g} [{estimate.low:.3g}, {estimate.high:.3g}]"
