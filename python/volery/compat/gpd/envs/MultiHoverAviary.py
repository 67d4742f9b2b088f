"""MultiHoverAviary: drones learn to hover at heights of their own."""
# ruff: noqa: N802, N999 - the original's names

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from volery.compat.gpd.envs.BaseAviary import Floats
from volery.compat.gpd.envs.BaseRLAviary import BaseRLAviary
from volery.compat.gpd.utils.enums import ActionType, DroneModel, ObservationType, Physics


class MultiHoverAviary(BaseRLAviary):
    """Drone i climbs by 1 / (i + 1) m. Arguments as for `BaseRLAviary`.

    One reward for all: the sum of max(0, 2 - d^4). It terminates where the distances sum to less
    than 0.1 mm, and is truncated where a drone is 2 m aside, above 2 m or tilted by 0.4 rad, or
    after 8 s.
    """

    def __init__(
        self,
        drone_model: DroneModel = DroneModel.CF2X,
        num_drones: int = 2,
        neighbourhood_radius: float = np.inf,
        initial_xyzs: ArrayLike | None = None,
        initial_rpys: ArrayLike | None = None,
        physics: Physics = Physics.PYB,
        pyb_freq: int = 240,
        ctrl_freq: int = 30,
        gui: bool = False,
        record: bool = False,
        obs: ObservationType = ObservationType.KIN,
        act: ActionType = ActionType.RPM,
    ) -> None:
        self.EPISODE_LEN_SEC = 8
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
            obs=obs,
            act=act,
        )
        climbs = [[0, 0, 1 / (i + 1)] for i in range(num_drones)]
        self.TARGET_POS = self.INIT_XYZS + np.array(climbs)

    def _distances(self) -> Floats:
        distances: Floats = np.linalg.norm(self.TARGET_POS - self.pos, axis=1)
        return distances

    def _computeReward(self) -> float:
        return float(np.maximum(0, 2 - self._distances() ** 4).sum())

    def _computeTerminated(self) -> bool:
        return bool(self._distances().sum() < 0.0001)

    def _computeTruncated(self) -> bool:
        astray = (
            (np.abs(self.pos[:, 0:2]) > 2.0).any()
            or (self.pos[:, 2] > 2.0).any()
            or (np.abs(self.rpy[:, 0:2]) > 0.4).any()
        )
        return bool(astray) or self.step_counter / self.PYB_FREQ > self.EPISODE_LEN_SEC
