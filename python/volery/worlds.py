"""The worlds of a batch between its steps: what they are, what is in them, how that is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from volery import _volery, memory
from volery._volery import BatchStats, Layout, StateField
from volery.arguments import (
    checked_bytes,
    checked_choice,
    checked_count,
    checked_mask,
    checked_worlds,
)
from volery.buffers import Floats
from volery.radio import Radio

Bools = NDArray[np.bool_]


class Worlds:
    """W worlds of A agents that somebody steps: `volery.Batch` adds the stepping.

    Args:
        engine: The engine's batch.
    """

    def __init__(self, engine: _volery.Batch) -> None:
        self._engine = engine
        self._layout = engine.layout
        self._radio = Radio(self) if self._layout.inbox_slots > 0 else None

    # --- what they are ------------------------------------------------------------------------

    @property
    def num_worlds(self) -> int:
        """W."""
        return self._layout.num_worlds

    @property
    def num_agents(self) -> int:
        """A."""
        return self._layout.num_agents

    @property
    def action_size(self) -> int:
        """U."""
        return self._layout.action_size

    @property
    def observation_size(self) -> int:
        """O."""
        return self._layout.observation_size

    @property
    def layout(self) -> Layout:
        """Groups and columns with name, unit, frame, low and high."""
        return self._layout

    @property
    def config(self) -> dict[str, Any]:
        """The config with every default filled in, as plain values."""
        return dict(self._engine.config)

    @property
    def state_fields(self) -> list[StateField]:
        """What `state` and `set_state` take."""
        return self._engine.state_fields()

    @property
    def stats(self) -> BatchStats:
        """Counters since the batch was built."""
        return self._engine.stats()

    def time_stages(self, on: bool = True) -> None:
        """Starts the clocks of the stages of a step at zero, or stops them. Changes no result."""
        self._engine.time_stages(bool(on))

    def timings(self) -> dict[str, float]:
        """Returns seconds per stage since `time_stages`, summed over threads, in their order.

        Stages are "actions", "near_flight", "contacts", "far_flight", "sensors", "radio",
        "score", "ends", "air", "observation" and "fold" (what recordings need). Threads that share
        one large world are timed by the one that leads them.

        Raises:
            RuntimeError: Before `time_stages`.
        """
        return dict(self._engine.timings())

    @property
    def closed(self) -> bool:
        """True after `close`."""
        return self._engine.closed

    # --- what is in them ------------------------------------------------------------------------

    def state(self, name: str) -> Floats:
        """Returns a copy of a field of the state.

        Args:
            name: Of the field; `state_fields` lists them.

        Returns:
            (W, A, width) float32, or (W, props, width) for a field of props.

        Raises:
            ValueError: For an unknown name.
        """
        return self._engine.state(name)

    def randomized(self) -> dict[str, Floats]:
        """Returns what was drawn for the present episodes.

        Returns:
            Per range of `config["randomize"]` an array (W, A) float32: the number itself, or the
            factor or summand for `how` "scale" or "add". The key is the range's `field`, with
            ":type" behind it where it is for one type of a fleet.
        """
        ranges = self.config["randomize"]
        if not ranges:
            return {}
        drawn = self.state("randomized")
        names = [r["field"] + (f":{r['type']}" if r["type"] else "") for r in ranges]
        return {name: drawn[:, :, i] for i, name in enumerate(names)}

    @property
    def status(self) -> NDArray[np.uint32]:
        """(W,) bits of `volery.Status`, of the last step or reset."""
        return self._engine.status()

    @property
    def alive(self) -> Bools:
        """(W, A) bool: who takes part in the next step."""
        alive: Bools = self.state("alive")[..., 0] != 0
        return alive

    def action_mask(self) -> Bools:
        """Returns which columns of the next action are looked at, (W, A, U).

        Of an agent that is not alive (dead, or still to join) none are. Of the others those that
        their type of vehicle has, and those of the outbox, unless the radio would refuse whatever
        the agent sends: it is out of order, its queue is full, or without a queue the bandwidth
        does not reach for the smallest message or the last one is still on the air. What the radio
        decides later (a slot of a crowded channel, losses) is not known here. Actions have no "do
        nothing" of their own: what a masked column holds moves nothing and reaches nobody.
        """
        return self._engine.action_mask()

    @property
    def radio(self) -> Radio:
        """Outboxes, inboxes, packets and what became of them.

        Raises:
            ValueError: Where the batch has no radio.
        """
        if self._radio is None:
            raise ValueError("radio: the batch has none; set config radio, for example 'disc'")
        return self._radio

    def landmarks(self, world: int = 0) -> list[dict[str, Any]]:
        """Returns what a picture of a world shows beside bodies and goals.

        These are what its task looks for, fetches, starts from or flies through, and the jammers
        of the radio that are on. A task in Python has none of its own.

        Args:
            world: Index of the world.

        Returns:
            Per landmark a dict: `name` ("gate", "nest"); `kind`, one of "target" (to be found or
            reached), "item" (to be picked up or delivered), "zone" (a place on the ground), "gate"
            (to be flown through) and "jammer" (a sphere in which messages are lost); `state`,
            "open", "busy" (found but not reported, being carried, next in turn, jamming) or "done";
            `position_w_m`, of its center; `axis_w`, what a zone lies across and a gate is flown
            through along; `radius_m`, of a gate half its opening.

        Raises:
            ValueError: For a world that is not there.
            RuntimeError: After close, or while another call runs.
        """
        return list(self._engine.landmarks(checked_count("world", world, low=0)))

    def set_state(self, world: int, values: Mapping[str, ArrayLike]) -> None:
        """Overwrites fields of one world; all of them or, after a refusal, none.

        Args:
            world: Index of the world.
            values: Per field name an array (A, width), converted to float32. Quaternions are
                normalised; contacts of the world are forgotten.

        Raises:
            ValueError: For an unknown name, a wrong shape or values that are not finite.
        """
        arrays = {k: np.ascontiguousarray(v, dtype=np.float32) for k, v in values.items()}
        self._engine.set_state(checked_count("world", world, low=0), arrays)

    def set_goal(self, goals: Floats, mask: Bools | None = None) -> None:
        """Gives the agents other goals.

        Args:
            goals: (W, A, 3) float32, world frame, m.
            mask: (W,) bool, the worlds that get theirs; None for all.

        Raises:
            TypeError: For a wrong dtype.
            ValueError: For a wrong shape, values that are not finite, a task without goals.
        """
        if mask is not None:
            mask = checked_mask("mask", mask, self.num_worlds)
        self._engine.set_goal(goals, mask)

    def set_config(
        self,
        mask: Bools | None,
        changes: Mapping[str, Any],
        when: Literal["reset", "now"] = "reset",
    ) -> None:
        """Changes worlds from their next reset on, or at once.

        What can change: `task_config`, `episode_s`, `on_crash`, `wind` and the ranges of
        `randomize` (a list replaces the old one; fields that it leaves out are not drawn). What
        earlier calls changed stays.

        Args:
            mask: (W,) bool, the worlds that change; None for all.
            changes: Config fields and their new values.
            when: "now": from the next step on, past all resets; `wind`, `episode_s` and `on_crash`
                can change so. The air stays within what the batch was built for
                (`flight.max_air_speed_mps`).

        Raises:
            TypeError: For a value of the wrong type.
            ValueError: For a field that cannot be changed or a value out of range.
        """
        if mask is not None:
            mask = checked_mask("mask", mask, self.num_worlds)
        now = checked_choice("when", when, ("reset", "now")) == "now"
        self._engine.set_config(mask, dict(changes), now)

    def live_config(self, world: int = 0) -> dict[str, Any]:
        """Returns what `set_config` can change, as it is in the world's present episode."""
        return dict(self._engine.live_config(checked_count("world", world, low=0)))

    def state_hash(self, world: int | None = None) -> int:
        """Returns a 64-bit hash of the whole state, or of one world.

        Equal worlds hash equal, whatever batch they are in.
        """
        return self._engine.state_hash(None if world is None else checked_count("world", world, 0))

    # --- keeping them -----------------------------------------------------------------------

    def snapshot(self, worlds: Sequence[int] | None = None) -> bytes:
        """Returns everything that the worlds (None: all) need to continue exactly.

        What a protocol remembers is in it where the protocol has `snapshot` and `restore` (see
        `volery.Protocol`).

        Raises:
            TypeError: Where a protocol gives something else than numbers by name.
            ValueError: For an index out of range or an empty list, or a protocol's array without
                one row per world.
        """
        named = checked_worlds(worlds)
        snapshot = self._engine.snapshot(named)
        owner = self._remembering()
        if owner is None:
            return snapshot
        return memory.packed(snapshot, owner, self._indices(named))

    def restore(self, snapshot: bytes, worlds: Sequence[int] | None = None) -> None:
        """Puts the worlds of a snapshot into the named ones (None: all), in order.

        The snapshot may come from a batch of another size or thread count, but of the same config
        and with the same protocol, where one remembers.

        Raises:
            TypeError: Where it is not bytes.
            ValueError: For a damaged, foreign or newer snapshot; nothing has changed then.
        """
        state, name, remembered = memory.unpacked(checked_bytes(snapshot))
        named = checked_worlds(worlds)
        owner = self._remembering()
        memory.checked(owner, name, remembered)
        if owner is None or remembered is None:
            self._engine.restore(state, named)
            return
        before = self._engine.snapshot(named)
        self._engine.restore(state, named)
        try:
            owner.restore(remembered, self._indices(named))
        except BaseException:
            self._engine.restore(before, named)
            raise

    def _remembering(self) -> memory.Remembering | None:
        """What writes the outboxes, where it has memory to be kept."""
        return None if self._radio is None else memory.owner_of(self._radio.attached)

    def _indices(self, named: list[int]) -> NDArray[np.int64]:
        return np.array(named, np.int64) if named else np.arange(self.num_worlds)
