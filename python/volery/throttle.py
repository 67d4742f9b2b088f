"""Newtons, rotor speeds, RPM, PWM and normalised thrust, there and back. See `docs/frames.md`.

Plain NumPy, any leading axes. Functions that need a vehicle take what `volery.vehicles.load`
returns.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from volery import _volery

Floats = NDArray[np.float64]

_RADPS_PER_RPM = math.pi / 30


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


# --- rotor speed --------------------------------------------------------------------------------


def rpm_to_radps(speed_rpm: ArrayLike) -> Floats:
    """Rotor speeds in rad/s."""
    return _floats(speed_rpm) * _RADPS_PER_RPM


def radps_to_rpm(speed_radps: ArrayLike) -> Floats:
    """Rotor speeds in revolutions per minute."""
    return _floats(speed_radps) / _RADPS_PER_RPM


def coefficient_from_rpm(coefficient_n_per_rpm2: ArrayLike) -> Floats:
    """Thrust coefficients N s^2 of those in N/RPM^2, times (30 / pi)^2 = 91.189."""
    return _floats(coefficient_n_per_rpm2) / _RADPS_PER_RPM**2


def coefficient_to_rpm(coefficient_n_s2: ArrayLike) -> Floats:
    """Thrust coefficients N/RPM^2 of those in N s^2."""
    return _floats(coefficient_n_s2) * _RADPS_PER_RPM**2


def speed_to_thrust_n(vehicle: _volery.Vehicle, speed_radps: ArrayLike) -> Floats:
    """Thrust k w^2 of one rotor."""
    return _coefficient(vehicle) * _floats(speed_radps) ** 2


def thrust_n_to_speed(vehicle: _volery.Vehicle, thrust_n: ArrayLike) -> Floats:
    """Speed sqrt(T / k) in rad/s of a rotor; 0 below no thrust."""
    root: Floats = np.sqrt(np.maximum(_floats(thrust_n), 0) / _coefficient(vehicle))
    return root


def _coefficient(vehicle: _volery.Vehicle) -> float:
    return float(vehicle.config["thrust_coefficient_n_s2"])


# --- normalised thrust --------------------------------------------------------------------------


def _rotor_span_n(vehicle: _volery.Vehicle) -> tuple[float, float]:
    speeds = vehicle.config["min_rotor_speed_radps"], vehicle.config["max_rotor_speed_radps"]
    least, most = speed_to_thrust_n(vehicle, speeds)
    return float(least), float(most)


def rotor_action_to_thrust_n(vehicle: _volery.Vehicle, action: ArrayLike) -> Floats:
    """Thrust of each rotor for actions in [-1, 1] of level `rotor`: linear, from idle to full."""
    least, most = _rotor_span_n(vehicle)
    return least + 0.5 * (most - least) * (np.clip(_floats(action), -1, 1) + 1)


def thrust_n_to_rotor_action(vehicle: _volery.Vehicle, thrust_n: ArrayLike) -> Floats:
    """Actions of level `rotor` for the thrust of each rotor, clipped to [-1, 1]."""
    least, most = _rotor_span_n(vehicle)
    return np.clip(2 * (_floats(thrust_n) - least) / (most - least) - 1, -1, 1)


def thrust_n_to_throttle(vehicle: _volery.Vehicle, thrust_n: ArrayLike) -> Floats:
    """Collective thrust as a share of the most, 0 to 1: ArduPilot's and MAVLink's thrust."""
    return np.clip(_floats(thrust_n) / vehicle.max_thrust_n, 0, 1)


def throttle_to_thrust_n(vehicle: _volery.Vehicle, throttle: ArrayLike) -> Floats:
    """Collective thrust of a share of the most."""
    return np.clip(_floats(throttle), 0, 1) * vehicle.max_thrust_n


def thrust_n_to_px4(vehicle: _volery.Vehicle, thrust_n: ArrayLike) -> Floats:
    """The z of PX4's `thrust_body`, -1 (full) to 0: FRD, so lift is negative."""
    return -thrust_n_to_throttle(vehicle, thrust_n)


def px4_to_thrust_n(vehicle: _volery.Vehicle, thrust_body_z: ArrayLike) -> Floats:
    """Collective thrust of the z of PX4's `thrust_body`."""
    return throttle_to_thrust_n(vehicle, -_floats(thrust_body_z))


def thrust_n_to_ctbr(vehicle: _volery.Vehicle, thrust_n: ArrayLike) -> Floats:
    """The thrust action of levels `ctbr` and `attitude`: -1 for none, 1 for all there is."""
    return 2 * thrust_n_to_throttle(vehicle, thrust_n) - 1


def ctbr_to_thrust_n(vehicle: _volery.Vehicle, action: ArrayLike) -> Floats:
    """Collective thrust of the thrust action of levels `ctbr` and `attitude`."""
    return throttle_to_thrust_n(vehicle, 0.5 * (_floats(action) + 1))


def throttle_to_us(throttle: ArrayLike) -> Floats:
    """Radio pulses of 1000 to 2000 us for 0 to 1 (Betaflight, ArduPilot)."""
    return 1000 + 1000 * np.clip(_floats(throttle), 0, 1)


