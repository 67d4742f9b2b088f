"""The engine with raw arrays: W worlds of A agents stepped together."""

from __future__ import annotations

import enum
import os
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from volery import _volery, rollout
from volery.arguments import (
    ObservationMode,
    autoreset_name,
    checked_choice,
    checked_count,
    checked_mask,
    one_or_all_seeds,
)
from volery.baseline import Baseline
from volery.buffers import BufferSet, Floats, Observation
from volery.gpd_registration import batch_refusal, check_task
from volery.graph import Graph, from_observation
from volery.protocol import Protocol, make_protocol
from volery.radio import Outbox
from volery.recording import Recorder
from volery.task_registry import driver_of, python_task
from volery.worlds import Bools, Worlds

StepResult = tuple[Observation, Floats, Bools, Bools, dict[str, Any]]


class Batch(Worlds):
    """W worlds of A agents stepped together, in memory that NumPy shares with the engine.

    Without `out=`, two sets of arrays take turns: what a call returns is valid until the call
    after the next one. One call at a time; the interpreter lock is released while it runs.

    Args:
        task: Name of the task, for example "formation", or of one made by `register_task`.
        num_worlds: Number of worlds W.
        num_agents: Agents per world A; the task's default where None.
        seed: Of the first reset without one; world i uses seed + i.
        num_threads: Workers, the caller included; 0 is one per core. Changes no result.
        contacts: "culled", "all" or "off".
        autoreset: "next_step", "same_step", "disabled" or a `gymnasium.vector.AutoresetMode`.
        obs: "flat" for one array (W, A, O), "dict" for views of its groups by name.
        reward_terms: Report the terms of the reward in `info["reward_terms"]` (W, A, T).
        protocol: Name of a `volery.Protocol` that writes what agents send; needs a radio.
        protocol_config: Its options.
        **config: Any other field of the config; `volery describe <task>` lists them.

    Raises:
        TypeError: For a value of the wrong type.
        ValueError: For an unknown name or key, a value out of range, a spawn with too many agents.
        MemoryError: For sizes that do not fit the machine.
        OSError: For a vehicle or scene file that cannot be read.
    """

    def __init__(
        self,
        task: str,
        num_worlds: int = 1,
        num_agents: int | None = None,
        *,
        seed: int = 0,
        num_threads: int = 1,
        contacts: str = "culled",
        autoreset: str | enum.Enum = "next_step",
        obs: ObservationMode = "flat",
        reward_terms: bool = False,
        protocol: str | None = None,
        protocol_config: Mapping[str, Any] | None = None,
        **config: Any,
    ) -> None:
        if "physics" in config:
            raise ValueError(batch_refusal(config["physics"]))
        values = {
            "task": task,
            "num_worlds": checked_count("num_worlds", num_worlds),
            "seed": seed,
            "num_threads": num_threads,
            "contacts": contacts,
            "autoreset": autoreset_name(autoreset),
            **config,
        }
        if num_agents is not None:
            values["num_agents"] = checked_count("num_agents", num_agents)
        self._as_dict = checked_choice("obs", obs, ("flat", "dict")) == "dict"
        self._with_terms = bool(reward_terms)
        self._driver = driver_of(task, config)
        if self._driver is None:
            check_task(task)
            engine = _volery.Batch(values)
        else:
            values["task_config"] = self._driver.task_config
            engine = _volery.Batch(values, self._driver.spec)
            self._driver.bind(engine)
        super().__init__(engine)
        self._with_final = self._engine.config["autoreset"] == "same_step"
        self._sets = (self.new_buffers(), self.new_buffers())
        self._turn = 0
        self._branches: Batch | None = None
        self._recorder: Recorder | None = None
        self._protocol: Protocol | None = None
        self._protocol_arguments = (protocol, protocol_config)
        if protocol is not None:
            if self._radio is None:
                raise ValueError(
                    "protocol: the batch has no radio; set config radio, for example 'disc'"
                )
            self._protocol = make_protocol(protocol, protocol_config, self)
            self._radio.attach(self._protocol.exchange)

    # --- stepping ---------------------------------------------------------------------------

    def reset(
        self,
        seed: int | Sequence[int] | NDArray[np.integer] | None = None,
        mask: Bools | None = None,
        options: Mapping[str, Any] | None = None,
        out: Mapping[str, NDArray[Any]] | BufferSet | None = None,
    ) -> Observation:
        """Starts new episodes.

        Args:
            seed: World i starts episode 0 of seed + i; or one seed per world. None: the next
                episode of each world.
            mask: (W,) bool, the worlds to reset; None for all. The others keep their state.
            options: None or empty; reset takes no options yet.
            out: As for `step`; only `observation` is written.

        Returns:
            The observation of all worlds (W, A, O) float32, or its groups.

        Raises:
            TypeError: For a seed, mask or array of the wrong type.
            ValueError: For a seed out of range, a mask or array of the wrong shape, any option.
            RuntimeError: After close, or while another call runs.
        """
        if options:
            raise ValueError(f"options: unknown option {next(iter(options))!r}")
        single, several = one_or_all_seeds(seed, self.num_worlds)
        if mask is not None:
            mask = checked_mask("mask", mask, self.num_worlds)
        buffers = self._buffers(out)
        self._engine.reset(single, several, mask, buffers.outputs, self._driver)
        if self._protocol is not None:
            self._protocol.reset(np.arange(self.num_worlds) if mask is None else mask.nonzero()[0])
        self._turn ^= 1
        return buffers.observation

    def step(
        self,
        actions: Floats,
        outbox: Outbox | Mapping[str, Any] | None = None,
        out: Mapping[str, NDArray[Any]] | BufferSet | None = None,
    ) -> StepResult:
        """Takes one agent step in every world.

        Args:
            actions: (W, A, U) float32, C-contiguous, finite; read in place, never written. Values
                outside a column's range are clipped by the engine and counted in `stats`.
            outbox: Messages apart from the actions, whose outbox columns may be left out: from
                `radio.outbox()`, or a dict with any of its arrays. Without either nobody sends.
            out: Arrays to write to instead of the batch's own, by name: any of `observation`
                (W, A, O) float32, `reward` (W, A) float32, `terminated` and `truncated` (W, A)
                bool, `final_observation` (W, A, O) float32, `reward_terms` (W, A, T) float32; or
                a set from `new_buffers`, whose arrays need no check at each call. Arrays that are
                not named are new ones.

        Returns:
            observation (W, A, O) float32 or its groups, reward (W, A) float32, terminated (W, A)
            bool, truncated (W, A) bool, and info: `ended`, `all_terminated` and `just_reset`
            (W,) bool, `status` (W,) uint32 (see `volery.Status`), `alive` (W, A) bool, who takes
            part in the next step; where a world ended `episode`
            with `worlds` (n,), `length` (n,) in agent steps, `return` (n, A), `terms` (n, A, T)
            and `metrics` (n, A, M) of the n worlds that ended, with a radio `radio` (n, A, C) as
            in `radio.counts()`; in "same_step" mode `final_obs`,
            whose rows mean something for the worlds that ended.

        Raises:
            TypeError: Where actions or an array of `out` is no array or has another dtype.
            ValueError: For another shape, strides, overlap, a read-only array, actions that are
                not finite. Nothing has been written then.
            RuntimeError: Before reset, after close, while another call runs, or where an episode
                has ended in "disabled" mode.
        """
        if self._radio is not None:
            actions = self._radio.compose(actions, outbox)
        elif outbox is not None:
            raise ValueError("outbox: the batch has no radio; set config radio, for example 'disc'")
        buffers = self._sets[self._turn] if out is None else self._buffers(out)
        self._engine.step(actions, buffers.outputs, self._driver)
        self._turn ^= 1
        info = buffers.world_info.copy()
        if self._protocol is not None:
            begun = info["ended" if self._with_final else "just_reset"].nonzero()[0]
            if begun.size:
                self._protocol.reset(begun)
        if buffers.outputs.num_ended:
            info["episode"] = self._engine.episodes()
        return (*buffers.results, info)

    def new_buffers(self, out: Mapping[str, NDArray[Any]] | None = None) -> BufferSet:
        """Returns a set of arrays for `out=`, checked once; those not given are allocated.

        Args:
            out: Arrays by name, as for `step`.

        Raises:
            TypeError: For an array of the wrong dtype.
            ValueError: For a wrong shape, strides, overlap, a read-only array, an unknown name.
        """
        given = {} if out is None else dict(out)
        outputs = self._engine.make_outputs(given, self._with_final, self._with_terms)
        return BufferSet(self._layout, outputs, self._as_dict)

    def observe(self) -> Observation:
        """Returns the observation of the present state in new memory, (W, A, O) or its groups."""
        buffers = self.new_buffers()
        self._engine.observe(buffers.outputs)
        return buffers.observation

    def graph(
        self,
        observation: Floats | Mapping[str, Floats] | None = None,
        group: str = "neighbors",
    ) -> Graph:
        """Returns who sees whom as a graph over the agents of all worlds.

        Args:
            observation: What a step returned; that of the present state where None.
            group: Name of a group of neighbor slots that tell whom they show
                (`sensor_config={"neighbors": {"index": True}}`).

        Raises:
            ValueError: Where the observation has no such group.
        """
        given = self.observe() if observation is None else observation
        return from_observation(self._layout, given, group)

    def _buffers(self, out: Mapping[str, NDArray[Any]] | BufferSet | None) -> BufferSet:
        if out is None:
            return self._sets[self._turn]
        if isinstance(out, BufferSet):
            return out
        if not isinstance(out, Mapping):
            raise TypeError(f"out: must be a dict of arrays by name, not {type(out).__name__}")
        return self.new_buffers(out)

    # --- state ------------------------------------------------------------------------------

    def rollout(
        self,
        snapshot: bytes,
        actions: Floats,
        record: Sequence[str] = ("reward", "terminated", "truncated"),
    ) -> dict[str, NDArray[Any]]:
        """Tries action sequences from one state, open loop, and leaves this batch as it is.

        The world of the snapshot is copied into B worlds of another batch of the same config, which
        is kept for the next call. Branches differ by their actions alone: what is random in a world
        (wind, noise, drawn numbers) is the same in all of them, and the same as in the world itself
        if it takes those actions. A protocol goes on with what it remembered where that is in the
        snapshot, and begins with no memory otherwise; callables attached by hand are not called.

        Args:
            snapshot: Of one world: `batch.snapshot([world])`.
            actions: (T, B, A, U) float32, C-contiguous, finite: T steps of B branches.
            record: What is wanted of each step: any of "observation", "reward", "terminated",
                "truncated", "reward_terms" and names of `state_fields`.

        Returns:
            Per name an array (T, B, A, ...) or, of props, (T, B, props, width); and "alive" (T, B)
            bool, the branches whose episode had not ended before the step. After that their
            results are 0, and fields of the state stay as the next steps found them.

        Raises:
            TypeError: For actions of another dtype.
            ValueError: For another shape, an unknown name, a snapshot of several worlds, a damaged
                or a foreign one.
            RuntimeError: After close.
        """
        return rollout.rolled_out(self, snapshot, actions, record)

    # --- what it is -------------------------------------------------------------------------

    @property
    def protocol(self) -> Protocol | None:
        """What writes the agents' messages, where a protocol was asked for."""
        return self._protocol

    @property
    def baseline_name(self) -> str:
        """Name of the task's own scripted policy."""
        task = python_task(self.config["task"])
        return _volery.baseline_name(self.config) if task is None else task.baseline

    def baseline(self, name: str | None = None, seed: int = 0) -> Baseline:
        """Returns a scripted policy that acts on this batch's observations.

        Args:
            name: "random", say; None for the task's own.
            seed: Of policies that draw.

        Raises:
            ValueError: For an unknown name, or where the policy lacks a sensor that it needs.
        """
        return Baseline(self._engine, name, seed)

    def record(self, path: str | os.PathLike[str], **options: Any) -> Recorder:
        """Records everything from now on to a file that can be played again to the bit.

        Use it in a `with` block, or call `stop`. `volery.Recording` plays it.

        Args:
            path: Of the file, by convention .vrec; one that is there is replaced.
            **options: `poses_hz`, `chunk_s`, `keyframe_steps` and `on_error` of
                `volery.recording.Recorder`.

        Raises:
            OSError: Where the file cannot be written.
            RuntimeError: Where a recording is running, or the batch is closed.
        """
        if self._recorder is not None and not self._recorder.closed:
            raise RuntimeError(f"record: {self._recorder.path} is being recorded; stop() it first")
        self._recorder = Recorder(self._engine, path, **options)
        return self._recorder

    def close(self) -> None:
        """Frees memory and workers; a second call does nothing.

        Raises:
            RuntimeError: While another call runs in a different thread.
        """
        recorder, self._recorder = self._recorder, None
        try:
            if recorder is not None:
                recorder.stop()
        finally:
            self._engine.close()
        if self._branches is not None:
            self._branches.close()

    def __enter__(self) -> Batch:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return (
            f"Batch({self.config['task']!r}, num_worlds={self.num_worlds}, "
            f"num_agents={self.num_agents})"
        )

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Batch cannot be pickled or copied; keep snapshot() and config, build another Batch "
            "from the config and restore() into it"
        )
