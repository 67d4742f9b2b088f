"""VelocityAviary: velocities in, state vectors out."""
# ruff: noqa: N802, N999 - the original's names

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import ArrayLike

from volery.compat.gpd.control.DSLPIDControl import DSLPIDControl
from volery.compat.gpd.envs.BaseAviary import BaseAviary, Floats
from volery.compat.gpd.utils.enums import DroneModel, Physics


class VelocityAviary(BaseAviary):
    """Drones that a PID keeps at wanted velocities. Arguments as for `BaseAviary`.

    Actions (N, 4): a direction and a share of the speed limit (3 % of the vehicle's maximum).
    Observations (N, 20) float64: state vectors. The reward is -1; nothing ends.

    Raises:
        ValueError: For DroneModel.RACE, which has no PID (the original crashes).
    """

    def __init__(
        self,
        drone_model: DroneModel = DroneModel.CF2X,
        num_drones: int = 1,
        neighbourhood_radius: float = np.inf,
        initial_xyzs: ArrayLike | None = None,
        initial_rpys: ArrayLike | None = None,
        physics: Physics = Physics.PYB,
        pyb_freq: int = 240,
        ctrl_freq: int = 240,
        gui: bool = False,
        record: bool = False,
        obstacles: bool = False,
        user_debug_gui: bool = True,
        output_folder: str = "results",
    ) -> None:
        if drone_model is DroneModel.RACE:
            raise ValueError("drone_model = RACE: the PID exists for CF2X and CF2P alone")
        # CF2X even for CF2P, as in the original
        self.ctrl = [DSLPIDControl(DroneModel.CF2X) for _ in range(num_drones)]
        super().__init__(
            drone_model=drone_model,
            num_drones=num_drones,
            neighbourhood_radius=neighbourhood_radius,
            initial_xyzs=initial_xyzs,
            initial_rpys=initial_rpys,
            physics=physics,
            pyb_freq=pyb_freq,
            ctrl_freq=ctrl_freq,
            gui=gui,
            record=record,
            obstacles=obstacles,
            user_debug_gui=user_debug_gui,
            output_folder=output_folder,
        )
        self.SPEED_LIMIT = 0.03 * self.MAX_SPEED_KMH * (1000 / 3600)

    def _actionSpace(self) -> spaces.Box:
        low = np.tile(np.array([-1, -1, -1, 0], dtype=np.float32), (self.NUM_DRONES, 1))
        return spaces.Box(low, np.ones_like(low), dtype=np.float32)

    def _observationSpace(self) -> spaces.Box:
        return self._state_space()

    def _computeObs(self) -> Floats:
        return self._state.copy()

    def _preprocessAction(self, action: Any) -> Floats:
        rows = np.asarray(action)
        return np.array([self._velocity_rpm(k, rows[k]) for k in range(self.NUM_DRONES)])

    def _velocity_rpm(self, k: int, target: Any) -> Floats:
        return velocity_rpm(
            self.ctrl[k], self._state[k], target, self.SPEED_LIMIT, self.CTRL_TIMESTEP
        )

    def _computeReward(self) -> float:
        return -1

    def _computeTerminated(self) -> bool:
        return False

    def _computeTruncated(self) -> bool:
        return False


def velocity_rpm(
    pid: DSLPIDControl, state: Floats, target: Any, speed_limit: float, step_s: float
) -> Floats:
    """Returns the RPM (4,) that hold a velocity at the present yaw.

    Args:
        pid: Of the drone.
        state: (20,)
        target: (4,) direction and share of the limit.
        speed_limit: m/s
        step_s: Seconds between calls.
    """
    size = np.linalg.norm(target[0:3])
    direction = target[0:3] / size if size != 0 else np.zeros(3)
    rpm, _, _ = pid.computeControl(
        step_s,
        state[0:3],
        state[3:7],
        state[10:13],
        state[13:16],
        target_pos=state[0:3],
        target_rpy=(0.0, 0.0, state[9]),
        target_vel=speed_limit * np.abs(target[3]) * direction,
    )
    return rpm
