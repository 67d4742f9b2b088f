"""Agents of worlds as rows of a vector environment: how many worlds, and which configs allow it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from volery.arguments import checked_count
from volery.batch import Batch

# on_crash values under which an agent may leave its world before the others
_EARLY_DEATHS = ("terminate_agent", "freeze")


def split_rows(
    task: str, num_envs: int, num_agents: int | None, config: Mapping[str, Any]
) -> tuple[int, int]:
    """Returns agents per world and number of worlds for `num_envs` rows of agents."""
    if num_agents is None:
        # only the task knows its default, and telling it takes building one world
        with Batch(task, 1, **{**config, "num_threads": 1}) as probe:
            num_agents = probe.num_agents
    num_agents = checked_count("num_agents", num_agents)
    if num_envs % num_agents:
        raise ValueError(
            f"num_envs = {num_envs}: with rows='agents' it counts agents and must be a multiple of "
            f"num_agents = {num_agents}"
        )
    return num_agents, num_envs // num_agents


def check_rows(config: Mapping[str, Any], num_agents: int) -> None:
    """Refuses configs under which the agents of a world begin or end apart.

    Args:
        config: Of the batch, with every default filled in.
        num_agents: Agents per world.

    Raises:
        ValueError: Where they do.
    """
    if num_agents == 1:
        return
    on_crash = config["on_crash"]
    if on_crash in _EARLY_DEATHS:
        raise ValueError(
            f"rows='agents' with on_crash = {on_crash!r}: a crashed agent would end before the "
            f"others of its world, but worlds are reset whole; use on_crash='terminate_world', "
            f"'respawn' or 'continue', or rows='worlds'"
        )
    if any(config["join_s"]):
        raise ValueError(
            "rows='agents' with join_s: an agent that joins late would begin after the others of "
            "its world, but worlds are reset whole; use rows='worlds'"
        )
