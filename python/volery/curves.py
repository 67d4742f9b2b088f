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

from volery.batch import Batch
from volery.vehicles import Vehicle, load

Floats = NDArray[np.float64]

_GRAVITY_MPS2 = 9.80665
_RATE_HZ = 240
_FLOOR_RESTITUTION = 0.5
_SUNK_M = 1.0  # so far below its place a drone hovers no longer
_GROUND_RANGE = 8.0  # rotor radii at which the ground effect ends
# flat ground in all directions and nothing to run into
_GROUND = {
    "bounds_low_m": [-1000, -1000, -10],
    "bounds_high_m": [1000, 1000, 9000],
    "spawn_low_m": [0, 0, 5],
    "spawn_high_m": [0, 0, 5],
    "statics": [
        {"kind": "plane", "name": "ground", "friction": 0.5, "restitution": _FLOOR_RESTITUTION}
    ],
}


@dataclasses.dataclass(frozen=True)
class Curve:
    """Points measured in the engine and what a formula gives for them.

    Attributes:
        x: What was varied, or the time, (n,).
        measured: By the engine, (n,) or (n, k).
        expected: By the formula, like `measured`.
        error: The greatest difference over the greatest expected value.
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


class Rig:
    """One-drone worlds over flat ground whose state is set by hand.

    Args:
        vehicle: A name, path or table.
        worlds: How many.
        rate_hz: Of physics, control and, unless the next says otherwise, steps.
        steps_hz: Of steps.
        action: The action level.
        contacts: Whether they touch the ground.
        scene: Another scene.
        **config: Any other field of the config.
    """

    def __init__(
        self,
        vehicle: Any,
        worlds: int = 1,
        *,
        rate_hz: int = _RATE_HZ,
        steps_hz: int | None = None,
        action: str = "rotor",
        contacts: bool = False,
        scene: Any = None,
        **config: Any,
    ) -> None:
        self.vehicle: Vehicle = load(vehicle)
        self.batch = Batch(
            "hover",
            worlds,
            1,
            vehicle=self.vehicle.config,
            scene=_GROUND if scene is None else scene,
            contacts="culled" if contacts else "off",
            action=action,
            autoreset="disabled",
            on_crash="continue",
            episode_s=100_000,
            physics_rate_hz=rate_hz,
            control_rate_hz=rate_hz,
            agent_rate_hz=steps_hz or rate_hz,
            **config,
        )
        self.batch.reset(seed=0)
        self.step_s = 1 / (steps_hz or rate_hz)
        self._num_rotors = self.vehicle.num_rotors

    def place(
        self,
        position_w_m: Any = (0.0, 0.0, 1000.0),
        rotor_speed_radps: Any = 0.0,
        omega_b_radps: Any = (0.0, 0.0, 0.0),
        velocity_w_mps: Any = (0.0, 0.0, 0.0),
    ) -> None:
        """Puts every world's drone somewhere, level; arguments broadcast over the worlds."""
        worlds = self.batch.num_worlds

        def rows(value: Any, width: int) -> Floats:
            return np.broadcast_to(np.asarray(value, dtype=float), (worlds, width))

        position = rows(position_w_m, 3)
        velocity, omega = rows(velocity_w_mps, 3), rows(omega_b_radps, 3)
        speeds = np.zeros((worlds, self.state("rotor_speed_radps").shape[-1]))
        speeds[:, : self._num_rotors] = rows(
            np.asarray(rotor_speed_radps, dtype=float).reshape(-1, 1), self._num_rotors
        )
        for world in range(worlds):
            self.batch.set_state(
                world,
                {
                    "position_w_m": position[world : world + 1],
                    "quat_wb_xyzw": np.array([[0.0, 0.0, 0.0, 1.0]]),
                    "velocity_w_mps": velocity[world : world + 1],
                    "omega_b_radps": omega[world : world + 1],
                    "rotor_speed_radps": speeds[world : world + 1],
                },
            )

    def state(self, field: str) -> Floats:
        """Returns a field of every world's drone, (W, width)."""
        return self.batch.state(field)[:, 0].astype(np.float64)

    def step(self, action: Any) -> None:
        """Takes one step; `action` (W,) is that of every rotor, or (W, U)."""
        size = self.batch.action_size
        rows = np.asarray(action, dtype=np.float32).reshape(-1, 1)
        if np.ndim(action) == 2:
            rows = np.asarray(action, dtype=np.float32)
        full = np.broadcast_to(rows, (self.batch.num_worlds, size))
        self.batch.step(np.ascontiguousarray(full).reshape(-1, 1, size))

    def lift_n(self) -> Floats:
        """Returns the upward force on each drone at rest, by its gain of speed in one step, (W,).

        Steps once; the rotors are commanded to go on as they are.
        """
        before = self.state("velocity_w_mps")[:, 2]
        self.step(self.action_of(self.state("rotor_speed_radps")[:, : self._num_rotors]))
        gained = (self.state("velocity_w_mps")[:, 2] - before) / self.step_s
        mass: float = self.vehicle.config["mass_kg"]
        lift: Floats = mass * (gained + _GRAVITY_MPS2)
        return lift

    def action_of(self, speed_radps: Floats) -> Floats:
        """Returns the actions of level `rotor` that hold rotor speeds."""
        least = self.vehicle.config["min_rotor_speed_radps"] ** 2
        most = self.vehicle.config["max_rotor_speed_radps"] ** 2
        action: Floats = np.clip(2 * (speed_radps**2 - least) / (most - least) - 1, -1, 1)
        return action


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
    weight = rig.vehicle.config["mass_kg"] * _GRAVITY_MPS2
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
    phase = 6 * max(rise, fall, 1 / _RATE_HZ) if duration_s is None else 0.5 * duration_s
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
    pull = _GRAVITY_MPS2 - count * config["thrust_coefficient_n_s2"] * idle**2 / mass
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
    vehicle: Any, rate_hz: int = _RATE_HZ, duration_s: float = 10.0, omega: Any = (8.0, 0.5, 6.0)
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
    fall = rest + height_m - 0.5 * _GRAVITY_MPS2 * time**2
    expected = np.where(np.arange(steps + 1) < touched, fall, rest)
    notes = {
        "rest_m": rest,
        "first_touch_s": float(time[touched]),
        "impact_mps": -min(speed[: touched + 1]),
        "rebound_mps": max(speed[touched : touched + 3]),
        # a contact takes the geometric mean of both sides
        "restitution": math.sqrt(shape["restitution"] * _FLOOR_RESTITUTION),
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
    weight = config["mass_kg"] * _GRAVITY_MPS2
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
