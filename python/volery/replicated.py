"""State that every agent keeps a copy of and the radio keeps alike: counter, map and set.

Each is a conflict-free replicated data type (M. Shapiro, N. Preguica, C. Baquero, M. Zawirski:
"Conflict-free replicated data types", SSS 2011): copies are merged by a function that is
commutative, associative and idempotent, so that lost, late, repeated and reordered messages do no
harm, and copies that have heard of the same updates are equal. All copies of a batch are arrays
(W, A, entries), merged and sent for the whole batch at once:

    counter = volery.replicated.Counter(batch)
    batch.radio.attach(counter)
    counter.add(heads)          # (W, A) int: what each agent has counted itself
    batch.step(controls)
    counter.value()             # (W, A) int: what each knows of the sum

Copies are in the batch's snapshots while they are attached; a protocol of your own that holds some
calls their `snapshot` and `restore` from its own.

Messages carry a few entries each, in turn; `entries_per_message` follows from the radio's payload,
three numbers per entry. Numbers are exact: indices up to 2^20 entries, stamps up to 2^23.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from volery.batch import Batch
    from volery.radio import Inbox, Outbox

Integers = NDArray[np.int64]
Floats = NDArray[np.float32]

_NUMBERS_PER_ENTRY = 3  # 1 + index, stamp, value
_INDEX_UNIT = np.float32(2.0**-20)
_STAMP_UNIT = np.float32(2.0**-23)
_MOST_ENTRIES = 2**20 - 1
_LAST_STAMP = 2**23


def merge(
    stamps: Integers, values: Floats, other_stamps: Integers, other_values: Floats
) -> tuple[Integers, Floats]:
    """Returns the join of two copies: per entry the larger stamp, of equal stamps the larger value.

    Args:
        stamps: Any shape.
        values: The same shape.
        other_stamps: The other copy's.
        other_values: The other copy's.
    """
    newer = (other_stamps > stamps) | ((other_stamps == stamps) & (other_values > values))
    return np.where(newer, other_stamps, stamps), np.where(newer, other_values, values)


class Replicated:
    """Copies of a list of entries, each a stamp and a value, and the protocol that spreads them.

    Attributes:
        stamps: (W, A, E) int64; 0 where the entry has never been written.
        values: (W, A, E) float32 in [-1, 1]
    """

    def __init__(self, batch: Batch, num_entries: int) -> None:
        """Makes empty copies.

        Raises:
            ValueError: Where the radio has no payload of exact floats with room for an entry.
        """
        radio = batch.radio
        payload = radio.config["payload"]
        if payload["kind"] != "floats" or payload["quantize_bits"] != 0:
            raise ValueError(
                "replicated state needs radio.payload.kind = 'floats' with quantize_bits = 0"
            )
        self.entries_per_message = int(payload["size"]) // _NUMBERS_PER_ENTRY
        if self.entries_per_message == 0:
            raise ValueError(
                f"radio.payload.size = {payload['size']}: an entry takes {_NUMBERS_PER_ENTRY}"
            )
        if not 1 <= num_entries <= _MOST_ENTRIES:
            raise ValueError(f"{num_entries} entries: must be in [1, {_MOST_ENTRIES}]")
        shape = (batch.num_worlds, batch.num_agents, num_entries)
        self.stamps: Integers = np.zeros(shape, np.int64)
        self.values: Floats = np.zeros(shape, np.float32)
        # the entry that agent 0 of each world sends next
        self._next: Integers = np.zeros(batch.num_worlds, np.int64)

    def clear(self, worlds: NDArray[np.bool_] | None = None) -> None:
        """Empties the copies of the worlds (W,) bool, of all where None: after a reset."""
        chosen = slice(None) if worlds is None else worlds
        self.stamps[chosen] = 0
        self.values[chosen] = 0

    def snapshot(self, worlds: Integers) -> dict[str, NDArray[Any]]:
        """Returns the copies of some worlds (n,), for `Batch.snapshot`."""
        return {
            "stamps": self.stamps[worlds],
            "values": self.values[worlds],
            "next": self._next[worlds],
        }

    def restore(self, memory: Mapping[str, NDArray[Any]], worlds: Integers) -> None:
        """Takes them back, for `Batch.restore`.

        Raises:
            ValueError: Where they are of another number of entries.
        """
        if memory["stamps"].shape[1:] != self.stamps.shape[1:]:
            raise ValueError(
                f"restore: copies of {memory['stamps'].shape[-1]} entries, not of "
                f"{self.stamps.shape[-1]}"
            )
        self.stamps[worlds] = memory["stamps"]
        self.values[worlds] = memory["values"]
        self._next[worlds] = memory["next"]

    def __call__(self, inbox: Inbox, outbox: Outbox) -> None:
        """Merges what was heard and sends the next entries; for `radio.attach`."""
        self.hear(inbox)
        self.tell(outbox)

    def hear(self, inbox: Inbox) -> None:
        """Merges the entries of all messages into the copies of their receivers."""
        w, a, k, _ = inbox.data.shape
        count = self.entries_per_message
        fields = inbox.data[..., : count * _NUMBERS_PER_ENTRY].reshape(w, a, k, count, -1)
        index = np.rint(fields[..., 0] / _INDEX_UNIT).astype(np.int64) - 1
        stamp = np.rint(fields[..., 1] / _STAMP_UNIT).astype(np.int64)
        # whatever liars send, only entries that can be are taken
        good = inbox.valid[..., None] & (index >= 0) & (index < self.stamps.shape[-1]) & (stamp > 0)
        world, agent = np.ogrid[:w, :a]
        for slot in range(k):
            for entry in range(count):
                at = (world, agent, np.where(good[:, :, slot, entry], index[:, :, slot, entry], 0))
                heard = np.where(good[:, :, slot, entry], stamp[:, :, slot, entry], 0)
                value = np.where(good[:, :, slot, entry], fields[:, :, slot, entry, 2], -1)
                self.stamps[at], self.values[at] = merge(
                    self.stamps[at], self.values[at], heard, value.astype(np.float32)
                )

    def tell(self, outbox: Outbox) -> None:
        """Writes the next entries of every copy; each agent starts at a place of its own."""
        entries = self.stamps.shape[-1]
        worlds, agents = np.ogrid[: self.stamps.shape[0], : self.stamps.shape[1]]
        outbox.data[:] = 0
        for entry in range(min(self.entries_per_message, entries)):
            index = (self._next[:, None] + entry + agents) % entries
            at = (worlds, agents, index)
            known = self.stamps[at] > 0
            first = entry * _NUMBERS_PER_ENTRY
            outbox.data[..., first] = np.where(known, (index + 1) * _INDEX_UNIT, 0)
            outbox.data[..., first + 1] = np.where(known, self.stamps[at] * _STAMP_UNIT, 0)
            outbox.data[..., first + 2] = np.where(known, self.values[at], 0)
        self._next = (self._next + self.entries_per_message) % entries
        outbox.send[:] = (self.stamps > 0).any(-1)

    def _check_stamps(self, stamps: Integers) -> None:
        if (stamps > _LAST_STAMP).any():
            raise OverflowError(f"more than {_LAST_STAMP} updates of an entry")


class Counter(Replicated):
    """A counter that every agent adds to: entry i is what agent i has counted (a G-counter)."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch, batch.num_agents)
        self._own = (slice(None), np.arange(batch.num_agents), np.arange(batch.num_agents))

    def add(self, amount: ArrayLike) -> None:
        """Adds what each agent has counted, (W, A) or one number, to its own entry.

        Raises:
            ValueError: For negative amounts: what is known must grow.
            OverflowError: Beyond 2^23 of one agent.
        """
        amounts = np.asarray(amount, dtype=np.int64)
        if (amounts < 0).any():
            raise ValueError("add: amounts must be at least 0")
        own = self.stamps[self._own] + amounts
        self._check_stamps(own)
        self.stamps[self._own] = own

    def value(self) -> Integers:
        """Returns the sum that each agent knows of, (W, A)."""
        total: Integers = self.stamps.sum(-1)
        return total


