"""References to fly: minimum-snap paths through waypoints, circle, figure-eight and helix.

Made before the flight, in NumPy and double precision. `Tracker` turns them into actions.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from volery.minimum_snap import MinimumSnap
from volery.reference import Doubles, Reference, Trajectory
from volery.round_trips import Circle, Curve, FigureEight, Helix

if TYPE_CHECKING:
    from volery.batch import Batch

__all__ = [
    "Circle",
    "Curve",
    "FigureEight",
    "Helix",
    "MinimumSnap",
    "Reference",
    "Tracker",
    "Trajectory",
]


class Tracker:
    """The baseline that flies a trajectory: actions for a batch from time and position.

    At the action level of a control law (`lee`, `pid`, `mellinger`, `lqr`, `indi`) it hands over
    velocity, acceleration, jerk and heading as well; at `position` the place alone, so that the
    vehicle lags.

    Args:
        batch: Whose action level is `position` or that of a law.
        trajectory: What to fly; the same for all agents.
        origin_w_m: (W, A, 3) or anything that broadcasts to it, added to the trajectory.

    Raises:
        ValueError: For another action level.
    """

    def __init__(self, batch: Batch, trajectory: Trajectory, origin_w_m: ArrayLike = 0.0) -> None:
        names = [column.name for column in batch.layout.action]
        if names[:3] != ["dx", "dy", "dz"]:
            raise ValueError(
                f"action: a trajectory needs the level position or that of a control law, not "
                f"{batch.config['action']!r}"
            )
        self._feeds_forward = len(names) > 4
        self._low = np.array([column.low for column in batch.layout.action])
        self._high = np.array([column.high for column in batch.layout.action])
        self._trajectory = trajectory
        self._shape = (batch.num_worlds, batch.num_agents)
        self._origin = np.broadcast_to(np.asarray(origin_w_m, float), (*self._shape, 3))

    def act(self, time_s: float, position_w_m: ArrayLike) -> NDArray[np.float32]:
        """Returns the actions (W, A, U) for the step that starts at the time.

        Args:
            time_s: Since the start of the trajectory.
            position_w_m: (W, A, 3), where the agents are.
        """
        reference = self._trajectory.at(time_s)
        actions = np.zeros((*self._shape, len(self._low)))
        actions[..., :3] = self._origin + reference.position_w_m - np.asarray(position_w_m)
        if self._feeds_forward:
            actions[..., 3:6] = reference.velocity_w_mps
            actions[..., 6:9] = reference.acceleration_w_mps2
            actions[..., 9:12] = reference.jerk_w_mps3
            turns = np.round(reference.yaw_rad / (2 * math.pi))
            actions[..., 12] = reference.yaw_rad - 2 * math.pi * turns
            actions[..., 13] = reference.yaw_rate_radps
        return np.clip(actions, self._low, self._high).astype(np.float32)

    def error_m(self, time_s: float, position_w_m: ArrayLike) -> Doubles:
        """Returns the distances (W, A) from where the agents should be at the time."""
        reference = self._trajectory.at(time_s)
        off = self._origin + reference.position_w_m - np.asarray(position_w_m)
        return np.asarray(np.linalg.norm(off, axis=-1), float)