def us_to_throttle(pulse_us: ArrayLike) -> Floats:
    """0 to 1 for radio pulses of 1000 to 2000 us."""
    return np.clip((_floats(pulse_us) - 1000) / 1000, 0, 1)


# --- Crazyflie ----------------------------------------------------------------------------------

CRAZYFLIE_PWM_MAX = 65535

# J. Foerster, System Identification of the Crazyflie 2.0, BSc thesis, ETH Zurich 2015, per motor
_THRUST_PWM = (5.484560e-4, 1.032633e-6, 2.130295e-11)
_SPEED_PWM = (380.8359, 0.04076521)

#: Thrust in N over motor volts, c0 to c3, and RPM over volts, a + b V, by propeller and motor
#: (crazyflie-firmware and drone-models).
CRAZYFLIE_MOTORS: dict[str, tuple[tuple[float, ...], tuple[float, float]]] = {
    "cf2x_L250": ((-0.0148307, 0.0472447, -0.0184736, 0.0059609), (2968.2, 6647.9)),
    "cf2x_P250": ((-0.0247654, 0.0652379, -0.0267925, 0.0067768), (4657.5, 7536.2)),
    "cf2x_T350": ((0.0067281, 0.0101156, 0.0102632, 0.0028358), (2977.9, 8101.0)),
    "cf21B_500": ((-0.0140589, 0.0426527, 0.0018328, 0.0020577), (2938.4, 6001.8)),
}


def crazyflie_pwm_to_thrust_n(pwm: ArrayLike) -> Floats:
    """Thrust of one motor of the Crazyflie 2.0 for a PWM of 0 to 65535 (Foerster 2015).

    A fit to a running motor: 0.5 mN at 0, and 2 % above the thrust stand of 2015 at 93.75 % PWM.
    """
    c = np.clip(_floats(pwm), 0, CRAZYFLIE_PWM_MAX)
    return _THRUST_PWM[0] + (_THRUST_PWM[1] + _THRUST_PWM[2] * c) * c


def crazyflie_thrust_n_to_pwm(thrust_n: ArrayLike) -> Floats:
    """PWM of one motor for its thrust, clipped to 0 to 65535; not rounded."""
    a, b = _THRUST_PWM[2], _THRUST_PWM[1]
    root = np.sqrt(np.maximum(b * b - 4 * a * (_THRUST_PWM[0] - _floats(thrust_n)), 0))
    return np.clip((root - b) / (2 * a), 0, CRAZYFLIE_PWM_MAX)


def crazyflie_pwm_to_speed_radps(pwm: ArrayLike) -> Floats:
    """Rotor speed of the Crazyflie 2.0 for a PWM of 0 to 65535 (Foerster 2015)."""
    return _SPEED_PWM[0] + _SPEED_PWM[1] * np.clip(_floats(pwm), 0, CRAZYFLIE_PWM_MAX)


def crazyflie_speed_to_pwm(speed_radps: ArrayLike) -> Floats:
    """PWM for a rotor speed, clipped to 0 to 65535; not rounded."""
    pwm = (_floats(speed_radps) - _SPEED_PWM[0]) / _SPEED_PWM[1]
    return np.clip(pwm, 0, CRAZYFLIE_PWM_MAX)


def crazyflie_volts_to_thrust_n(volts: ArrayLike, motor: str = "cf2x_P250") -> Floats:
    """Thrust of one motor for the volts across it; `motor` is a name of CRAZYFLIE_MOTORS."""
    coefficients, _ = _motor(motor)
    return np.maximum(np.polynomial.polynomial.polyval(_floats(volts), coefficients), 0)


def crazyflie_volts_to_rpm(volts: ArrayLike, motor: str = "cf2x_P250") -> Floats:
    """RPM of one motor for the volts across it."""
    _, (offset, slope) = _motor(motor)
    return offset + slope * _floats(volts)


def crazyflie_rpm_to_volts(speed_rpm: ArrayLike, motor: str = "cf2x_P250") -> Floats:
    """Volts across one motor for its RPM."""
    _, (offset, slope) = _motor(motor)
    return (_floats(speed_rpm) - offset) / slope


def _motor(name: str) -> tuple[tuple[float, ...], tuple[float, float]]:
    if name not in CRAZYFLIE_MOTORS:
        known = sorted(CRAZYFLIE_MOTORS)
        raise ValueError(f"unknown motor '{name}'{_volery.nearest_name(name, known)}")
    return CRAZYFLIE_MOTORS[name]


def thrust_n_to_compensated_pwm(thrust_n: ArrayLike, max_thrust_n: float) -> Floats:
    """PWM command of firmware with battery compensation: linear in the thrust of one motor."""
    return np.clip(_floats(thrust_n) / max_thrust_n, 0, 1) * CRAZYFLIE_PWM_MAX


def compensated_pwm_to_thrust_n(pwm: ArrayLike, max_thrust_n: float) -> Floats:
    """Thrust of one motor for a PWM command of firmware with battery compensation."""
    return np.clip(_floats(pwm) / CRAZYFLIE_PWM_MAX, 0, 1) * max_thrust_n
