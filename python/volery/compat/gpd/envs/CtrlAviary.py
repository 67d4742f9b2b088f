"""CtrlAviary: rotor speeds in, state vectors out."""
# ruff: noqa: N802, N999 - the original's names

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces

from volery.compat.gpd.envs.BaseAviary import BaseAviary, Floats


class CtrlAviary(BaseAviary):
    """Drones under a script's own controllers. Arguments as for `BaseAviary`.

    Actions (N, 4): RPM, clipped to [0, MAX_RPM]. Observations (N, 20) float64: state vectors. The
    reward is -1; nothing ends.
    """

    def _actionSpace(self) -> spaces.Box:
        high = np.full((self.NUM_DRONES, 4), self.MAX_RPM, dtype=np.float32)
        return spaces.Box(np.zeros_like(high), high, dtype=np.float32)

    def _observationSpace(self) -> spaces.Box:
        return self._state_space()

    def _computeObs(self) -> Floats:
        return self._state.copy()

    def _preprocessAction(self, action: Any) -> Floats:
        rpm: Floats = np.clip(np.asarray(action, dtype=np.float64), 0, self.MAX_RPM)
        return rpm

    def _computeReward(self) -> float:
        return -1

    def _computeTerminated(self) -> bool:
        return False

    def _computeTruncated(self) -> bool:
        return False
