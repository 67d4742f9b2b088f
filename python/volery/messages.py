"""Messages in Python: a single one, and what all agents of all worlds send and hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from volery.buffers import Floats

BROADCAST = -1
REPLY = -2


@dataclasses.dataclass(frozen=True)
class Message:
    """A message as its receiver holds it.

    Attributes:
        data: (M,) float32 in [-1, 1]; a one-hot vector for tokens; bytes or str for those payloads.
        age_s: Since it was handed over.
        range_m: Distance of the sender when it was sent; None where it is not measured.
        bearing: (3,) its direction then, unit, in the receiver's body frame; or None.
        sender: Index of the sender; None where senders are anonymous.
    """

    data: Floats | bytes | str
    age_s: float
    range_m: float | None
    bearing: Floats | None
    sender: int | None


@dataclasses.dataclass
class Outbox:
    """What every agent sends in the next step; zeros where nothing was written.

    Attributes:
        data: (W, A, M) float32: numbers in [-1, 1], scores of tokens, or bytes 0..255.
        send: (W, A) bool: only these are sent.
        to: (W, A) int32: an agent, BROADCAST, REPLY, or the number of agents plus a group.
        channel: (W, A) int32
        length: (W, A) int32, bytes of `data` that are sent; of payloads of bytes and text.
    """

    data: Floats
    send: NDArray[np.bool_]
    to: NDArray[np.int32]
    channel: NDArray[np.int32]
    length: NDArray[np.int32]

    def clear(self) -> None:
        """Nobody sends."""
        self.data[:] = 0
        self.send[:] = False
        self.to[:] = BROADCAST
        self.channel[:] = 0
        self.length[:] = 0


@dataclasses.dataclass(frozen=True)
class Inbox:
    """What every agent holds, the filled slots first.

    Attributes:
        valid: (W, A, K) bool
        data: (W, A, K, M) float32
        age_s: (W, A, K) float32
        range_m: (W, A, K) float32; None where it is not measured.
        bearing: (W, A, K, 3) float32; None where it is not measured.
        sender: (W, A, K) int32, -1 where the slot is empty; None where senders are anonymous.
        length: (W, A, K) int32; None for payloads without a length.
    """

    valid: NDArray[np.bool_]
    data: Floats
    age_s: Floats
    range_m: Floats | None
    bearing: Floats | None
    sender: NDArray[np.int32] | None
    length: NDArray[np.int32] | None


Protocol = Callable[[Inbox, Outbox], None]


def empty_outbox(shape: tuple[int, int], payload_size: int) -> Outbox:
    """Returns an outbox in which nobody of (W, A) sends, with room for M = `payload_size` each."""
    return Outbox(
        np.zeros((*shape, payload_size), np.float32),
        np.zeros(shape, np.bool_),
        np.full(shape, BROADCAST, np.int32),
        np.zeros(shape, np.int32),
        np.zeros(shape, np.int32),
    )


def copy_outbox(given: Outbox | Mapping[str, Any], to: Outbox) -> None:
    """Copies the arrays of an outbox, or those that a dict has, into another one.

    Raises:
        TypeError: For something else.
        ValueError: For an unknown entry, a wrong shape, or values that are not finite.
    """
    known = [field.name for field in dataclasses.fields(Outbox)]
    if isinstance(given, Outbox):
        arrays = {name: getattr(given, name) for name in known}
    elif isinstance(given, Mapping):
        arrays = dict(given)
    else:
        raise TypeError(f"outbox: must be an Outbox or a dict, not {type(given).__name__}")
    for name, value in arrays.items():
        if name not in known:
            raise ValueError(f"outbox: unknown entry {name!r}; there are {', '.join(known)}")
        array = np.asarray(value)
        target = getattr(to, name)
        if array.shape != target.shape:
            raise ValueError(f"outbox[{name!r}]: has shape {array.shape}, must be {target.shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"outbox[{name!r}]: every value must be finite")
        target[...] = array
