"""Gymnasium ids of gym-pybullet-drones' environments."""

from __future__ import annotations

import gymnasium

# id -> the engine's task
IDS = {
    "Volery/GpdHover-v0": "hover",
    "Volery/GpdMultiHover-v0": "multi_hover",
    "Volery/GpdCtrl-v0": "ctrl",
    "Volery/GpdVelocity-v0": "velocity",
}

_OLD_IDS = {
    "ctrl-aviary-v0": "CtrlAviary",
    "velocity-aviary-v0": "VelocityAviary",
    "hover-aviary-v0": "HoverAviary",
    "multihover-aviary-v0": "MultiHoverAviary",
}


def register_gpd() -> None:
    """Registers the environments with Gymnasium, once."""
    for name, task in IDS.items():
        if name not in gymnasium.registry:
            gymnasium.register(
                id=name,
                entry_point="volery.compat.gpd_single_env:GpdEnv",
                vector_entry_point="volery.compat.gpd_vector_env:GpdVectorEnv",
                kwargs={"task": task},
            )


def register_old_ids() -> None:
    """Registers the original's ids for the compatible classes, unless the original has them."""
    for name, class_name in _OLD_IDS.items():
        if name not in gymnasium.registry:
            entry = f"volery.compat.gpd.envs.{class_name}:{class_name}"
            gymnasium.register(id=name, entry_point=entry)


NO_PICTURES = (
    "environments with gym-pybullet-drones' physics have neither pictures nor recordings; "
    "Volery's own (Volery/Hover-v0, ...) have both"
)


def check_task(task: object) -> None:
    """Raises ValueError where someone asks `volery.Batch` for one of the environments above."""
    short = {name.removeprefix("Volery/").removesuffix("-v0") for name in IDS}
    if isinstance(task, str) and task in {*IDS, *short}:
        raise ValueError(
            f"task = {task!r}: is an environment (gymnasium.make, make_vec) and no task; "
            f"{NO_PICTURES}"
        )


def batch_refusal(physics: object) -> str:
    """Returns what to tell someone who asks `volery.Batch` for physics."""
    message = (
        f"physics = {physics!r}: a batch has no such setting; its effects are switches of `flight`"
    )
    if physics == "gpd":
        message = (
            "physics = 'gpd': gym-pybullet-drones' physics has environments of its own; use "
            f"{', '.join(IDS)} (gymnasium.make, make_vec) or the classes of volery.compat.gpd"
        )
    return message
