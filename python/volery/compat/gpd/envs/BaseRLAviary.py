"""The base class of gym-pybullet-drones' learning environments."""
# ruff: noqa: N802, N999 - the original's names

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import ArrayLike, NDArray

from volery.compat.gpd.control.DSLPIDControl import DSLPIDControl
from volery.compat.gpd.envs.BaseAviary import BaseAviary, Floats
from volery.compat.gpd.envs.VelocityAviary import velocity_rpm
from volery.compat.gpd.utils.enums import ActionType, DroneModel, ObservationType, Physics

_SIZES = {
    ActionType.RPM: 4,
    ActionType.VEL: 4,
    ActionType.PID: 3,
    ActionType.ONE_D_RPM: 1,
    ActionType.ONE_D_PID: 1,
}
_WITH_PID = (ActionType.PID, ActionType.VEL, ActionType.ONE_D_PID)


class BaseRLAviary(BaseAviary):
    """Actions and observations of the hover tasks. Other arguments as for `BaseAviary`.

    Observations (N, 12 + B U) float32: position, roll pitch yaw, velocity, angular velocity
    (world), and the last B actions, oldest first, where B is half of ctrl_freq.

    Args:
        obs: ObservationType.KIN.
        act: What actions mean.

    Raises:
        NotImplementedError: For ObservationType.RGB.
        ValueError: For DroneModel.RACE with an action type that needs the PID.
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
        obs: ObservationType = ObservationType.KIN,
        act: ActionType = ActionType.RPM,
    ) -> None:
        if obs is not ObservationType.KIN:
            raise NotImplementedError(f"obs = {obs}: there are no cameras in this mode; use KIN")
        if act not in _SIZES:
            raise TypeError(f"act = {act!r}: must be a member of ActionType")
        self.OBS_TYPE = obs
        self.ACT_TYPE = act
        self.ACTION_BUFFER_SIZE = int(ctrl_freq // 2)
        self.action_buffer: deque[NDArray[Any]] = deque(maxlen=self.ACTION_BUFFER_SIZE)
        if act in _WITH_PID:
            if drone_model is DroneModel.RACE:
                raise ValueError(f"drone_model = RACE: {act} needs the PID of CF2X or CF2P")
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
            user_debug_gui=False,
        )
        self.SPEED_LIMIT = 0.03 * self.MAX_SPEED_KMH * (1000 / 3600)

    def _actionSpace(self) -> spaces.Box:
        size = _SIZES[self.ACT_TYPE]
        for _ in range(self.ACTION_BUFFER_SIZE):
            self.action_buffer.append(np.zeros((self.NUM_DRONES, size), dtype=np.float32))
        return spaces.Box(-1, 1, (self.NUM_DRONES, size), dtype=np.float32)

    def _observationSpace(self) -> spaces.Box:
        return kinematic_space(self.NUM_DRONES, self.ACTION_BUFFER_SIZE * _SIZES[self.ACT_TYPE])

    def _computeObs(self) -> NDArray[np.float32]:
        state = self._state
        parts = (state[:, 0:3], state[:, 7:16], *self.action_buffer)
        return np.concatenate(parts, axis=1, dtype=np.float32, casting="same_kind")

    def _preprocessAction(self, action: Any) -> Floats:
        rows = np.array(action)
        if rows.shape != (self.NUM_DRONES, _SIZES[self.ACT_TYPE]):
            wanted = (self.NUM_DRONES, _SIZES[self.ACT_TYPE])
            raise ValueError(f"action: shape must be {wanted}, not {rows.shape}")
        self.action_buffer.append(rows)
        if self.ACT_TYPE in (ActionType.RPM, ActionType.ONE_D_RPM):
            rpm: Floats = np.broadcast_to(self.HOVER_RPM * (1 + 0.05 * rows), (self.NUM_DRONES, 4))
            return rpm
        return np.array([self._pid_rpm(k, rows[k]) for k in range(self.NUM_DRONES)])

    def _pid_rpm(self, k: int, target: Any) -> Floats:
        state = self._state[k]
        if self.ACT_TYPE is ActionType.VEL:
            return velocity_rpm(self.ctrl[k], state, target, self.SPEED_LIMIT, self.CTRL_TIMESTEP)
        if self.ACT_TYPE is ActionType.PID:
            goal = self._calculateNextStep(state[0:3], target, step_size=1)
        else:
            goal = state[0:3] + 0.1 * np.array([0, 0, target[0]])
        rpm, _, _ = self.ctrl[k].computeControl(
            self.CTRL_TIMESTEP, state[0:3], state[3:7], state[10:13], state[13:16], target_pos=goal
        )
        return rpm


def kinematic_space(num_drones: int, num_actions: int) -> spaces.Box:
    """Returns the space of observations (N, 12 + num_actions) float32.

    Args:
        num_drones: N.
        num_actions: Numbers in the action buffer of a drone.
    """
    low = np.full((num_drones, 12 + num_actions), -np.inf, dtype=np.float32)
    low[:, 2] = 0
    high = -low
    high[:, 2] = np.inf
    low[:, 12:], high[:, 12:] = -1, 1
    return spaces.Box(low, high, dtype=np.float32)
