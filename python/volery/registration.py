"""Gymnasium ids of the tasks, and `make_vec`."""

from __future__ import annotations

import enum
from typing import Any, Literal

import gymnasium

from volery import _volery
from volery.arguments import ObservationMode
from volery.gpd_registration import IDS as GPD_IDS
from volery.task_registry import on_register, task_names
from volery.vector_env import VectorEnv

NAMESPACE = "Volery"
VERSION = 0


def env_id(task: str) -> str:
    """Returns the id of a task: "Volery/Hover-v0" for "hover"."""
    name = "".join(word.capitalize() for word in task.split("_"))
    return f"{NAMESPACE}/{name}-v{VERSION}"


def env_ids() -> dict[str, str]:
    """Returns the ids of all tasks with the tasks' names."""
    return {env_id(name): name for name in task_names()}


def register_tasks() -> None:
    """Registers every task with Gymnasium, once, and those that Python adds as they come."""
    for task in task_names():
        _register(task)
    on_register(_register)


def _register(task: str) -> None:
    if env_id(task) in gymnasium.registry:
        return
    # strings, so that specs can be pickled and written as JSON
    gymnasium.register(
        id=env_id(task),
        entry_point="volery.single_env:Env",
        vector_entry_point="volery.vector_env:VectorEnv",
        kwargs={"task": task},
    )


def make_vec(
    id: str,  # noqa: A002 - Gymnasium's name for it
    num_envs: int = 1,
    *,
    num_agents: int | None = None,
    action: str = "",
    autoreset: str | enum.Enum = "next_step",
    num_threads: int = 1,
    rows: Literal["worlds", "agents"] = "worlds",
    copy: bool = True,
    obs: ObservationMode = "flat",
    **config: Any,
) -> VectorEnv:
    """Makes a vector environment.

    Args:
        id: "Hover-v0", "Volery/Hover-v0" or the task's name "hover".
        num_envs: Number of environments.
        num_agents: Agents per world; the task's default where None.
        action: Action level; the task's default where empty.
        autoreset: "next_step", "same_step", "disabled" or a `gymnasium.vector.AutoresetMode`.
        num_threads: Workers; 0 is one per core.
        rows: "worlds": each world is an environment; "agents": each agent is.
        copy: Every call returns new arrays.
        obs: "flat" or "dict".
        **config: Any other argument of `volery.VectorEnv`.

    Raises:
        TypeError: For a value of the wrong type.
        ValueError: For an unknown id or name, or a value out of range.
    """
    return gymnasium.make_vec(  # type: ignore[return-value]
        _known_id(id),
        num_envs=num_envs,
        num_agents=num_agents,
        action=action,
        autoreset=autoreset,
        num_threads=num_threads,
        rows=rows,
        copy=copy,
        obs=obs,
        **config,
    )


def _known_id(name: str) -> str:
    if not isinstance(name, str):
        raise TypeError(f"id: must be a string, not {type(name).__name__}")
    ids = [*env_ids(), *GPD_IDS]
    for candidate in (name, f"{NAMESPACE}/{name}", env_id(name)):
        if candidate in ids:
            return candidate
    short = [known.removeprefix(f"{NAMESPACE}/") for known in ids]
    hint = _volery.nearest_name(name.removeprefix(f"{NAMESPACE}/"), short)
    raise ValueError(f"id = {name!r}: no such environment{hint}")
