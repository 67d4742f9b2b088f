"""What the public classes share about their arguments."""

from __future__ import annotations

import enum
import operator
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from volery import _volery

ObservationMode = Literal["flat", "dict"]
MAX_SEED = 2**64 - 1


def autoreset_name(mode: str | enum.Enum) -> str:
    """Returns the engine's name of an autoreset mode.

    Args:
        mode: "next_step", "same_step", "disabled" or a `gymnasium.vector.AutoresetMode`.

    Raises:
        TypeError: Where it is neither.
    """
    # by its name, so that this module needs no gymnasium; the engine refuses unknown names
    if isinstance(mode, enum.Enum):
        return mode.name.lower()
    if isinstance(mode, str):
        return mode
    raise TypeError(
        f"autoreset: must be 'next_step', 'same_step', 'disabled' or an AutoresetMode, "
        f"not {type(mode).__name__}"
    )


def checked_choice(name: str, value: object, choices: Sequence[str]) -> str:
    """Returns the value where it is one of the choices.

    Raises:
        TypeError: Where it is no string.
        ValueError: Where it is another one.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name}: must be one of {', '.join(choices)}, not {value!r}")
    if value not in choices:
        hint = _volery.nearest_name(value, list(choices))
        raise ValueError(f"{name} = {value!r}: must be one of {', '.join(choices)}{hint}")
    return value


def check_single(config: Mapping[str, Any], why: str, names: Sequence[str] = ()) -> None:
    """Checks what the environments of one world share: no batch settings.

    Args:
        config: Further arguments of the environment.
        why: The end of the message about a setting of batches.
        names: Settings of batches, beside `num_worlds` and `autoreset`.

    Raises:
        TypeError: For a setting of batches.
    """
    for name in ("num_worlds", "autoreset", *names):
        if name in config:
            raise TypeError(f"{name}: {why}")


def checked_count(name: str, value: object, low: int = 1) -> int:
    """Returns a whole number of at least `low`.

    Raises:
        TypeError: Where it is not a whole number.
        ValueError: Where it is too small.
    """
    if isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} = {value!r}: must be an integer")
    try:
        count = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"{name} = {value!r}: must be an integer") from None
    if count < low:
        raise ValueError(f"{name} = {count}: must be at least {low}")
    return count


def checked_seed(name: str, value: object) -> int:
    """Returns a seed.

    Raises:
        TypeError: Where it is not a whole number.
        ValueError: Where it is negative or needs more than 64 bits.
    """
    seed = checked_count(name, value, low=0)
    if seed > MAX_SEED:
        raise ValueError(f"{name} = {seed}: must be below 2**64")
    return seed


def any_seed() -> int:
    """Returns a seed from the system's entropy, for environments that were given none."""
    return secrets.randbits(62)


def seed_list(seed: object) -> list[Any] | None:
    """Returns the seeds where there are several, and None where it is a single one."""
    if isinstance(seed, np.ndarray):
        return list(seed) if seed.ndim else None
    if isinstance(seed, Sequence) and not isinstance(seed, str | bytes):
        return list(seed)
    return None


def checked_seeds(seeds: Sequence[object], count: int) -> NDArray[np.uint64]:
    """Returns one seed per world as the engine takes them.

    Raises:
        TypeError: Where one is not a whole number.
        ValueError: Where there are not `count` of them or one is out of range.
    """
    if len(seeds) != count:
        raise ValueError(f"seed: {len(seeds)} seeds given, must be {count} (one per world)")
    return np.array([checked_seed(f"seed[{i}]", s) for i, s in enumerate(seeds)], dtype=np.uint64)


def one_or_all_seeds(
    seed: object, count: int
) -> tuple[int, None] | tuple[None, NDArray[np.uint64] | None]:
    """Returns a seed, or else one seed per world, as the engine takes them; neither for None.

    Raises:
        TypeError: Where one is not a whole number.
        ValueError: Where there are several, but not `count` of them, or one is out of range.
    """
    if seed is None:
        return None, None
    seeds = seed_list(seed)
    if seeds is None:
        return checked_seed("seed", seed), None
    return None, checked_seeds(seeds, count)


def checked_worlds(worlds: Sequence[int] | None) -> list[int]:
    """Returns the engine's list of worlds, which is empty for all of them.

    Raises:
        TypeError: Where one is not a whole number.
        ValueError: For an empty list or a negative number.
    """
    if worlds is None:
        return []
    indices = [checked_count(f"worlds[{i}]", w, low=0) for i, w in enumerate(worlds)]
    if not indices:
        raise ValueError("worlds: must name at least one world; leave it out for all")
    return indices


def checked_bytes(snapshot: object) -> bytes:
    """Returns a snapshot.

    Raises:
        TypeError: Where it is no bytes.
    """
    if not isinstance(snapshot, bytes):
        raise TypeError(f"snapshot: must be bytes, not {type(snapshot).__name__}")
    return snapshot


def checked_mask(name: str, mask: Any, count: int) -> NDArray[np.bool_]:
    """Returns a mask of worlds, contiguous.

    Raises:
        TypeError: Where it is no array of bool.
        ValueError: Where it has another shape.
    """
    if not isinstance(mask, np.ndarray):
        raise TypeError(f"{name}: must be a numpy.ndarray of bool, not {type(mask).__name__}")
    if mask.dtype != np.bool_:
        raise TypeError(f"{name}: dtype must be bool, not {mask.dtype}")
    if mask.shape != (count,):
        raise ValueError(f"{name}: shape must be ({count},), not {mask.shape}")
    return np.ascontiguousarray(mask)
