"""What a flight looked like: sampled poses, packets and figures of one world, in plain arrays.

Pages and plots are made from a `Track`, so that it does not matter where it came from: a recording
that is simulated again, or a batch that somebody steps.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from volery import _volery
from volery.page_packets import PACKET, PacketLog

Floats = NDArray[np.float32]

# what `Track.life` holds; OVER: alive until the episode of the whole world ended
ABSENT, ALIVE, DEAD, OVER = 0, 1, 2, 3

_MODE_ABSENT = 2  # of the state field body_mode
_MAX_PAIRED = 256  # agents up to which the closest pair is looked for
_FAR_M = 1e5  # goals beyond stand for "none"


@dataclasses.dataclass(frozen=True)
class Series:
    """A figure over time."""

    name: str
    unit: str
    values: Floats  # (T,), nan where there is none


@dataclasses.dataclass
class Track:
    """One world over time. T samples, A agents, P props.

    Attributes:
        times_s: (T,) since the first sample, going on across resets.
        episode_s: (T,) since the world's reset.
        steps: (T,) agent steps since the first sample.
        cut: (T,) the world was reset since the sample before.
        positions_w_m: (T, A, 3)
        quats_wb_xyzw: (T, A, 4)
        life: (T, A) of ABSENT, ALIVE, DEAD, OVER.
        prop_positions_w_m: (T, P, 3)
        prop_quats_wb_xyzw: (T, P, 4)
        goals_w_m: (T, A, 3), nan where an agent has none; None where the task has no goals.
        packets: Structured as `PACKET`, by time.
        packets_total: How many there were, of which `packets` may be a part.
        packet_stride: The packets of one in so many steps are kept
        packet_sender_stride: of one in so many senders.
        fates: Names that `packets["fate"]` indexes; empty without a radio.
        fate_counts: (T, fates) all packets since the sample before, kept or not.
        series: Figures of the world.
        config: Of the batch, every default filled in.
        world: Which one.
        step_s: Agent step.
        seed: Of the world's first episode; None where unknown.
        note: Whatever the reader should know of it.
    """

    times_s: NDArray[np.float64]
    episode_s: NDArray[np.float64]
    steps: NDArray[np.int64]
    cut: NDArray[np.bool_]
    positions_w_m: Floats
    quats_wb_xyzw: Floats
    life: NDArray[np.uint8]
    prop_positions_w_m: Floats
    prop_quats_wb_xyzw: Floats
    goals_w_m: Floats | None
    packets: NDArray[Any]
    packets_total: int
    packet_stride: int
    packet_sender_stride: int
    fates: list[str]
    fate_counts: NDArray[np.int64]
    series: list[Series]
    config: dict[str, Any]
    world: int = 0
    step_s: float = 0
    seed: int | None = None
    note: str = ""

    @property
    def num_agents(self) -> int:
        """A."""
        return int(self.positions_w_m.shape[1])

    @property
    def duration_s(self) -> float:
        """From the first sample to the last."""
        return float(self.times_s[-1])


class Sampler:
    """Makes a track of one world of whatever can be asked for its state.

    Call `sample` after a reset and after every step; poses are kept at the rate asked for.

    Args:
        batch: A `volery.Batch`, or what offers its `state`, `state_fields`, `config`, `layout` and
            `packets`.
        world: Which one.
        rate_hz: Of the samples; at most that of the agent steps.
        max_packets: Kept; beyond, those of every second, fourth, ... step.

    Raises:
        ValueError: For a world that is not there, a rate that is not positive.
    """

    def __init__(
        self, batch: Any, world: int = 0, rate_hz: float = 20, max_packets: int = 20000
    ) -> None:
        if not 0 <= world < batch.layout.num_worlds:
            raise ValueError(f"world = {world}: must be in [0, {batch.layout.num_worlds - 1}]")
        if not 0 < rate_hz <= 1e6:
            raise ValueError(f"rate_hz = {rate_hz}: must be in (0, 1e6] Hz")
        self._batch = batch
        self._world = world
        self._config: dict[str, Any] = dict(batch.config)
        self._step_s = 1 / self._config["agent_rate_hz"]
        self._stride = max(1, round(1 / (self._step_s * rate_hz)))
        fields = {field.name for field in batch.state_fields}
        self._has = fields.__contains__
        radio = self._config["radio"]
        self._traced = bool(radio) and bool(radio.get("trace", False))
        names = list(_volery.radio_count_names())
        self._fates = names[: names.index("candidates")] if self._traced else []
        hidden = ("out_of_range", "masked", "duplicate")
        self._shown = np.array([name not in hidden for name in self._fates], np.bool_)
        self._packets = PacketLog(max_packets)
        self._terms = [term.name for term in batch.layout.reward_terms]
        self._rows: list[dict[str, Any]] = []
        self._step = 0
        self._sums: Floats | None = None
        self._counts = np.zeros(len(self._fates), np.int64)
        self._gains = np.zeros(len(self._terms))
        self._gained_steps = 0
        self._was_cut = False
        self._anybody = False

    def sample(self, just_reset: bool = False, last: bool = False) -> None:
        """Takes note of the present state.

        Args:
            just_reset: The world began an episode since the call before.
            last: Nothing follows, so the pose is kept whatever the rate.
        """
        first = not self._rows
        self._was_cut |= just_reset and not first
        self._add_gains(just_reset or first)
        if self._traced and not first and not just_reset:
            self._add_packets()
        # the first and the last pose of an episode are always shown, or a cut would come late
        anybody = bool((self._state("alive") != 0).any())
        over = self._anybody and not anybody
        self._anybody = anybody
        if first or last or just_reset or over or self._step % self._stride == 0:
            self._rows.append(self._row())
            self._was_cut = False
        self._step += 1

    def track(self, seed: int | None = None, note: str = "") -> Track:
        """Returns what was sampled.

        Raises:
            ValueError: Where nothing was.
        """
        if not self._rows:
            raise ValueError("track: nothing was sampled")
        row = {key: np.stack([r[key] for r in self._rows]) for key in self._rows[0]}
        goals = row.pop("goals") if "goals" in row else None
        return Track(
            times_s=row["step"] * self._step_s,
            episode_s=row["episode_s"],
            steps=row["step"].astype(np.int64),
            cut=row["cut"],
            positions_w_m=row["position"],
            quats_wb_xyzw=row["quat"],
            life=row["life"],
            prop_positions_w_m=row["prop_position"],
            prop_quats_wb_xyzw=row["prop_quat"],
            goals_w_m=goals,
            packets=self._packets.result(),
            packets_total=self._packets.total,
            packet_stride=self._packets.stride,
            packet_sender_stride=self._packets.sender_stride,
            fates=self._fates,
            fate_counts=row["counts"],
            series=_series(row, self._terms, self._step_s),
            config=self._config,
            world=self._world,
            step_s=self._step_s,
            seed=seed,
            note=note,
        )

    def _state(self, name: str) -> Floats:
        rows: Floats = np.asarray(self._batch.state(name))[self._world]
        return rows

    def _row(self) -> dict[str, Any]:
        position = self._state("position_w_m")
        alive = self._state("alive")[:, 0] != 0
        absent = self._state("body_mode")[:, 0] == _MODE_ABSENT
        life = np.where(absent, ABSENT, np.where(alive, ALIVE, DEAD)).astype(np.uint8)
        if not alive.any() and self._rows and not self._was_cut:
            # the world has ended, by time or success say: that is not the death of all
            before = self._rows[-1]["life"]
            life = np.where(before == ALIVE, OVER, before).astype(np.uint8)
        flying = (life == ALIVE) | (life == OVER)
        props = self._has("prop_position_w_m")
        row = {
            "step": np.float64(self._step),
            "episode_s": np.float64(self._state("episode_steps")[0, 0] * self._step_s),
            "cut": np.bool_(self._was_cut),
            "position": position,
            "quat": self._state("quat_wb_xyzw"),
            "life": life,
            "prop_position": self._state("prop_position_w_m") if props else np.zeros((0, 3), "f4"),
            "prop_quat": self._state("prop_quat_wb_xyzw") if props else np.zeros((0, 4), "f4"),
            "counts": self._counts,
            "gains": self._gains / max(1, self._gained_steps),
            "speed": _mean(np.linalg.norm(self._state("velocity_w_mps"), axis=1)[flying]),
            "closest": _closest(position[flying]),
            "alive": np.float32(flying.sum()),
        }
        if self._has("goal_w_m"):
            goals = self._state("goal_w_m")
            good = np.isfinite(goals).all(axis=1, keepdims=True)
            good &= (np.abs(goals) < _FAR_M).all(axis=1, keepdims=True)
            row["goals"] = np.where(good, goals, np.float32(np.nan))
        self._counts = np.zeros_like(self._counts)
        self._gains = np.zeros_like(self._gains)
        self._gained_steps = 0
        return row

    def _add_gains(self, fresh: bool) -> None:
        """Adds what each term of the reward gave in this step, the mean over the agents."""
        sums = self._state("episode_terms")
        before = 0 if fresh or self._sums is None else self._sums
        self._gains = self._gains + (sums - before).mean(axis=0, dtype=np.float64)
        self._gained_steps += 1
        self._sums = sums

    def _add_packets(self) -> None:
        packets = self._batch.packets()
        if self._batch.layout.num_worlds > 1:
            packets = packets[packets["world"] == self._world]
        fates = packets["fate"]
        self._counts = self._counts + np.bincount(fates, minlength=len(self._fates))
        shown = self._shown[fates]
        if not self._packets.wants(self._step):
            self._packets.total += int(shown.sum())
            return
        chosen = packets[shown]
        kept = np.zeros(len(chosen), PACKET)
        kept["time_s"] = self._step * self._step_s
        kept["delay_s"] = chosen["delay_steps"] * self._step_s
        for name in ("sender", "receiver", "fate", "bytes", "distance_m"):
            kept[name] = chosen[name]
        self._packets.add(self._step, kept)


def fly(
    task: str,
    num_agents: int | None = None,
    *,
    steps: int,
    seed: int = 0,
    rate_hz: float = 20,
    policy: str | None = None,
    **config: Any,
) -> Track:
    """Returns the track of a world under a scripted policy.

    Args:
        task: Its name.
        num_agents: Agents; the task's default where None.
        steps: Agent steps.
        seed: Of world and policy.
        rate_hz: Of the samples.
        policy: "random", say; None for the task's own.
        **config: Any other field of the config.
    """
    from volery.batch import Batch

    with Batch(task, 1, num_agents, seed=seed, **config) as batch:
        if batch.config["radio"] and not batch.config["radio"]["trace"]:
            radio = {**batch.config["radio"], "trace": True}
            same: dict[str, Any] = {"steps": steps, "seed": seed, "rate_hz": rate_hz}
            return fly(task, num_agents, **same, policy=policy, **{**config, "radio": radio})
        pilot = batch.baseline(policy, seed=seed)
        sampler = Sampler(_Live(batch), 0, rate_hz)
        observation = batch.reset(seed=seed)
        sampler.sample(just_reset=True)
        for step in range(steps):
            observation, _, _, _, info = batch.step(pilot.act(observation))
            same_step = batch.config["autoreset"] == "same_step"
            begun = info["ended" if same_step else "just_reset"][0]
            sampler.sample(just_reset=bool(begun), last=step == steps - 1)
        return sampler.track(seed)


def track_of(source: Any, world: int = 0, rate_hz: float = 20) -> Track:
    """Returns the track of a world of a recording, which is simulated again for it.

    Args:
        source: Path of a recording, or an open one.
        world: Which world.
        rate_hz: Of the samples.

    Raises:
        ValueError: For a world that is not there, or a rate that is not positive.
        OSError: For a file that cannot be read, or is no recording.
    """
    from volery.recording import Recording

    path = getattr(source, "path", source)
    # one of our own: it keeps packets, and the caller's stays where it is
    recording = Recording(path, trace=True)
    sampler = Sampler(_Replayed(recording), world, rate_hz)
    resets = {m[0] for m in recording.marks() if m[3] == "world_reset" and m[1] in (world, -1)}
    before = 0
    for position in recording:
        passed = int(recording.state("episode_steps")[world].max())
        fresh = passed == 0 and before > 0
        # from outside, and then a step before anybody looked
        fresh |= passed <= before and bool(resets & {position, position - 1})
        before = passed
        sampler.sample(just_reset=position == 0 or fresh, last=position == recording.num_steps)
    return sampler.track(note=recording.notice)


class _Live:
    """A batch as `Sampler` asks for it."""

    def __init__(self, batch: Any) -> None:
        self.config: dict[str, Any] = batch.config
        self.layout = batch.layout
        self.state = batch.state
        self.state_fields: Sequence[Any] = batch.state_fields
        self.packets = batch.radio.packets if batch.config["radio"] else None


class _Replayed:
    """A recording likewise; its batch keeps packets whatever the config of the run said."""

    def __init__(self, recording: Any) -> None:
        config = recording.config
        radio = {**config["radio"], "trace": True} if config["radio"] else config["radio"]
        self.config: dict[str, Any] = {**config, "radio": radio}
        self.layout = recording.layout
        self.state = recording.state
        self.state_fields: Sequence[Any] = recording.state_fields
        self.packets = recording.packets


def _mean(values: Floats) -> np.float32:
    return np.float32(values.mean()) if values.size else np.float32(np.nan)


def _closest(positions: Floats) -> np.float32:
    """Returns the distance of the closest pair, nan for fewer than two or very many."""
    if not 2 <= len(positions) <= _MAX_PAIRED:
        return np.float32(np.nan)
    apart = np.linalg.norm(positions[:, None] - positions, axis=-1)
    return np.float32(apart[np.triu_indices(len(positions), 1)].min())


def _series(row: Mapping[str, Any], terms: Sequence[str], step_s: float) -> list[Series]:
    spans = np.diff(row["step"], prepend=row["step"][0] - 1) * step_s
    series = [Series("reward", "per step", row["gains"].sum(axis=1).astype(np.float32))]
    if len(terms) > 1:
        series += [
            Series(f"reward: {name}", "per step", row["gains"][:, i].astype(np.float32))
            for i, name in enumerate(terms)
        ]
    series += [
        Series("mean speed", "m/s", row["speed"]),
        Series("closest pair", "m", row["closest"]),
        Series("alive", "agents", row["alive"]),
    ]
    if row["counts"].shape[1]:
        # over about a second: single steps have nothing or everything
        window = np.ones(max(1, min(len(spans), round(1 / float(np.median(spans))))))
        total, delivered, elapsed = (
            np.convolve(values, window)[: len(spans)]
            for values in (row["counts"].sum(axis=1), row["counts"][:, 0], spans)
        )
        series.append(Series("delivered", "messages/s", (delivered / elapsed).astype(np.float32)))
        with np.errstate(invalid="ignore"):
            share = np.where(total > 0, 100 * delivered / np.maximum(total, 1), np.nan)
        series.append(Series("delivered", "% of receivers", share.astype(np.float32)))
    # a figure that was never there is no figure
    return [s for s in series if np.isfinite(s.values).any()]
