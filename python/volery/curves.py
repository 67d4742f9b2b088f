"""Curves of a vehicle, measured in the engine by flying it, beside the formulas they should follow.

Each function steps a `volery.Batch`, so what is drawn is what is simulated; nothing of the model is
written a second time but the reference formula. For `volery plot` and the pages of `docs/`.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from volery import _volery
from volery.batch import Batch
from volery.rig import FLOOR_RESTITUTION, GRAVITY_MPS2, OPEN_GROUND, RATE_HZ, Rig
from volery.vehicles import Vehicle, load

Floats = NDArray[np.float64]

_GROUND_RANGE = 8.0  # rotor radii at which the ground effect ends
_SUNK_M = 1.0  # so far below its place a drone hovers no longer
# the jet of Bauersfeld et al., in motor distances, and the air of ISO 2533 at sea level
_JET_DECAY, _JET_ORIGIN, _JET_SPREAD = 10.11, -5.817, 0.07668
_AIR_KGPM3 = 1.225
_HIGH_M = np.array([0.0, 0.0, 1000.0])  # far from the ground


@dataclasses.dataclass(frozen=True)
class Curve:
    """Points measured in the engine and what a formula gives for them.

    Attributes:
        x: What was varied, or the time, (n,).
        measured: By the engine, (n,) or (n, k).
        expected: By the formula, like `measured`.
        notes: Named numbers that belong to the curve.
    """

    x: Floats
    measured: Floats
    expected: Floats
    notes: dict[str, float] = dataclasses.field(default_factory=dict)

    @property
    def error(self) -> float:
        """Returns the greatest difference over the greatest expected value."""
        scale = float(np.max(np.abs(self.expected)))
        return float(np.max(np.abs(self.measured - self.expected))) / scale


def _times(count: int, step_s: float) -> Floats:
    return np.arange(count, dtype=np.float64) * step_s


# --- of one vehicle -----------------------------------------------------------------------------


def thrust_curve(vehicle: Any, points: int = 41) -> Curve:
    """Thrust of one rotor (N) over its speed (rad/s), from idle to full, against k w^2."""
    config = load(vehicle).config
    speed = np.linspace(config["min_rotor_speed_radps"], config["max_rotor_speed_radps"], points)
    rig = Rig(vehicle, points)
    rig.place(rotor_speed_radps=speed)
    thrust = rig.lift_n() / rig.vehicle.num_rotors
    hover = rig.vehicle.hover_speed_radps
    k = config["thrust_coefficient_n_s2"]
    return Curve(speed, thrust, k * speed**2, {"hover_speed_radps": hover})


def ground_effect_curve(vehicle: Any, points: int = 57) -> Curve:
    """Thrust in hover over that far from the ground, against 1 / (1 - k (R / 4z)^2).

    x is the height of the rotors over the ground in rotor radii. The formula is that of Cheeseman
    and Bennett 1955, held below half a radius, where it goes to its pole, and shifted by 0.1 % so
    that it ends at 8 radii.
    """
    rig = Rig(vehicle, points)
    radius = rig.vehicle.config["rotor_radius_m"]
    hub = float(np.mean([r["position_b_m"][2] for r in rig.vehicle.config["rotors"]]))
    ratio = np.geomspace(0.3, 10, points)
    position = np.zeros((points, 3))
    position[:, 2] = ratio * radius - hub
    rig.place(position, rig.vehicle.hover_speed_radps)
    weight = rig.vehicle.config["mass_kg"] * GRAVITY_MPS2
    k = rig.vehicle.config["ground_effect_coefficient"]
    last = np.clip(ratio, 0.5, _GROUND_RANGE)
    expected = 1 / (1 - k / 16 * (last**-2 - _GROUND_RANGE**-2))
    return Curve(ratio, rig.lift_n() / weight, expected, {"rotor_radius_m": radius})


def motor_step(vehicle: Any, duration_s: float | None = None) -> Curve:
    """Speed of a rotor (rad/s) over time (s) when the command jumps up and down again.

    From half of full speed to full and back, against the first-order rise and fall.
    """
    rig = Rig(vehicle)
    config = rig.vehicle.config
    rise, fall, full = (
        config[key] for key in ("motor_rise_s", "motor_fall_s", "max_rotor_speed_radps")
    )
    low = max(0.5 * full, config["min_rotor_speed_radps"])
    phase = 6 * max(rise, fall, 1 / RATE_HZ) if duration_s is None else 0.5 * duration_s
    steps = math.ceil(phase / rig.step_s)
    rig.place(rotor_speed_radps=low)
    measured = [low]
    for action in (*[1.0] * steps, *[float(rig.action_of(np.array(low)))] * steps):
        rig.step([action])
        measured.append(float(rig.state("rotor_speed_radps")[0, 0]))
    time = _times(2 * steps + 1, rig.step_s)
    turned = steps * rig.step_s
    peak = full + (low - full) * math.exp(-turned / rise)
    expected = np.where(
        time <= turned,
        full + (low - full) * np.exp(-time / rise),
        low + (peak - low) * np.exp(-np.maximum(time - turned, 0) / fall),
    )
    return Curve(time, np.array(measured), expected, {"rise_s": rise, "fall_s": fall})


def terminal_velocity(vehicle: Any, duration_s: float = 12.0) -> Curve:
    """Speed of falling (m/s) over time (s) with idle rotors, against the closed form.

    m v' = m g - T - a v - c v^2 with the idle rotors' thrust T and drag a, the body's drag c.
    """
    rig = Rig(vehicle)
    config = rig.vehicle.config
    idle, count = config["min_rotor_speed_radps"], rig.vehicle.num_rotors
    mass = config["mass_kg"]
    pull = GRAVITY_MPS2 - count * config["thrust_coefficient_n_s2"] * idle**2 / mass
    linear = count * idle * config["rotor_drag_b_kg"][2] / mass
    square = config["body_drag_b_kgpm"][2] / mass
    rig.place((0, 0, 8000), idle)
    steps = round(duration_s / rig.step_s)
    measured = [0.0]
    for _ in range(steps):
        rig.step([-1.0])
        measured.append(-float(rig.state("velocity_w_mps")[0, 2]))
    time = _times(steps + 1, rig.step_s)
    # v = (s tanh(s t + p) - a / 2) / c solves v' = g - a v - c v^2 from rest
    s = math.sqrt(linear**2 / 4 + square * pull)
    shift = math.atanh(linear / (2 * s))
    expected = (s * np.tanh(s * time + shift) - linear / 2) / square
    return Curve(time, np.array(measured), expected, {"terminal_mps": (s - linear / 2) / square})


def torque_free_spin(
    vehicle: Any, rate_hz: int = RATE_HZ, duration_s: float = 10.0, omega: Any = (8.0, 0.5, 6.0)
) -> Curve:
    """Rotational energy (J) over time (s) of a drone that tumbles without torque, against constant.

    Notes hold the greatest turn of the angular momentum in the world ("momentum_rad").
    """
    # a body that no air touches and whose rotors stand still
    free = {"min_rotor_speed_radps": 0.0, "body_drag_b_kgpm": [0, 0, 0], "rotor_drag_b_kg": [0] * 3}
    rig = Rig({**load(vehicle).config, **free}, rate_hz=rate_hz)
    inertia = np.array(rig.vehicle.config["inertia_b_kgm2"])
    rig.place((0, 0, 5000), 0.0, omega)
    energy, momentum = [], []
    for step in range(round(duration_s * rate_hz) + 1):
        if step > 0:
            rig.step([-1.0])
        spin = rig.state("omega_b_radps")[0]
        energy.append(0.5 * float(inertia @ spin**2))
        momentum.append(_rotate(rig.state("quat_wb_xyzw")[0], inertia * spin))
    h = np.array(momentum) / np.linalg.norm(momentum, axis=1, keepdims=True)
    turn = float(np.max(np.arccos(np.clip(h @ h[0], -1, 1))))
    time = _times(len(energy), 1 / rate_hz)
    measured = np.array(energy)
    return Curve(time, measured, np.full_like(measured, measured[0]), {"momentum_rad": turn})


def _rotate(quat_xyzw: Floats, v: Floats) -> Floats:
    axis, w = quat_xyzw[:3], quat_xyzw[3]
    turned: Floats = v + 2 * np.cross(axis, np.cross(axis, v) + w * v)
    return turned


def drop_test(vehicle: Any, height_m: float = 0.5, duration_s: float = 1.5) -> Curve:
    """Height (m) over time (s) of a drone that falls flat onto the ground with its rotors idle.

    `expected` is the parabola until the first touch and the height at rest from then on; notes hold
    the speeds before and after the first touch, what restitution gives, and the height at rest.
    """
    rig = Rig(vehicle, contacts=True)
    shape = rig.vehicle.config["collision"]
    rest = 0.5 * shape["size_m"][2] - shape["offset_b_m"][2]
    rig.place((0, 0, rest + height_m), rig.vehicle.config["min_rotor_speed_radps"])
    steps = round(duration_s / rig.step_s)
    height, speed = [rest + height_m], [0.0]
    for _ in range(steps):
        rig.step([-1.0])
        height.append(float(rig.state("position_w_m")[0, 2]))
        speed.append(float(rig.state("velocity_w_mps")[0, 2]))
    time = _times(steps + 1, rig.step_s)
    touched = int(np.argmax(np.diff(speed) > 0)) + 1
    fall = rest + height_m - 0.5 * GRAVITY_MPS2 * time**2
    expected = np.where(np.arange(steps + 1) < touched, fall, rest)
    notes = {
        "rest_m": rest,
        "first_touch_s": float(time[touched]),
        "impact_mps": -min(speed[: touched + 1]),
        "rebound_mps": max(speed[touched : touched + 3]),
        # a contact takes the geometric mean of both sides
        "restitution": math.sqrt(shape["restitution"] * FLOOR_RESTITUTION),
        "last_height_m": height[-1],
    }
    return Curve(time, np.array(height), expected, notes)


def battery_curve(vehicle: Any) -> Curve:
    """Voltage of the battery (V) over time (s) of a hover, from full until it carries no longer.

    Against V = OCV - I R with I V = power of the hover, integrated by the second; the slow branch
    is left out. Notes hold the time and the charge at which the drone begins to sink.

    Raises:
        ValueError: For a vehicle without a battery.
    """
    battery = load(vehicle).config.get("battery", {})
    if not battery.get("capacity_ah"):
        raise ValueError(f"vehicle '{load(vehicle).config['name']}' has no battery in its file")
    rig = Rig(vehicle, steps_hz=1, action="position", flight={"battery": True})
    rig.place(rotor_speed_radps=rig.vehicle.hover_speed_radps)
    height = rig.state("position_w_m")[0, 2]
    voltage, charge = [], []
    while height - rig.state("position_w_m")[0, 2] < _SUNK_M:
        rig.step([0.0])
        voltage.append(float(rig.state("battery_voltage_v")[0, 0]))
        charge.append(float(rig.state("battery_soc")[0, 0]))
    time = _times(len(voltage), 1.0) + 1
    expected = _hover_voltage(rig.vehicle, battery, len(voltage))
    notes = {"flight_s": float(time[-1]), "charge_left": charge[-1]}
    return Curve(time, np.array(voltage), expected, notes)


def _hover_voltage(vehicle: Vehicle, battery: dict[str, Any], seconds: int) -> Floats:
    config = vehicle.config
    weight = config["mass_kg"] * GRAVITY_MPS2
    shaft = config["torque_to_thrust_m"] * weight * vehicle.hover_speed_radps
    power = (
        battery["idle_power_w"]
        + battery["power_per_thrust_wpn"] * weight
        + battery["power_per_shaft_power"] * shaft
    )
    points = battery["open_circuit_v"]
    resistance, charge, out = battery["resistance_ohm"], 1.0, []
    for _ in range(seconds):
        rest = float(np.interp(charge, np.linspace(0, 1, len(points)), points))
        current = (rest - math.sqrt(max(rest**2 - 4 * resistance * power, 0))) / (2 * resistance)
        charge -= current / (3600 * battery["capacity_ah"])
        out.append(rest - current * resistance)
    return np.array(out)


def downwash_curve(vehicle: Any, depths: Any = (1.5, 3.0, 5.0, 8.0), points: int = 41) -> Curve:
    """Downward speed of the air (m/s) under a hovering drone over the distance beside it (m).

    One column of `measured` per depth, in motor distances below the drone; against the
    self-similar jet of Bauersfeld et al. (RA-L 2024, arXiv 2403.13321). Notes hold the motor
    distance.

    Raises:
        ValueError: Where this build has no downwash.
    """
    if not any(field.path == "flight.downwash" for field in _volery.config_fields()):
        raise ValueError("this build of the engine has no downwash")
    model = load(vehicle)
    hubs = np.array([rotor["position_b_m"] for rotor in model.config["rotors"]])
    motor_distance = float(np.max(np.linalg.norm(hubs[:, None] - hubs[None], axis=-1)))
    beside = np.linspace(0, 2 * motor_distance, points)
    depth = np.asarray(depths, dtype=np.float64)
    offset = np.zeros((len(depth), points, 3))
    offset[..., 0] = beside
    offset[..., 2] = -depth[:, None] * motor_distance
    felt = _air_felt(model, offset.reshape(-1, 3)).reshape(len(depth), points).T

    radius, count = model.config["rotor_radius_m"], model.num_rotors
    weight = model.config["mass_kg"] * GRAVITY_MPS2
    induced = math.sqrt(weight / (2 * _AIR_KGPM3 * count * math.pi * radius**2))
    along = depth[None, :] - _JET_ORIGIN
    width = beside[:, None] / motor_distance / (_JET_SPREAD * along)
    jet = induced * _JET_DECAY / along / (1 + (math.sqrt(2) - 1) * width**2) ** 2
    notes = {"motor_distance_m": motor_distance, "induced_mps": induced}
    return Curve(beside, felt, jet, notes)


def _air_felt(vehicle: Vehicle, offset_w_m: Floats) -> Floats:
    """Downward speed of the air at offsets (n, 3) from a hovering drone, felt by another one."""
    pairs = Batch(
        "hover",
        len(offset_w_m),
        2,
        vehicle=vehicle.config,
        # room for two to start in; where they fly is set below
        scene={
            **OPEN_GROUND,
            "spawn_low_m": [-50.0, -50.0, 5.0],
            "spawn_high_m": [50.0, 50.0, 50.0],
        },
        contacts="off",
        action="rotor",
        autoreset="disabled",
        on_crash="continue",
        physics_rate_hz=RATE_HZ,
        control_rate_hz=RATE_HZ,
        agent_rate_hz=RATE_HZ,
        flight={"downwash": True},
    )
    pairs.reset(seed=0)
    speeds = np.full((2, pairs.state("rotor_speed_radps").shape[-1]), vehicle.hover_speed_radps)
    for world, offset in enumerate(offset_w_m):
        pairs.set_state(
            world,
            {
                "position_w_m": np.stack([_HIGH_M, _HIGH_M + offset]),
                "quat_wb_xyzw": np.tile([0.0, 0.0, 0.0, 1.0], (2, 1)),
                "velocity_w_mps": np.zeros((2, 3)),
                "omega_b_radps": np.zeros((2, 3)),
                "rotor_speed_radps": speeds,
            },
        )
    # the air is found at the end of a step, for the next one
    hover = next(value.values[0] for value in vehicle.derived if value.name == "hover_action")
    pairs.step(np.full((pairs.num_worlds, 2, pairs.action_size), hover, dtype=np.float32))
    felt: Floats = -pairs.state("downwash_w_mps")[:, 1, 0].astype(np.float64)
    return felt
