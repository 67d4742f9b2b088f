"""Messages in Python: outboxes, inboxes, what became of them, and a packet API for protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from volery import _volery, payload
from volery.arguments import checked_count
from volery.buffers import Floats
from volery.messages import (
    BROADCAST,
    REPLY,
    Inbox,
    Message,
    Outbox,
    Protocol,
    copy_outbox,
    empty_outbox,
)

if TYPE_CHECKING:
    from volery.worlds import Worlds

# messages are the radio's vocabulary: they are found here, wherever they are written
__all__ = ["BROADCAST", "REPLY", "Floats", "Inbox", "Message", "Outbox", "Protocol", "Radio"]


class Radio:
    """The radio of a batch: `batch.radio`.

    Three ways to send, from the fastest on: columns of the action, `step(actions, outbox=...)`
    with whole arrays, and `send` for single packets. A protocol (`attach`) is called once per step
    for the whole batch, before the step, with what every agent holds and an empty outbox.
    """

    def __init__(self, batch: Worlds) -> None:
        layout = batch.layout
        self._batch = batch
        self._config: dict[str, Any] = batch.config["radio"]
        names = [column.name for column in layout.action]
        self._controls = layout.num_controls
        self._send = names.index("message_send")
        self._length = names.index("message_length") if "message_length" in names else None
        self._to = names.index("message_to") if "message_to" in names else None
        self._channel = names.index("message_channel") if "message_channel" in names else None
        last = self._send if self._length is None else self._length
        self._data = slice(self._controls, last)
        self._slot = {column.name: i for i, column in enumerate(layout.inbox_slot)}
        self._pending: Outbox | None = None
        self._protocol: Protocol | None = None

    @property
    def config(self) -> dict[str, Any]:
        """The radio's own table of the config, every default filled in."""
        return self._config

    @property
    def payload_size(self) -> int:
        """M: numbers, tokens or most bytes of a message."""
        return int(self._config["payload"]["size"])

    @property
    def num_slots(self) -> int:
        """K."""
        return self._batch.layout.inbox_slots

    def outbox(self) -> Outbox:
        """Returns an empty outbox for `step(actions, outbox=...)`."""
        shape = (self._batch.num_worlds, self._batch.num_agents)
        return empty_outbox(shape, self.payload_size)

    def inbox(self) -> Inbox:
        """Returns what every agent holds now, in new memory."""
        w, a, k = self._batch.num_worlds, self._batch.num_agents, self.num_slots
        slots = self._batch.state("inbox").reshape(w, a, k, len(self._slot))
        valid = slots[..., self._slot["valid"]] != 0
        first = self._slot["0"]
        sender = None
        if "sender" in self._slot:
            sender = np.where(valid, slots[..., self._slot["sender"]], -1).astype(np.int32)
        bearing = self._slot.get("bearing_x")
        length = self._slot.get("length")
        return Inbox(
            valid=valid,
            data=slots[..., first : first + self.payload_size],
            age_s=slots[..., self._slot["age"]],
            range_m=slots[..., self._slot["range"]] if "range" in self._slot else None,
            bearing=None if bearing is None else slots[..., bearing : bearing + 3],
            sender=sender,
            length=None if length is None else slots[..., length].astype(np.int32),
        )

    def send(
        self,
        world: int,
        sender: int,
        data: Sequence[float] | Floats | bytes | str | int,
        to: int = BROADCAST,
        channel: int = 0,
    ) -> None:
        """Hands a packet over to its sender's radio, which sends it in the next step.

        One packet per agent and step: a second one replaces the first.

        Args:
            world: Index of the world.
            sender: Index of the agent.
            data: Up to M numbers in [-1, 1], a token, bytes, or text, as the payload asks.
            to: An agent, BROADCAST, REPLY, or the number of agents plus a group.
            channel: To send on.

        Raises:
            TypeError: For data of another kind than the payload.
            ValueError: For a world, agent, receiver or channel that is not there, data that is too
                large or out of range, and a receiver where `radio.address.mode` is "broadcast".
        """
        world = checked_count("world", world, low=0)
        sender = checked_count("sender", sender, low=0)
        if world >= self._batch.num_worlds:
            raise ValueError(f"world = {world}: must be below {self._batch.num_worlds}")
        if sender >= self._batch.num_agents:
            raise ValueError(f"sender = {sender}: must be below {self._batch.num_agents}")
        self._check_address(to, channel)
        numbers, length = payload.encoded(data, self._config["payload"])
        if self._pending is None:
            self._pending = self.outbox()
        box = self._pending
        box.data[world, sender] = 0
        box.data[world, sender, : len(numbers)] = numbers
        box.length[world, sender] = length
        box.send[world, sender] = True
        box.to[world, sender] = to
        box.channel[world, sender] = channel

    def receive(self, world: int, agent: int) -> list[Message]:
        """Returns the messages that an agent holds now, in the order of its slots.

        Raises:
            ValueError: For a world or an agent that is not there.
        """
        if not 0 <= world < self._batch.num_worlds or not 0 <= agent < self._batch.num_agents:
            raise ValueError(
                f"world {world}, agent {agent}: must be below "
                f"{self._batch.num_worlds} and {self._batch.num_agents}"
            )
        box = self.inbox()
        messages = []
        for k in np.flatnonzero(box.valid[world, agent]):
            at = (world, agent, int(k))
            length = self.payload_size if box.length is None else int(box.length[at])
            messages.append(
                Message(
                    payload.decoded(box.data[at], length, self._config["payload"]),
                    float(box.age_s[at]),
                    None if box.range_m is None else float(box.range_m[at]),
                    None if box.bearing is None else box.bearing[at],
                    None if box.sender is None else int(box.sender[at]),
                )
            )
        return messages

    def attach(self, protocol: Protocol | None) -> None:
        """Calls protocol(inbox, outbox) before each step from now on; None ends it.

        What it writes is sent in that step, in place of the outbox columns of the action. Memory of
        an object with `snapshot` and `restore` is in the batch's snapshots, see `volery.memory`.
        """
        self._protocol = protocol

    @property
    def attached(self) -> Protocol | None:
        """What writes the outboxes before each step."""
        return self._protocol

    def counts(self) -> dict[str, Floats]:
        """Returns totals since the reset: per name an array (W, A) float32.

        First the fates of what each agent might have heard, which sum to "candidates", then what
        it sent itself.
        """
        totals = self._batch.state("radio_counts")
        return {name: totals[..., i] for i, name in enumerate(_volery.radio_count_names())}

    def packets(self) -> NDArray[Any]:
        """Returns what became of every transmission of the last step.

        Returns:
            A structured array with world, step, sender, receiver, fate (an index into
            `fate_names`), delay_steps, bytes and distance_m; by world, receiver and sender.

        Raises:
            ValueError: Where `trace` is off.
        """
        return self._batch._engine.packets()

    @property
    def trace(self) -> bool:
        """Whether `packets` are kept, from the next step on; at first as the config says.

        Changes no result; keeping a record of each packet costs time.
        """
        return self._batch._engine.traces_packets()

    @trace.setter
    def trace(self, on: bool) -> None:
        self._batch._engine.trace_packets(bool(on))

    def jammers(self, world: int = 0) -> list[dict[str, Any]]:
        """Returns what `put_jammers` put down in a world and no reset has taken away."""
        return list(self._batch._engine.jammers(checked_count("world", world, low=0)))

    def put_jammers(self, world: int, jammers: Sequence[Mapping[str, Any]]) -> None:
        """Puts jammers down in a world, in place of those that were put down before.

        They are there from the next step to the world's next reset, beside those of the config. To
        move one or to switch it off, call this again with what shall be there then.

        Args:
            world: Index of the world.
            jammers: Up to 16, each with any of `center_w_m`, `radius_m`, `probability` and
                `falling`, as in the config's `faults.jammers`.

        Raises:
            ValueError: For an unknown field, a number out of range or too many.
        """
        self._batch._engine.set_jammers(
            checked_count("world", world, low=0), [dict(jammer) for jammer in jammers]
        )

    @property
    def fate_names(self) -> list[str]:
        """What can become of a transmission."""
        names = list(_volery.radio_count_names())
        return names[: names.index("candidates")]

    def set_links(self, probability: NDArray[Any]) -> None:
        """Says who may send to whom from the next step on, for a topology of kind "learned".

        Args:
            probability: (W, A, A) or (A, A) of bool or float in [0, 1]: of each sender (rows) to
                each receiver.

        Raises:
            ValueError: For another topology, a wrong shape, or numbers outside [0, 1].
        """
        if self._config["topology"]["kind"] != "learned":
            raise ValueError(
                f"set_links: needs radio.topology.kind = 'learned', not "
                f"{self._config['topology']['kind']!r}"
            )
        w, a = self._batch.num_worlds, self._batch.num_agents
        links = np.asarray(probability, dtype=np.float32)
        if links.shape not in ((a, a), (w, a, a)):
            raise ValueError(f"set_links: has shape {links.shape}, must be ({w}, {a}, {a})")
        if not ((links >= 0) & (links <= 1)).all():
            raise ValueError("set_links: probabilities must be in [0, 1]")
        for world, rows in enumerate(np.broadcast_to(links, (w, a, a))):
            self._batch.set_state(world, {"radio_allowed": rows})

    # --- what Batch.step uses ---------------------------------------------------------------------

    def compose(self, actions: Floats, outbox: Outbox | Mapping[str, Any] | None) -> Floats:
        """Returns (W, A, U) actions: the controls given, and the messages of whoever has any."""
        if outbox is None and self._protocol is not None:
            box = self.outbox()
            self._protocol(self.inbox(), box)
        elif outbox is None and self._pending is not None:
            box = self._pending
        elif outbox is None:
            if getattr(actions, "shape", (0,))[-1:] != (self._controls,):
                return actions
            # controls alone: nobody sends
            box = self.outbox()
        else:
            box = self._checked(outbox)
        self._pending = None
        w, a = self._batch.num_worlds, self._batch.num_agents
        controls = _controls(actions, (w, a, self._controls), self._batch.action_size)
        whole = np.zeros((w, a, self._batch.action_size), np.float32)
        whole[..., : self._controls] = controls
        whole[..., self._data] = box.data
        whole[..., self._send] = np.where(box.send, 1.0, -1.0)
        if self._length is not None:
            whole[..., self._length] = box.length
        if self._to is not None:
            whole[..., self._to] = box.to
        if self._channel is not None:
            whole[..., self._channel] = box.channel
        return whole

    def _checked(self, outbox: Outbox | Mapping[str, Any]) -> Outbox:
        box = self.outbox()
        copy_outbox(outbox, to=box)
        low, high = int(box.to.min()), int(box.to.max())
        self._check_address(low, 0)
        self._check_address(high, int(box.channel.max()))
        self._check_address(BROADCAST, int(box.channel.min()))
        return box

    def _check_address(self, to: int, channel: int) -> None:
        a = self._batch.num_agents
        groups = 1 + int(max(self._config["address"]["group"], default=0))
        if to != BROADCAST and self._to is None:
            raise ValueError(
                f"to = {to}: the radio only broadcasts; set radio.address.mode = 'any'"
            )
        if not REPLY <= to < a + groups:
            raise ValueError(
                f"to = {to}: no such receiver; {REPLY} is a reply, {BROADCAST} everyone, 0 to "
                f"{a - 1} an agent, {a} to {a + groups - 1} a group"
            )
        channels = int(self._config["address"]["channels"])
        if not 0 <= channel < channels:
            raise ValueError(f"channel = {channel}: must be in [0, {channels - 1}]")


def _controls(actions: Any, shape: tuple[int, int, int], action_size: int) -> Floats:
    """Returns the control columns of actions, given alone or with those of the outbox."""
    if not isinstance(actions, np.ndarray) or actions.dtype != np.float32:
        raise TypeError("actions: must be an array of float32")
    if actions.shape == shape:
        return actions
    if actions.shape == (*shape[:2], action_size):
        return actions[..., : shape[2]]
    raise ValueError(
        f"actions: has shape {actions.shape}, must be {shape}, or ({shape[0]}, {shape[1]}, "
        f"{action_size}) with the columns of the outbox"
    )
