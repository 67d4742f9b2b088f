"""HoverAviary: one drone learns to hover a meter above the ground."""
# ruff: noqa: N802, N999 - the original's names

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from volery.compat.gpd.envs.BaseRLAviary import BaseRLAviary
from volery.compat.gpd.utils.enums import ActionType, DroneModel, ObservationType, Physics


class HoverAviary(BaseRLAviary):
    """One drone, from 0.11 m up to (0, 0, 1). Arguments as for `BaseRLAviary`.

    The reward is max(0, 2 - d^4) at distance d. It terminates within 0.1 mm, and is truncated 1.5 m
    aside, above 2 m, tilted by 0.4 rad or after 8 s.
    """

    def __init__(
        self,
        drone_model: DroneModel = DroneModel.CF2X,
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
        self.TARGET_POS = np.array([0, 0, 1])
        self.EPISODE_LEN_SEC = 8
        super().__init__(
            drone_model=drone_model,
            num_drones=1,
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

    def _distance(self) -> float:
        return float(np.linalg.norm(self.TARGET_POS - self.pos[0]))

    def _computeReward(self) -> float:
        return max(0, 2 - self._distance() ** 4)

    def _computeTerminated(self) -> bool:
        return self._distance() < 0.0001

    def _computeTruncated(self) -> bool:
        x, y, z = self.pos[0].tolist()
        roll, pitch, _ = self.rpy[0].tolist()
        astray = abs(x) > 1.5 or abs(y) > 1.5 or z > 2.0 or abs(roll) > 0.4 or abs(pitch) > 0.4
        return astray or self.step_counter / self.PYB_FREQ > self.EPISODE_LEN_SEC
