"""Makes tracks: takes note of a world, step by step, in the arrays that pages and plots show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from volery import _volery
from volery.page_landmarks import LandmarkLog
from volery.page_packets import PACKET, PacketLog
from volery.page_track import (
    ABSENT,
    ALIVE,
    DEAD,
    OVER,
    TOUCH_AGENT,
    TOUCH_SCENE,
    Floats,
    Series,
    Track,
)

_MODE_ABSENT = 2  # of the state field body_mode
_MAX_PAIRED = 256  # agents up to which the closest pair is looked for
_FAR_M = 1e5  # goals beyond stand for "none"


def _packets_of(source: Any) -> Callable[[], Any] | None:
    if not source.config["radio"]:
        return None
    if not hasattr(source, "radio"):  # a recording
        return source.packets  # type: ignore[no-any-return]
    return source.radio.packets if source.radio.trace else None


class Sampler:
    """Makes a track of one world of whatever can be asked for its state.

    Call `sample` after a reset and after every step; poses are kept at the rate asked for.

    Args:
        batch: A `volery.Batch`, whose messages are sampled where `batch.radio.trace` is on; or a
            `volery.Recording` that was opened to keep packets.
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
        self._packets_of = _packets_of(batch)
        names = list(_volery.radio_count_names())
        self._fates = names[: names.index("candidates")] if self._packets_of else []
        hidden = ("out_of_range", "masked", "duplicate")
        self._shown = np.array([name not in hidden for name in self._fates], np.bool_)
        self._packets = PacketLog(max_packets)
        self._landmarks = LandmarkLog()
        self._terms = [term.name for term in batch.layout.reward_terms]
        self._rows: list[dict[str, Any]] = []
        self._step = 0
        self._sums: Floats | None = None
        self._touch = np.zeros(batch.layout.num_agents, np.int64)
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
        self._add_touches(fresh=just_reset)
        self._add_gains(just_reset or first)
        if self._packets_of and not first and not just_reset:
            self._add_packets(self._packets_of())
        # the first and the last pose of an episode are always shown, or a cut would come late
        anybody = bool((self._state("alive") != 0).any())
        over = self._anybody and not anybody
        self._anybody = anybody
        if first or last or just_reset or over or self._step % self._stride == 0:
            self._rows.append(self._row())
            self._landmarks.add(self._batch.landmarks(self._world))
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
        goals, wind = row.pop("goals", None), row.get("wind")
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
            touch=row["touch"].astype(np.uint8),
            wind_w_mps=wind,
            landmarks=self._landmarks.result(),
            landmark_looks=self._landmarks.looks,
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
            "touch": self._touch,
        }
        if self._has("wind_w_mps"):
            winds = self._state("wind_w_mps")[flying]
            row["wind"] = winds.mean(axis=0) if len(winds) else np.zeros(3, np.float32)
        if self._has("goal_w_m"):
            goals = self._state("goal_w_m")
            good = np.isfinite(goals).all(axis=1, keepdims=True)
            good &= (np.abs(goals) < _FAR_M).all(axis=1, keepdims=True)
            row["goals"] = np.where(good, goals, np.float32(np.nan))
        self._touch = np.zeros_like(self._touch)
        self._counts = np.zeros_like(self._counts)
        self._gains = np.zeros_like(self._gains)
        self._gained_steps = 0
        return row

    def _add_touches(self, fresh: bool) -> None:
        """Adds whom and what each touched in this step; a touch may last one step alone."""
        if fresh:
            self._touch = np.zeros_like(self._touch)
        for name, bit in (("touch_static", TOUCH_SCENE), ("touch_agent", TOUCH_AGENT)):
            self._touch = self._touch | np.where(self._state(name)[:, 0] != 0, bit, 0)

    def _add_gains(self, fresh: bool) -> None:
        """Adds what each term of the reward gave in this step, the mean over the agents."""
        sums = self._state("episode_terms")
        before = 0 if fresh or self._sums is None else self._sums
        self._gains = self._gains + (sums - before).mean(axis=0, dtype=np.float64)
        self._gained_steps += 1
        self._sums = sums

    def _add_packets(self, packets: Any) -> None:
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
    if row["touch"].any():
        touching = np.count_nonzero(row["touch"], axis=1)
        series.append(Series("touching", "agents", touching.astype(np.float32)))
    if "wind" in row:
        series.append(Series("wind", "m/s", np.linalg.norm(row["wind"], axis=1)))
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
