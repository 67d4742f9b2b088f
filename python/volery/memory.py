"""Memory that protocols keep beside the engine's state, in snapshots.

A protocol that remembers anything gives it away and takes it back by a pair of methods:

    def snapshot(self, worlds):            # (n,) int64
        return {"known": self.known[worlds]}

    def restore(self, memory, worlds):
        self.known[worlds] = memory["known"]

`Batch.snapshot` appends what the first returns to the engine's bytes, and `Batch.restore` hands it
to the second. Arrays are numbers by name whose first axis is the worlds; nothing is pickled.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

Memory = Mapping[str, NDArray[Any]]
Worlds = NDArray[np.int64]

_MAGIC = b"VOLMEM1\n"
_SIZE = struct.Struct("<Q")
_CHECK = struct.Struct("<I")
# the name under which the arrays say whose they are; no keyword can be it
_OWNER = "whose memory"


class Remembering(Protocol):
    """What has memory to be kept in snapshots."""

    def snapshot(self, worlds: Worlds) -> Mapping[str, ArrayLike]:
        """Returns its memory of some worlds (n,): arrays (n, ...) by name."""

    def restore(self, memory: Memory, worlds: Worlds) -> None:
        """Takes it back, for as many worlds."""


def owner_of(protocol: object) -> Remembering | None:
    """Returns what remembers behind a callable that was attached to a radio, or None.

    That is the callable itself or, of a bound method, its object, where it has both methods and
    they are not those of `volery.Protocol`, which remembers nothing.
    """
    owner = getattr(protocol, "__self__", protocol)
    for name in ("snapshot", "restore"):
        method = getattr(type(owner), name, None)
        if method is None or getattr(method, "remembers_nothing", False):
            return None
    return cast(Remembering, owner)


def name_of(owner: Remembering) -> str:
    """Returns the name by which a snapshot knows whose memory it holds."""
    return f"{type(owner).__module__}.{type(owner).__qualname__}"


def packed(engine: bytes, owner: Remembering, worlds: Worlds) -> bytes:
    """Returns a snapshot of the engine with the owner's memory behind it.

    Raises:
        TypeError: Where the owner returns something else than numbers by name.
        ValueError: Where an array has not one row per world.
    """
    given = owner.snapshot(worlds)
    if not isinstance(given, Mapping):
        raise TypeError(f"{name_of(owner)}.snapshot: must return a dict of arrays, not {given!r}")
    arrays: dict[str, NDArray[Any]] = {}
    for name, value in given.items():
        array = np.asarray(value)
        if not isinstance(name, str) or array.dtype.kind not in "biufcSU":
            raise TypeError(f"{name_of(owner)}.snapshot: {name!r} must be an array of numbers")
        if array.shape[:1] != worlds.shape:
            raise ValueError(
                f"{name_of(owner)}.snapshot: {name!r} has shape {array.shape}, must begin with "
                f"{worlds.size}, one row per world"
            )
        arrays[name] = array
    file = io.BytesIO()
    np.savez(file, **{_OWNER: np.array(name_of(owner))}, **arrays)  # type: ignore[arg-type]
    body = _MAGIC + _SIZE.pack(len(engine)) + engine + file.getvalue()
    return body + _CHECK.pack(zlib.crc32(body))


def unpacked(snapshot: bytes) -> tuple[bytes, str, dict[str, NDArray[Any]] | None]:
    """Returns the engine's part of a snapshot, whose memory is behind it, and that memory or None.

    Raises:
        ValueError: For a damaged one.
    """
    if not snapshot.startswith(_MAGIC):
        return snapshot, "", None
    body, check = snapshot[: -_CHECK.size], snapshot[-_CHECK.size :]
    first = len(_MAGIC) + _SIZE.size
    if len(body) < first or zlib.crc32(body) != _CHECK.unpack(check)[0]:
        raise ValueError("restore: the snapshot is damaged (its checksum does not match)")
    (size,) = _SIZE.unpack(body[len(_MAGIC) : first])
    with np.load(io.BytesIO(body[first + size :]), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    owner = str(arrays.pop(_OWNER))
    return body[first : first + size], owner, arrays


def checked(owner: Remembering | None, name: str, memory: Memory | None) -> None:
    """Throws where a batch cannot take what a snapshot holds, or lacks what it needs.

    Args:
        owner: What remembers in the batch.
        name: Whose memory the snapshot holds.
        memory: That memory.

    Raises:
        ValueError: Where they do not belong together.
    """
    if memory is None:
        if owner is not None:
            raise ValueError(
                f"restore: the snapshot holds no memory of {name_of(owner)}; take it from a batch "
                "with the same protocol"
            )
        return
    if owner is None or name_of(owner) != name:
        whose = "none" if owner is None else name_of(owner)
        raise ValueError(
            f"restore: the snapshot holds the memory of {name}, the batch's protocol is {whose}"
        )