class Map(Replicated):
    """Numbers in [-1, 1] by key, of which the last writer's stays (Lamport clocks, then values)."""

    def __init__(self, batch: Batch, num_keys: int) -> None:
        super().__init__(batch, num_keys)

    def write(self, key: int, value: ArrayLike, agents: ArrayLike = True) -> None:
        """Writes a key's value in the copies of some agents.

        Args:
            key: Below the number of keys.
            value: (W, A) or one number, in [-1, 1].
            agents: (W, A) bool: who writes.

        Raises:
            ValueError: For a key that is not there or a value out of range.
            OverflowError: After 2^23 updates of a key.
        """
        if not 0 <= key < self.stamps.shape[-1]:
            raise ValueError(f"key = {key}: must be in [0, {self.stamps.shape[-1] - 1}]")
        given = np.asarray(value, dtype=np.float32)
        if not ((given >= -1) & (given <= 1)).all():
            raise ValueError("value: must be in [-1, 1]")
        writes = np.broadcast_to(np.asarray(agents, dtype=np.bool_), self.stamps.shape[:2])
        stamps = self.stamps[..., key] + writes
        self._check_stamps(stamps)
        self.stamps[..., key] = stamps
        self.values[..., key] = np.where(writes, given, self.values[..., key])

    def read(self, key: int, default: float = np.nan) -> Floats:
        """Returns the value that each agent knows, (W, A); `default` where nobody wrote."""
        known = self.stamps[..., key] > 0
        return np.where(known, self.values[..., key], np.float32(default)).astype(np.float32)


class Set(Replicated):
    """A set of numbers below `num_items`, to which agents add and from which they remove.

    An item's stamp is its causal length, odd while it is in the set (W. Yu, S. Rostad: "A low-cost
    set CRDT based on causal lengths", PaPoC 2020): of an addition and a removal that did not know
    of each other the one with the longer history wins, everywhere.
    """

    def __init__(self, batch: Batch, num_items: int) -> None:
        super().__init__(batch, num_items)

    def add(self, item: int, agents: ArrayLike = True) -> None:
        """Adds an item to the copies of some agents, (W, A) bool."""
        self._change(item, agents, present=True)

    def remove(self, item: int, agents: ArrayLike = True) -> None:
        """Removes it from the copies of some agents, (W, A) bool, that have it."""
        self._change(item, agents, present=False)

    def _change(self, item: int, agents: ArrayLike, present: bool) -> None:
        if not 0 <= item < self.stamps.shape[-1]:
            raise ValueError(f"item = {item}: must be in [0, {self.stamps.shape[-1] - 1}]")
        chosen = np.broadcast_to(np.asarray(agents, dtype=np.bool_), self.stamps.shape[:2])
        changes = chosen & ((self.stamps[..., item] % 2 == 1) != present)
        stamps = self.stamps[..., item] + changes
        self._check_stamps(stamps)
        self.stamps[..., item] = stamps

    def members(self) -> NDArray[np.bool_]:
        """Returns which items each agent knows to be in the set, (W, A, num_items)."""
        present: NDArray[np.bool_] = self.stamps % 2 == 1
        return present
