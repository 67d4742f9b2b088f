"""Gymnasium spaces from the layout of a batch."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces

from volery._volery import Column, Layout


def action_space(layout: Layout, num_agents: int | None = None) -> spaces.Box:
    """Returns Box (U,) for one agent, or Box (A, U) for `num_agents` of them."""
    return _box(layout.action, (len(layout.action),), num_agents)


def observation_space(
    layout: Layout, as_dict: bool, num_agents: int | None = None
) -> spaces.Space[Any]:
    """Returns the space of one agent's observation, or of `num_agents` of them.

    Args:
        layout: Of the batch.
        as_dict: One Box per group by name instead of one Box (O,).
        num_agents: Leading axis A, where the observation of a whole world is meant.
    """
    if not as_dict:
        return _box(layout.observation, (len(layout.observation),), num_agents)
    columns = layout.observation
    return spaces.Dict(
        {
            group.name: _box(
                columns[group.first : group.first + group.count], group.shape, num_agents
            )
            for group in layout.groups
        }
    )


def _box(columns: list[Column], shape: tuple[int, ...], num_agents: int | None) -> spaces.Box:
    low = np.array([c.low for c in columns], dtype=np.float32).reshape(shape)
    high = np.array([c.high for c in columns], dtype=np.float32).reshape(shape)
    if num_agents is not None:
        low = np.broadcast_to(low, (num_agents, *shape)).copy()
        high = np.broadcast_to(high, (num_agents, *shape)).copy()
    return spaces.Box(low, high, dtype=np.float32)
