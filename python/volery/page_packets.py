"""A log of packets that never holds more than it may: whole steps are left out, evenly."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

PACKET = np.dtype(
    [
        ("time_s", "f8"),  # when it was sent
        ("delay_s", "f4"),  # until it is observed, of delivered ones
        ("sender", "i4"),
        ("receiver", "i4"),
        ("fate", "u1"),
        ("bytes", "i4"),
        ("distance_m", "f4"),
    ]
)


class PacketLog:
    """Keeps the packets of every step, or of every second, fourth, ... where they are too many.

    What is kept of a step is all of it: half of the links of a moment would be a wrong picture, a
    picture now and then is a right one. Where a single step has very many, those of some senders
    are kept, and everything that these sent.

    Args:
        capacity: Packets kept at most, unless one sender has more in one step.

    Attributes:
        total: Packets added.
        stride: The packets of one in so many steps are kept
        sender_stride: of one in so many senders.
    """

    # of the capacity that one step may take
    _STEP_SHARE = 1 / 16

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self.stride = 1
        self.sender_stride = 1
        self._steps: list[tuple[int, NDArray[Any]]] = []
        self._held = 0
        self.total = 0

    def wants(self, step: int) -> bool:
        """True where packets of a step would be kept; those of others need only be counted."""
        return step % self.stride == 0

    def add(self, step: int, packets: NDArray[Any]) -> None:
        """Adds the packets of a step, structured as `PACKET`."""
        self.total += len(packets)
        if not self.wants(step):
            return
        packets = packets[packets["sender"] % self.sender_stride == 0]
        while len(packets) > self._capacity * self._STEP_SHARE and len(packets) > 1:
            if len(np.unique(packets["sender"])) == 1:
                break
            self.sender_stride *= 2
            packets = packets[packets["sender"] % self.sender_stride == 0]
            self._steps = [(s, p[p["sender"] % self.sender_stride == 0]) for s, p in self._steps]
        self._steps.append((step, packets))
        self._held = sum(len(p) for _, p in self._steps)
        while self._held > self._capacity and len(self._steps) > 1:
            self.stride *= 2
            self._steps = [(s, p) for s, p in self._steps if s % self.stride == 0]
            self._held = sum(len(p) for _, p in self._steps)

    def result(self) -> NDArray[Any]:
        """Returns the packets kept, by time."""
        kept = [packets for _, packets in self._steps]
        return np.concatenate(kept) if kept else np.zeros(0, PACKET)
