"""What the checks of `volery.testing` compare with: no tolerances, and the place is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from volery.vector_env import VectorEnv

ACTION_SEED = 7


def assert_same(one: Any, other: Any, where: str) -> None:
    """Compares arrays, numbers, and dicts, tuples and object arrays of them, exactly.

    Numbers of different width are the same where their values are.

    Raises:
        AssertionError: Naming the place where they differ.
    """
    if isinstance(one, Mapping) or isinstance(other, Mapping):
        assert isinstance(one, Mapping), f"{where}: {one!r} is no dict"
        assert isinstance(other, Mapping), f"{where}: {other!r} is no dict"
        assert set(one) == set(other), f"{where}: keys {sorted(one)} and {sorted(other)}"
        for key in one:
            assert_same(one[key], other[key], f"{where}[{key!r}]")
    elif isinstance(one, tuple | list):
        assert len(one) == len(other), f"{where}: lengths {len(one)} and {len(other)}"
        for i, (a, b) in enumerate(zip(one, other, strict=True)):
            assert_same(a, b, f"{where}[{i}]")
    elif isinstance(one, np.ndarray) and one.dtype == object:
        assert_same(list(one), list(other), where)
    elif isinstance(one, np.ndarray):
        assert isinstance(other, np.ndarray), f"{where}: {other!r} is no array"
        assert one.shape == other.shape, f"{where}: shapes {one.shape} and {other.shape}"
        different = np.argwhere(one != other)
        if len(different):
            first = tuple(different[0].tolist())
            raise AssertionError(
                f"{where}: {len(different)} entries differ, the first at {first}: "
                f"{one[first].item()!r} and {other[first].item()!r}"
            )
    else:
        assert one == other, f"{where}: {one!r} and {other!r}"


def random_actions(env: VectorEnv, num_steps: int) -> NDArray[np.float32]:
    """Returns the same random actions at each call, (num_steps, *action_space.shape)."""
    space = env.single_action_space
    assert isinstance(space, gymnasium.spaces.Box)
    draws = np.random.default_rng(ACTION_SEED).random((num_steps, env.num_envs, *space.shape))
    scaled: NDArray[np.float32] = (space.low + draws * (space.high - space.low)).astype(np.float32)
    return scaled


def leaves(data: Any) -> list[NDArray[Any]]:
    """Returns the arrays of nested dicts and sequences."""
    if isinstance(data, Mapping):
        return [leaf for value in data.values() for leaf in leaves(value)]
    if isinstance(data, tuple | list):
        return [leaf for value in data for leaf in leaves(value)]
    return [data]


def copied(data: Any) -> Any:
    """Returns the same nesting with copies of the arrays."""
    if isinstance(data, Mapping):
        return {key: copied(value) for key, value in data.items()}
    if isinstance(data, tuple):
        return tuple(copied(value) for value in data)
    return data.copy()


def rows_of(data: Any, rows: Any) -> Any:
    """Returns some rows of an array, or of each array of a dict."""
    if isinstance(data, Mapping):
        return {key: value[rows] for key, value in data.items()}
    return data[rows]


def differ(one: Any, other: Any) -> bool:
    """Returns whether any two arrays differ."""
    return any((a != b).any() for a, b in zip(leaves(one), leaves(other), strict=True))


def outside(env: VectorEnv, observation: Any) -> str:
    """Says where an observation lies outside its space."""
    space = env.observation_space
    if isinstance(space, gymnasium.spaces.Dict):
        bad = [k for k, v in observation.items() if not space[k].contains(v)]
        return f"observation groups outside their space: {bad}"
    assert isinstance(space, gymnasium.spaces.Box)
    if observation.shape != space.shape or observation.dtype != space.dtype:
        return f"observation has shape {observation.shape}, dtype {observation.dtype}"
    worst = tuple(np.argwhere(~((observation >= space.low) & (observation <= space.high)))[0])
    name = env.batch.layout.observation[worst[-1]].name
    bounds = f"[{space.low[worst]}, {space.high[worst]}]"
    return f"observation column {name} = {observation[worst]!r} outside {bounds}"


def check_array(array: Any, shape: tuple[int, ...], dtype: Any, what: str) -> None:
    """Checks type, shape and dtype."""
    assert isinstance(array, np.ndarray), f"{what}: {type(array)}"
    assert array.shape == shape, f"{what}: shape {array.shape}, not {shape}"
    assert array.dtype == dtype, f"{what}: dtype {array.dtype}, not {dtype}"


def check_info(info: Mapping[str, Any], count: int, where: str) -> None:
    """Each key has one entry per environment and a mask beside it, as Gymnasium has it."""
    for key, value in info.items():
        if key.startswith("_"):
            check_array(value, (count,), np.bool_, f"{where}[{key!r}]")
            continue
        assert f"_{key}" in info, f"{where}: no mask for {key!r}"
        if isinstance(value, Mapping):
            check_info(value, count, f"{where}[{key!r}]")
        else:
            assert value.shape == (count,), f"{where}[{key!r}]: shape {value.shape}"


def check_apart(results: list[Any]) -> None:
    """Checks that no two results share memory."""
    arrays = [leaves(result) for result in results]
    for i, ours in enumerate(arrays):
        for theirs in arrays[i + 1 :]:
            shared = any(np.shares_memory(a, b) for a in ours for b in theirs)
            assert not shared, "copy=True: two results share memory"


def check_raises(error: type[Exception], text: str, call: Callable[[], object]) -> None:
    """Checks that a call is refused with the error, and that its message holds the text."""
    try:
        call()
    except error as caught:
        message = str(caught)
    except Exception as caught:
        raise AssertionError(f"{type(caught).__name__}, not {error.__name__}: {caught}") from caught
    else:
        raise AssertionError(f"no {error.__name__} about {text!r} was raised")
    assert text in message, f"the message lacks {text!r}: {message}"
