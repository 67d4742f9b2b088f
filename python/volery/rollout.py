"""Open-loop rollouts: one world, copied many times, each copy under other actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from volery import _volery, memory
from volery.arguments import checked_bytes
from volery.buffers import Floats

if TYPE_CHECKING:
    from volery.batch import Batch

RESULTS = ("observation", "reward", "terminated", "truncated", "reward_terms")


def checked_plan(actions: object, shape: tuple[int, int]) -> Floats:
    """Returns actions (T, B, A, U) as a rollout takes them.

    Args:
        actions: What was given.
        shape: (A, U).

    Raises:
        TypeError: Where it is no array of float32.
        ValueError: For another shape, or other strides.
    """
    if not isinstance(actions, np.ndarray):
        raise TypeError(f"actions: must be a numpy.ndarray, not {type(actions).__name__}")
    if actions.dtype != np.float32:
        raise TypeError(f"actions: dtype must be float32, not {actions.dtype}")
    if actions.ndim != 4 or actions.shape[2:] != shape or 0 in actions.shape[:2]:
        wanted = f"(T, B, {shape[0]}, {shape[1]}) with T and B of at least 1"
        raise ValueError(f"actions: shape must be {wanted}, not {actions.shape}")
    if not actions.flags.c_contiguous:
        raise ValueError("actions: must be C-contiguous")
    return actions


def checked_record(record: Sequence[str], fields: Sequence[str]) -> list[str]:
    """Returns the names of what a rollout shall record.

    Args:
        record: What was given.
        fields: Names of the state's fields.

    Raises:
        TypeError: Where it is a single string.
        ValueError: For an unknown name.
    """
    if isinstance(record, str):
        raise TypeError(f"record: must be a list of names, not {record!r}")
    known = [*RESULTS, *fields]
    for name in record:
        if name not in known:
            hint = _volery.nearest_name(str(name), known)
            raise ValueError(f"record: {name!r} is no result and no field of the state{hint}")
    return list(record)


def rolled_out(
    batch: Batch, snapshot: object, actions: object, record: Sequence[str]
) -> dict[str, NDArray[Any]]:
    """Does what `Batch.rollout` says; the arguments are not checked yet."""
    state = checked_bytes(snapshot)
    plan = checked_plan(actions, (batch.num_agents, batch.action_size))
    names = checked_record(record, [field.name for field in batch.state_fields])
    if batch.closed:
        raise RuntimeError("the batch is closed")
    return play(_branches_of(batch, plan.shape[1], "reward_terms" in names), state, plan, names)


def _branches_of(batch: Batch, width: int, with_terms: bool) -> Batch:
    """Returns a batch of copies of a world, the one of the last rollout where it fits."""
    from volery.batch import Batch

    kept = batch._branches
    if kept is not None and kept.num_worlds == width and kept._with_terms == with_terms:
        return kept
    if kept is not None:
        kept.close()
    # after an end the engine may begin what it likes: those steps are not reported
    config = {**batch.config, "num_worlds": width, "autoreset": "next_step"}
    protocol, options = batch._protocol_arguments
    batch._branches = Batch(
        **config, reward_terms=with_terms, protocol=protocol, protocol_config=options
    )
    return batch._branches


def play(
    branches: Batch, snapshot: bytes, actions: Floats, record: Sequence[str]
) -> dict[str, NDArray[Any]]:
    """Returns what became of the branches.

    Args:
        branches: A batch of B worlds that nobody else uses.
        snapshot: Of one world.
        actions: (T, B, A, U), checked.
        record: Names, checked.
    """
    state, name, remembered = memory.unpacked(snapshot)
    branches._engine.branch(state)
    steps, width = actions.shape[:2]
    every = np.arange(width)
    owner = branches._remembering()
    if owner is not None and remembered is not None and memory.name_of(owner) == name:
        owner.restore({key: np.repeat(rows, width, 0) for key, rows in remembered.items()}, every)
    elif branches._protocol is not None:
        branches._protocol.reset(every)
    going = np.ones(width, np.bool_)
    played: dict[str, NDArray[Any]] = {"alive": np.zeros((steps, width), np.bool_)}
    for t in range(steps):
        played["alive"][t] = going
        observation, reward, terminated, truncated, info = branches.step(actions[t])
        values: dict[str, Any] = {
            "observation": observation,
            "reward": reward,
            "terminated": terminated,
            "truncated": truncated,
            "reward_terms": info.get("reward_terms"),
        }
        for name in record:
            value = values[name] if name in values else branches.state(name)
            if name not in played:
                played[name] = np.zeros((steps, *value.shape), value.dtype)
            played[name][t] = value
            # what comes after the end of a branch's episode is another episode
            if not going.all():
                before = 0 if name in values else played[name][t - 1][~going]
                played[name][t][~going] = before
        going &= ~info["ended"]
        if not going.any():
            _fill(played, t, record)
            break
    return played


def _fill(played: dict[str, NDArray[Any]], last: int, record: Sequence[str]) -> None:
    """Once no branch goes on: fields of the state stay as they are, all else is 0 already."""
    for name in record:
        if name not in RESULTS:
            played[name][last + 1 :] = played[name][last]
