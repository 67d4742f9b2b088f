"""The PID of gym-pybullet-drones for Crazyflies."""
# ruff: noqa: N802, N999 - the original's names

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from volery import _volery
from volery.compat.gpd.utils.enums import DroneModel, engine_name

Floats = NDArray[np.float64]
_ZERO = np.zeros(3)


class DSLPIDControl:
    """Position and attitude PID with the original's gains, units and quirks (docs/gpd.md).

    Gains and limits are attributes under the original's names and may be changed at any time.

    Args:
        drone_model: CF2X or CF2P.
        g: Gravity that the feed-forward thrust assumes, m/s^2.

    Raises:
        ValueError: For another model.
    """

    def __init__(self, drone_model: DroneModel, g: float = 9.8) -> None:
        if drone_model not in (DroneModel.CF2X, DroneModel.CF2P):
            raise ValueError(f"drone_model = {drone_model}: must be DroneModel.CF2X or CF2P")
        self.DRONE_MODEL = drone_model
        name = engine_name(drone_model)
        gains = _volery.gpd_pid_gains(name)
        self.P_COEFF_FOR, self.I_COEFF_FOR, self.D_COEFF_FOR = gains[:3]
        self.P_COEFF_TOR, self.I_COEFF_TOR, self.D_COEFF_TOR = gains[3:6]
        self.MIXER_MATRIX = gains[6]
        scalars = gains[7].tolist()
        self.PWM2RPM_SCALE, self.PWM2RPM_CONST, self.MIN_PWM, self.MAX_PWM = scalars[:4]
        self.KF = scalars[4]
        constants = _volery.gpd_constants(name)
        self.KM = constants["KM"]
        self.GRAVITY = g * constants["M"]
        self.reset()

    def reset(self) -> None:
        """Forgets the integrals and the last angles."""
        self.control_counter = 0
        self.last_rpy = np.zeros(3)
        self.integral_pos_e = np.zeros(3)
        self.integral_rpy_e = np.zeros(3)

    def computeControlFromState(
        self,
        control_timestep: float,
        state: ArrayLike,
        target_pos: ArrayLike,
        target_rpy: ArrayLike = _ZERO,
        target_vel: ArrayLike = _ZERO,
        target_rpy_rates: ArrayLike = _ZERO,
    ) -> tuple[Floats, Floats, float]:
        """Calls `computeControl` with the parts of a state vector (20,)."""
        row = np.asarray(state, dtype=np.float64)
        return self.computeControl(
            control_timestep,
            row[0:3],
            row[3:7],
            row[10:13],
            row[13:16],
            target_pos,
            target_rpy,
            target_vel,
            target_rpy_rates,
        )

    def computeControl(
        self,
        control_timestep: float,
        cur_pos: ArrayLike,
        cur_quat: ArrayLike,
        cur_vel: ArrayLike,
        cur_ang_vel: ArrayLike,
        target_pos: ArrayLike,
        target_rpy: ArrayLike = _ZERO,
        target_vel: ArrayLike = _ZERO,
        target_rpy_rates: ArrayLike = _ZERO,
    ) -> tuple[Floats, Floats, float]:
        """Computes rotor speeds.

        Args:
            control_timestep: Seconds since the last call.
            cur_pos: (3,) m, world.
            cur_quat: (4,) xyzw.
            cur_vel: (3,) m/s, world.
            cur_ang_vel: Unused, as in the original.
            target_pos: (3,) m.
            target_rpy: (3,) rad; only the yaw counts.
            target_vel: (3,) m/s.
            target_rpy_rates: (3,) rad/s.

        Returns:
            RPM (4,), position error (3,) m, yaw error in rad.

        Raises:
            TypeError: Where something is no array of numbers.
            ValueError: For another size.
        """
        self.control_counter += 1
        result: tuple[Floats, Floats, float] = _volery.gpd_pid(
            self._gains(),
            control_timestep,
            cur_pos,
            cur_quat,
            cur_vel,
            (target_pos, target_rpy, target_vel, target_rpy_rates),
            (self.last_rpy, self.integral_pos_e, self.integral_rpy_e),
        )
        return result

    def setPIDCoefficients(
        self,
        p_coeff_pos: ArrayLike | None = None,
        i_coeff_pos: ArrayLike | None = None,
        d_coeff_pos: ArrayLike | None = None,
        p_coeff_att: ArrayLike | None = None,
        i_coeff_att: ArrayLike | None = None,
        d_coeff_att: ArrayLike | None = None,
    ) -> None:
        """Replaces the gains that are given; (3,) each."""
        names = ("P_COEFF_FOR", "I_COEFF_FOR", "D_COEFF_FOR",
                 "P_COEFF_TOR", "I_COEFF_TOR", "D_COEFF_TOR")  # fmt: skip
        given = (p_coeff_pos, i_coeff_pos, d_coeff_pos, p_coeff_att, i_coeff_att, d_coeff_att)
        for name, value in zip(names, given, strict=True):
            if value is not None:
                setattr(self, name, np.array(value, dtype=np.float64).reshape(3))

    def _gains(self) -> tuple[Any, ...]:
        scalars = (
            self.PWM2RPM_SCALE,
            self.PWM2RPM_CONST,
            self.MIN_PWM,
            self.MAX_PWM,
            self.KF,
            self.GRAVITY,
        )
        return (
            self.P_COEFF_FOR,
            self.I_COEFF_FOR,
            self.D_COEFF_FOR,
            self.P_COEFF_TOR,
            self.I_COEFF_TOR,
            self.D_COEFF_TOR,
            self.MIXER_MATRIX,
            scalars,
        )
