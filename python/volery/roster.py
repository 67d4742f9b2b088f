"""Who is who in a world: names, teams, and what of an action each agent has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def checked_teams(teams: object, config: Mapping[str, Any]) -> list[str]:
    """Returns the team of each agent by name, as the config has them: taken in turn.

    Args:
        teams: Name and number of agents of each team, in the order of the agents; or the team of
            each agent, taken in turn.
        config: What else was given.

    Raises:
        TypeError: Where it is neither.
        ValueError: For an empty one, or where `num_agents` is given and another number.
    """
    if isinstance(teams, Mapping):
        if not all(isinstance(name, str) for name in teams):
            raise TypeError(f"teams: must be a dict of numbers by name, not {teams!r}")
        sizes = {name: checked_count(f"teams[{name!r}]", size) for name, size in teams.items()}
        named = [name for name, size in sizes.items() for _ in range(size)]
        given = config.get("num_agents")
        if given is not None and given != len(named):
            raise ValueError(f"teams: hold {len(named)} agents, but num_agents = {given}")
    elif isinstance(teams, Sequence) and not isinstance(teams, str):
        named = list(teams)
        if not all(isinstance(name, str) for name in named):
            raise TypeError(f"teams: must be a list of names, not {teams!r}")
    else:
        raise TypeError(f"teams: must be a dict of numbers by name, or a list, not {teams!r}")
    if not named:
        raise ValueError("teams: must name at least one team")
    return named


class Roster:
    """The agents of a world by name.

    Args:
        layout: Of the batch.
        teams: Of the agents by name, taken in turn, or None: everyone is "agent" and no team.
        own_spaces: Actions are cut to what the agent's vehicle takes.

    Attributes:
        names: Of all agents, in order: "red_0", "red_1", "blue_0", ...
        teams: Names of the agents of each team.
        actions: The action space of each agent.
    """

    def __init__(self, layout: Layout, teams: Sequence[str] | None, own_spaces: bool) -> None:
        given = teams or ["agent"]
        of_agent = [given[i % len(given)] for i in range(layout.num_agents)]
        self.names: list[str] = []
        self.teams: dict[str, list[str]] = {}
        for team in of_agent:
            members = self.teams.setdefault(team, [])
            members.append(f"{team}_{len(members)}")
            self.names.append(members[-1])
        self._team = np.array([list(self.teams).index(team) for team in of_agent])
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
