"""Frames, quaternion orders, rotor numbers and throttle units of other ecosystems.

Volery's world is ENU (x east, y north, z up), its body FLU (x forward, y left, z up), its
quaternions are (x, y, z, w) and turn body vectors into the world, angles are radians. This module
converts to and from what others use; `docs/frames.md` says who uses what. Plain NumPy: every
function takes arrays with any leading axes and returns float64 (or what it was given, where it
only reorders).
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from volery import _volery

Floats = NDArray[np.float64]

_HALF_ROOT = math.sqrt(0.5)


def _last_axis(values: ArrayLike, size: int, name: str) -> NDArray[Any]:
    array = np.asarray(values)
    if array.ndim == 0 or array.shape[-1] != size:
        raise ValueError(f"{name}: the last axis must have {size} elements, shape is {array.shape}")
    return array


# --- vectors ------------------------------------------------------------------------------------


def enu_to_ned(vector_enu: ArrayLike) -> NDArray[Any]:
    """World vectors (..., 3) from east-north-up to north-east-down: (x, y, z) to (y, x, -z)."""
    v = _last_axis(vector_enu, 3, "vector_enu")
    return np.stack([v[..., 1], v[..., 0], -v[..., 2]], axis=-1)


def ned_to_enu(vector_ned: ArrayLike) -> NDArray[Any]:
    """World vectors (..., 3) from north-east-down to east-north-up; the same swap."""
    return enu_to_ned(_last_axis(vector_ned, 3, "vector_ned"))


def flu_to_frd(vector_flu: ArrayLike) -> NDArray[Any]:
    """Body vectors (..., 3) from forward-left-up to forward-right-down: (x, y, z) to (x, -y, -z).

    Holds for angular velocities and torques too: it is a rotation by half a turn about x.
    """
    v = _last_axis(vector_flu, 3, "vector_flu")
    return np.stack([v[..., 0], -v[..., 1], -v[..., 2]], axis=-1)


def frd_to_flu(vector_frd: ArrayLike) -> NDArray[Any]:
    """Body vectors (..., 3) from forward-right-down to forward-left-up; the same turn."""
    return flu_to_frd(_last_axis(vector_frd, 3, "vector_frd"))


# --- attitudes ----------------------------------------------------------------------------------


def xyzw_to_wxyz(quat_xyzw: ArrayLike) -> NDArray[Any]:
    """Quaternions (..., 4) as PX4, MuJoCo and Eigen's constructor order them."""
    return np.roll(_last_axis(quat_xyzw, 4, "quat_xyzw"), 1, axis=-1)


def wxyz_to_xyzw(quat_wxyz: ArrayLike) -> NDArray[Any]:
    """Quaternions (..., 4) as Volery, ROS, PyBullet and SciPy order them."""
    return np.roll(_last_axis(quat_wxyz, 4, "quat_wxyz"), -1, axis=-1)


def attitude_enu_flu_to_ned_frd(quat_wb_xyzw: ArrayLike) -> Floats:
    """Attitudes FLU to ENU as attitudes FRD to NED, both (..., 4) in xyzw.

    q_ned = q_s q_enu (1, 0, 0, 0) with q_s = (s, s, 0, 0) in xyzw, s = sqrt(1/2). Its own inverse,
    up to the sign that two quaternions of one attitude differ by.
    """
    x, y, z, w = np.moveaxis(_last_axis(quat_wb_xyzw, 4, "quat_wb_xyzw").astype(np.float64), -1, 0)
    return _HALF_ROOT * np.stack([x + y, x - y, w - z, w + z], axis=-1)


def attitude_ned_frd_to_enu_flu(quat_ned_frd_xyzw: ArrayLike) -> Floats:
    """Attitudes FRD to NED as attitudes FLU to ENU, both (..., 4) in xyzw."""
    return attitude_enu_flu_to_ned_frd(_last_axis(quat_ned_frd_xyzw, 4, "quat_ned_frd_xyzw"))


