"""The tasks as PettingZoo environments.

    >>> import volery
    >>> env = volery.parallel_env("formation", num_agents=8)

and by task, as PettingZoo's own families have them:

    >>> from volery.zoo import formation_v0
    >>> env = formation_v0.parallel_env(num_agents=8)

PettingZoo is imported when an environment is made: `pip install volery[pettingzoo]`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from volery import _volery
from volery.task_registry import task_names

if TYPE_CHECKING:
    from pettingzoo import AECEnv

    from volery.adapters.pettingzoo import WorldEnv

_SUFFIX = "_v0"


class TaskEnvs(NamedTuple):
    """What a module of PettingZoo offers, for one task; each takes the arguments of `WorldEnv`."""

    parallel_env: Callable[..., WorldEnv]
    env: Callable[..., AECEnv[str, Any, Any]]
    raw_env: Callable[..., AECEnv[str, Any, Any]]


def parallel_env(task: str, **arguments: Any) -> WorldEnv:
    """Makes one world whose agents act at the same time.

    Args:
        task: Name of the task.
        **arguments: Of `volery.adapters.pettingzoo.WorldEnv`: `obs`, `reward_terms`, `seed` and
            every field of the config.

    Raises:
        ImportError: Without PettingZoo.
        TypeError: For a value of the wrong type.
        ValueError: For an unknown name or a value out of range.
    """
    try:
        from volery.adapters.pettingzoo import WorldEnv
    except ImportError as error:
        raise ImportError(
            "volery.parallel_env needs PettingZoo: pip install 'volery[pettingzoo]'"
        ) from error
    return WorldEnv(task, **arguments)


def raw_env(task: str, **arguments: Any) -> AECEnv[str, Any, Any]:
    """The same with agents that act one after the other, as PettingZoo's AEC; see `parallel_env`.

    The world takes its step when the last of them has acted.
    """
    world = parallel_env(task, **arguments)
    from pettingzoo.utils.conversions import parallel_to_aec

    return parallel_to_aec(world)


def env(task: str, **arguments: Any) -> AECEnv[str, Any, Any]:
    """`raw_env` that tells who calls its methods in the wrong order."""
    inner = raw_env(task, **arguments)
    from pettingzoo.utils.wrappers import OrderEnforcingWrapper

    return OrderEnforcingWrapper(inner)


def __getattr__(name: str) -> TaskEnvs:
    tasks = {task + _SUFFIX: task for task in task_names()}
    if name not in tasks:
        hint = "" if name.startswith("_") else _volery.nearest_name(name, list(tasks))
        raise AttributeError(f"module 'volery.zoo' has no attribute {name!r}{hint}")
    task = tasks[name]
    return TaskEnvs(
        lambda **arguments: parallel_env(task, **arguments),
        lambda **arguments: env(task, **arguments),
        lambda **arguments: raw_env(task, **arguments),
    )


def __dir__() -> list[str]:
    return sorted([*globals(), *(task + _SUFFIX for task in task_names())])
