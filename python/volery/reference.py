"""Where to be when: the common form of all trajectories."""

from __future__ import annotations

import dataclasses
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Doubles = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Reference:
    """Where to be at some times, world frame.

    Attributes:
        position_w_m: (..., 3).
        velocity_w_mps: (..., 3).
        acceleration_w_mps2: (..., 3).
        jerk_w_mps3: (..., 3).
        yaw_rad: (...), of body x from east to the left; not wrapped.
        yaw_rate_radps: (...).
    """

    position_w_m: Doubles
    velocity_w_mps: Doubles
    acceleration_w_mps2: Doubles
    jerk_w_mps3: Doubles
    yaw_rad: Doubles
    yaw_rate_radps: Doubles


class Trajectory(Protocol):
    """Something that says where to be when."""

    @property
    def duration_s(self) -> float:
        """Returns when it ends; it stands still (or goes on round) after that."""

    def at(self, time_s: ArrayLike) -> Reference:
        """Returns the reference at the times, of any shape."""


def check_finite(name: str, values: Doubles) -> None:
    """Throws ValueError where one is not finite."""
    if not np.isfinite(values).all():
        raise ValueError(f"{name}: must be finite")


def check_positive(name: str, values: Doubles) -> None:
    """Throws ValueError where one is not above 0, or not finite."""
    if not (np.isfinite(values).all() and (values > 0).all()):
        raise ValueError(f"{name} = {values.tolist()}: must be positive and finite")
