"""What ended episodes report, in Gymnasium's format for vector environments.

In that format each key of `info` holds an array with one entry per environment, and the key with
an underscore in front a mask of the environments that the entry is about.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from volery._volery import Layout

Rows = NDArray[np.int64]


class EpisodeReport:
    """Turns the engine's report on ended worlds into rows, one per environment.

    Args:
        layout: Names of reward terms and metrics.
        merge_agents: Environments are worlds, and the numbers of a world are the means over its
            agents; otherwise each agent is an environment.
    """

    def __init__(self, layout: Layout, merge_agents: bool) -> None:
        self._merge = merge_agents
        self._num_agents = layout.num_agents
        self._terms = [t.name for t in layout.reward_terms]
        self._metrics = [m.name for m in layout.metrics]

    def rows(self, worlds: Rows) -> Rows:
        """Returns the environments of some worlds, as indices."""
        if self._merge or self._num_agents == 1:
            return worlds
        return (worlds[:, None] * self._num_agents + np.arange(self._num_agents)).ravel()

    def values(self, episodes: dict[str, NDArray[Any]]) -> dict[str, Any]:
        """Returns `r`, `l`, `terms` and `metrics` with one entry per ended environment."""
        length = episodes["length"]
        return {
            "r": self._per_env(episodes["return"]),
            "l": (length if self._merge else np.repeat(length, self._num_agents)).astype(np.int64),
            "terms": self._named(self._terms, episodes["terms"]),
            "metrics": self._named(self._metrics, episodes["metrics"]),
        }

    def _per_env(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        if self._merge:
            mean: NDArray[np.float64] = values.mean(axis=1, dtype=np.float64)
            return mean
        num_rows = values.shape[0] * values.shape[1]
        return values.reshape(num_rows, *values.shape[2:]).astype(np.float64)

    def _named(self, names: list[str], values: NDArray[np.float32]) -> dict[str, Any]:
        columns = self._per_env(values)
        return {name: columns[:, i] for i, name in enumerate(names)}


def first_entry(values: dict[str, Any]) -> dict[str, Any]:
    """Returns the report of the first environment as plain Python numbers."""
    return {
        key: first_entry(value) if isinstance(value, dict) else value[0].item()
        for key, value in values.items()
    }


def scattered(values: dict[str, Any], rows: Rows, num_envs: int) -> dict[str, Any]:
    """Returns entries of some environments as Gymnasium's `info`: full arrays and masks.

    All masks are one array: they are equal, and a copy for each key would show in the step time.
    """
    mask = np.zeros(num_envs, dtype=np.bool_)
    mask[rows] = True
    return _scattered(values, rows, mask)


def _scattered(values: dict[str, Any], rows: Rows, mask: NDArray[np.bool_]) -> dict[str, Any]:
    info: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            info[key] = _scattered(value, rows, mask)
        else:
            full = np.zeros((len(mask), *value.shape[1:]), dtype=value.dtype)
            full[rows] = value
            info[key] = full
        info[f"_{key}"] = mask
    return info