def matrix_from_quat(quat_xyzw: ArrayLike) -> Floats:
    """Rotation matrices (..., 3, 3) of unit quaternions (..., 4); columns are the body's axes."""
    x, y, z, w = np.moveaxis(_last_axis(quat_xyzw, 4, "quat_xyzw").astype(np.float64), -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def quat_from_rpy(rpy_rad: ArrayLike) -> Floats:
    """Quaternions (..., 4) xyzw of roll, pitch, yaw (..., 3): Rz(yaw) Ry(pitch) Rx(roll)."""
    half = 0.5 * _last_axis(rpy_rad, 3, "rpy_rad").astype(np.float64)
    (cr, cp, cy), (sr, sp, sy) = np.moveaxis(np.cos(half), -1, 0), np.moveaxis(np.sin(half), -1, 0)
    return np.stack(
        [
            sr * cp * cy - cr * sp * sy,
            cr * sp * cy + sr * cp * sy,
            cr * cp * sy - sr * sp * cy,
            cr * cp * cy + sr * sp * sy,
        ],
        axis=-1,
    )


def rpy_from_quat(quat_xyzw: ArrayLike) -> Floats:
    """Roll, pitch, yaw (..., 3) of unit quaternions (..., 4); pitch in [-pi/2, pi/2]."""
    x, y, z, w = np.moveaxis(_last_axis(quat_xyzw, 4, "quat_xyzw").astype(np.float64), -1, 0)
    roll = np.arctan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y))
    pitch = np.arcsin(np.clip(2 * (w * y - z * x), -1, 1))
    yaw = np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
    return np.stack([roll, pitch, yaw], axis=-1)


def rpy_enu_flu_to_ned_frd(rpy_rad: ArrayLike) -> Floats:
    """Roll, pitch, yaw (..., 3) in NED/FRD: roll stays, pitch is nose *up*, yaw clockwise of north.

    Its own inverse. In FLU a positive pitch lowers the nose, in FRD it lifts it.
    """
    roll, pitch, yaw = np.moveaxis(_last_axis(rpy_rad, 3, "rpy_rad").astype(np.float64), -1, 0)
    turned = np.remainder(0.5 * math.pi - yaw + math.pi, 2 * math.pi) - math.pi
    return np.stack([roll, -pitch, turned], axis=-1)


def rpy_ned_frd_to_enu_flu(rpy_rad: ArrayLike) -> Floats:
    """Roll, pitch, yaw (..., 3) in ENU/FLU of those in NED/FRD; the same change."""
    return rpy_enu_flu_to_ned_frd(rpy_rad)


def crazyflie_legacy_rpy(rpy_rad: ArrayLike) -> Floats:
    """Roll, pitch, yaw (..., 3) as degrees with the pitch sign of Crazyflie's old setpoints."""
    return np.degrees(_last_axis(rpy_rad, 3, "rpy_rad").astype(np.float64)) * (1, -1, 1)


def rpy_from_crazyflie_legacy(rpy_deg: ArrayLike) -> Floats:
    """Roll, pitch, yaw (..., 3) in radians of Crazyflie's old setpoints in degrees."""
    return np.radians(_last_axis(rpy_deg, 3, "rpy_deg").astype(np.float64) * (1, -1, 1))


# --- rotors -------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class RotorLayout:
    """Where rotors sit and how they turn, in their order.

    Attributes:
        angle_deg: Of each arm from the nose, counter-clockwise seen from above (so left is 90).
        spin: 1 for counter-clockwise seen from above, -1 for clockwise.
    """

    angle_deg: tuple[float, ...]
    spin: tuple[int, ...]


_CW, _CCW = -1, 1

