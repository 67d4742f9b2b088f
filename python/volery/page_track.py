"""What a flight looked like: sampled poses, packets and figures of one world, in plain arrays.

Pages and plots are made from a `Track`, so that it does not matter where it came from: a recording
that is simulated again, or a batch that somebody steps.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from volery.page_landmarks import LANDMARK, Look

Floats = NDArray[np.float32]

# what `Track.life` holds; OVER: alive until the episode of the whole world ended
ABSENT, ALIVE, DEAD, OVER = 0, 1, 2, 3
# bits of `Track.touch`; the scene is what stands in it and props
TOUCH_SCENE, TOUCH_AGENT = 1, 2


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
        touch: (T, A) what each touched since the sample before, bits TOUCH_SCENE and TOUCH_AGENT;
            None where unknown.
        wind_w_mps: (T, 3) of the air, the mean over who flies; None where the air stands still.
        landmarks: Of the task, structured as `LANDMARK`, by first sample.
        landmark_looks: Name, kind and state that `landmarks["look"]` indexes.
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
    touch: NDArray[np.uint8] | None = None
    wind_w_mps: Floats | None = None
    landmarks: NDArray[Any] = dataclasses.field(default_factory=lambda: np.zeros(0, LANDMARK))
    landmark_looks: list[Look] = dataclasses.field(default_factory=list)

    @property
    def num_agents(self) -> int:
        """A."""
        return int(self.positions_w_m.shape[1])

    @property
    def duration_s(self) -> float:
        """From the first sample to the last."""
        return float(self.times_s[-1])
