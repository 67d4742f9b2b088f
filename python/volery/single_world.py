"""What the environments of one world share: the batch behind them."""

from __future__ import annotations

from typing import Any

from volery.arguments import ObservationMode, any_seed, check_single, checked_choice
from volery.batch import Batch


def batch_of_one(
    task: str, why: str, *, obs: ObservationMode, seed: int | None, **config: Any
) -> Batch:
    """Returns the batch of one world, whose episodes begin when its environment says so.

    Args:
        task: Name of the task.
        why: The end of the message about a setting of batches, which such an environment lacks.
        obs: "flat" or "dict".
        seed: Of the first reset without one; entropy of the system where None.
        **config: Further arguments of `Batch`.

    Raises:
        TypeError: For a setting of batches, or as `Batch` does.
        ValueError: As `Batch` does.
    """
    check_single(config, why)
    checked_choice("obs", obs, ("flat", "dict"))
    seed = any_seed() if seed is None else seed
    return Batch(task, seed=seed, autoreset="disabled", obs=obs, **config)