#: Rotor numbering by ecosystem. Angles of quadcopters are those of a square X.
ROTOR_LAYOUTS: dict[str, RotorLayout] = {
    "volery_x": RotorLayout((-45, -135, 135, 45), (_CCW, _CW, _CCW, _CW)),
    "volery_plus": RotorLayout((0, 90, 180, -90), (_CCW, _CW, _CCW, _CW)),
    "crazyflie_x": RotorLayout((-45, -135, 135, 45), (_CCW, _CW, _CCW, _CW)),
    "px4_x": RotorLayout((-45, 135, 45, -135), (_CCW, _CCW, _CW, _CW)),
    "ardupilot_x": RotorLayout((-45, 135, 45, -135), (_CCW, _CCW, _CW, _CW)),
    "betaflight_x": RotorLayout((-135, -45, 135, 45), (_CW, _CCW, _CCW, _CW)),
    "flightmare_x": RotorLayout((45, -45, -135, 135), (_CW, _CCW, _CW, _CCW)),
    "rotors_plus": RotorLayout((0, 90, 180, -90), (_CW, _CCW, _CW, _CCW)),
    "rotors_hexa": RotorLayout((30, 90, 150, -150, -90, -30), (_CCW, _CW) * 3),
    "ardupilot_hexa_x": RotorLayout(
        (-90, 90, 30, -150, -30, 150), (_CW, _CCW, _CW, _CCW, _CCW, _CW)
    ),
    "ardupilot_octa_x": RotorLayout(
        (-22.5, 157.5, -67.5, -157.5, 22.5, 112.5, 67.5, -112.5),
        (_CW, _CW, _CCW, _CCW, _CCW, _CCW, _CW, _CW),
    ),
}


def layout_of(vehicle: _volery.Vehicle) -> RotorLayout:
    """Returns the layout of a vehicle's rotors, from their positions."""
    rotors = vehicle.config["rotors"]
    angles = (math.atan2(r["position_b_m"][1], r["position_b_m"][0]) for r in rotors)
    return RotorLayout(
        tuple(math.degrees(a) for a in angles), tuple(int(r["spin"]) for r in rotors)
    )


def _layout(layout: str | RotorLayout | _volery.Vehicle) -> RotorLayout:
    if isinstance(layout, RotorLayout):
        return layout
    if isinstance(layout, _volery.Vehicle):
        return layout_of(layout)
    if layout not in ROTOR_LAYOUTS:
        known = sorted(ROTOR_LAYOUTS)
        raise ValueError(f"unknown rotor layout '{layout}'{_volery.nearest_name(layout, known)}")
    return ROTOR_LAYOUTS[layout]


def rotor_order(
    source: str | RotorLayout | _volery.Vehicle,
    target: str | RotorLayout | _volery.Vehicle,
    tolerance_deg: float = 20.0,
) -> NDArray[np.intp]:
    """Returns the index i of each rotor of `target` in `source`: target_values = values[..., i].

    Args:
        source: A name of ROTOR_LAYOUTS, a layout, or a vehicle.
        target: Likewise.
        tolerance_deg: How far apart two rotors that are the same may be; a racer's arms are no
            square.

    Raises:
        ValueError: For an unknown name, another number of rotors, rotors that have no partner, or
            rotors that turn the other way: values then need more than another order.
    """
    here, there = _layout(source), _layout(target)
    if len(here.angle_deg) != len(there.angle_deg):
        raise ValueError(
            f"rotors: {len(here.angle_deg)} of the source, {len(there.angle_deg)} of the target"
        )
    gap = np.subtract.outer(np.array(there.angle_deg), np.array(here.angle_deg))
    gap = np.abs(np.remainder(gap + 180, 360) - 180)
    order: NDArray[np.intp] = np.argmin(gap, axis=1)
    for index, partner in enumerate(order):
        if gap[index, partner] > tolerance_deg:
            raise ValueError(
                f"rotor {index} of the target at {there.angle_deg[index]:g} deg: the nearest of "
                f"the source is {gap[index, partner]:g} deg off, must be within {tolerance_deg:g}"
            )
        if there.spin[index] != here.spin[partner]:
            raise ValueError(
                f"rotor {index} of the target at {there.angle_deg[index]:g} deg turns the other "
                f"way than rotor {partner} of the source"
            )
    if len(set(order.tolist())) != len(order):
        raise ValueError("two rotors of the target have the same partner in the source")
    return order


def reorder_rotors(
    values: ArrayLike,
    source: str | RotorLayout | _volery.Vehicle,
    target: str | RotorLayout | _volery.Vehicle,
) -> NDArray[Any]:
    """Values per rotor (..., n) in the order of `target`. Raises ValueError as `rotor_order`."""
    order = rotor_order(source, target)
    return _last_axis(values, len(order), "values")[..., order]
