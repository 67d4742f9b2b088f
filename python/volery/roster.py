"""Who is who in a world: names, teams, and what of an action each agent has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium.spaces import Box
from numpy.typing import NDArray

from volery import spaces
from volery._volery import Layout
from volery.arguments import checked_count
from volery.buffers import Floats


def action_mask(layout: Layout) -> NDArray[np.bool_]:
    """Returns the columns of an action that each agent has.

    In worlds of several types of vehicle an action row is as wide as the widest type takes; the
    others read their first columns of it. Columns behind those of the control level are everyone's.

    Args:
        layout: Of the batch.

    Returns:
        (A, U) bool.
    """
    sizes = np.array(layout.control_sizes)
    columns = np.arange(layout.action_size)
    own = sizes[np.arange(layout.num_agents) % sizes.size]
    mask: NDArray[np.bool_] = (columns < own[:, None]) | (columns >= sizes.max())
    return mask


def checked_teams(teams: object, config: Mapping[str, Any]) -> dict[str, int]:
    """Returns the teams of a world, name and number of agents, in the order of the agents.

    Raises:
        TypeError: Where it is no dict of numbers by name.
        ValueError: For an empty one, or where `num_agents` is given and another number.
    """
    if not isinstance(teams, Mapping) or not all(isinstance(name, str) for name in teams):
        raise TypeError(f"teams: must be a dict of numbers by name, not {teams!r}")
    if not teams:
        raise ValueError("teams: must name at least one team")
    sizes = {name: checked_count(f"teams[{name!r}]", size) for name, size in teams.items()}
    total, given = sum(sizes.values()), config.get("num_agents")
    if given is not None and given != total:
        raise ValueError(f"teams: hold {total} agents, but num_agents = {given}")
    return sizes


class Roster:
    """The agents of a world by name.

    Args:
        layout: Of the batch.
        teams: Name and number of agents, or None: everyone is "agent" and no team.
        own_spaces: Actions are cut to what the agent's vehicle takes.

    Attributes:
        names: Of all agents, in order: "red_0", "red_1", "blue_0", ...
        teams: Names of the agents of each team.
        actions: The action space of each agent.
    """

    def __init__(self, layout: Layout, teams: Mapping[str, int] | None, own_spaces: bool) -> None:
        sizes = teams or {"agent": layout.num_agents}
        self.teams = {team: [f"{team}_{i}" for i in range(n)] for team, n in sizes.items()}
        self.names = [name for members in self.teams.values() for name in members]
        self._team = np.repeat(np.arange(len(sizes)), list(sizes.values()))
        self.mask = action_mask(layout)
        self.columns = [
            np.flatnonzero(row if own_spaces else np.ones_like(row)) for row in self.mask
        ]
        whole = spaces.action_space(layout)
        # a space each: PettingZoo's users seed them one by one
        self.actions = {
            name: Box(whole.low[columns], whole.high[columns], dtype=np.float32)
            for name, columns in zip(self.names, self.columns, strict=True)
        }

    def shared(self, reward: Floats, share: float) -> Floats:
        """Returns rewards of which a share is the mean over the agent's own team.

        Args:
            reward: (A,) of each agent, 0 of those that are dead, who count in the mean.
            share: 0: everyone's own; 1: all of a team get the same.
        """
        means = np.array(
            [reward[self._team == t].mean(dtype=np.float64) for t in np.unique(self._team)]
        )
        mixed: Floats = ((1 - share) * reward + share * means[self._team]).astype(np.float32)
        return mixed
