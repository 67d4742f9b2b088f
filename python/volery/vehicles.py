"""Vehicles: loading them, and making one from mass, arm length, inertia and thrust-stand data.

    >>> from volery import vehicles
    >>> stand = vehicles.fit_stand(speed_rpm=[8000, 12000, 16000], thrust_n=[1.6, 3.6, 6.4])
    >>> table = vehicles.from_stand(
    ...     "mine", mass_kg=1.1, inertia_b_kgm2=(9e-3, 9e-3, 16e-3), arm_m=0.2,
    ...     rotor_radius_m=0.09, stand=stand, motor_rise_s=0.04)
    >>> volery.Batch("hover", vehicle=table)

`docs/vehicles.md` has the whole story with a worked example.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from volery import _volery
from volery._volery import ConfigField, DerivedValue, Vehicle
from volery.stand import StandFit, fit_stand, read_stand

__all__ = [
    "DerivedValue",
    "StandFit",
    "Vehicle",
    "VehicleTable",
    "estimate_inertia",
    "fields_of",
    "fit_stand",
    "from_stand",
    "load",
    "names",
    "read_stand",
    "require_rotorcraft",
    "rotor_layout",
    "rotorcraft",
    "save",
    "to_toml",
]

# What from_stand() fills in; the shipped vehicles give the ranges.
_GRAVITY_MPS2 = 9.80665
_BLADE_KGPM3 = 1.5  # mass / diameter^3 of a propeller: 2.0 at 5 inch (4 g), 1.0 at 10 inch (16 g)
_TORQUE_PER_RADIUS = 0.25  # torque / thrust / radius: 0.16 (hummingbird) to 0.35 (racer)
_DRAG_RATE_PER_S = 0.2  # rotor drag / (mass speed) in hover: 0.12 (x500) to 0.28 (racer)


def names() -> list[str]:
    """Returns the names of the vehicles that are shipped, sorted."""
    return _volery.asset_names("vehicles")


def load(vehicle: str | Path | Mapping[str, Any]) -> Vehicle:
    """Loads and validates a vehicle.

    Args:
        vehicle: A shipped name, a path ending in .toml, or a table of the fields of a vehicle
            file, whose `base` may name one that the other keys change.

    Raises:
        ValueError: With path, value and range of what is wrong, or the nearest name.
        TypeError: For a value of the wrong type.
        OSError: For a file that cannot be read.
    """
    return Vehicle(dict(vehicle) if isinstance(vehicle, Mapping) else vehicle)


# what only a rotorcraft has; the tables `rover` and `particle` are of those kinds
_OF_ROTORS = {
    "rotors",
    "thrust_coefficient_n_s2",
    "torque_to_thrust_m",
    "rotor_inertia_kgm2",
    "rotor_radius_m",
    "max_rotor_speed_radps",
    "min_rotor_speed_radps",
    "motor_rise_s",
    "motor_fall_s",
    "rotor_drag_b_kg",
    "ground_effect_coefficient",
    "battery",
}


def rotorcraft() -> list[str]:
    """Returns the names of the shipped vehicles that fly with rotors, sorted."""
    return [name for name in names() if load(name).config["kind"] == "rotorcraft"]


def require_rotorcraft(vehicle: str | Path | Mapping[str, Any], what: str) -> Vehicle:
    """Loads a vehicle for something that asks for rotors; `what` begins the message.

    Raises:
        ValueError: For a rover or a particle, or as `load`.
    """
    loaded = load(vehicle)
    if loaded.config["kind"] != "rotorcraft":
        name, kind = loaded.config["name"], loaded.config["kind"]
        raise ValueError(f"{what}: vehicle '{name}' is a {kind}; must be a rotorcraft")
    return loaded


def fields_of(vehicle: Vehicle) -> list[ConfigField]:
    """Returns the parameters that a vehicle of this kind has."""
    kind = vehicle.config["kind"]
    absent = ({"rover", "particle"} - {kind}) | (set() if kind == "rotorcraft" else _OF_ROTORS)
    return [f for f in vehicle.fields if f.path.replace("[]", "").partition(".")[0] not in absent]


# --- geometry -----------------------------------------------------------------------------------


def rotor_layout(layout: str, arm_m: float, num_rotors: int = 4) -> list[dict[str, Any]]:
    """Returns the rotors of an even layout, spins alternating from counter-clockwise.

    Args:
        layout: "x": the first rotor is front right, the others follow clockwise, as in cf2x.
            "plus": the first is at the front, the others follow counter-clockwise, as in cf2p.
        arm_m: From the center to each hub.
        num_rotors: 4, 6 or 8.

    Raises:
        ValueError: For another layout or number of rotors.
    """
    if layout not in ("x", "plus"):
        raise ValueError(f"layout = '{layout}': must be 'x' or 'plus'; or give the rotors yourself")
    if num_rotors not in (4, 6, 8):
        raise ValueError(f"num_rotors = {num_rotors}: must be 4, 6 or 8")
    step = 2 * math.pi / num_rotors
    rotors = []
    for i in range(num_rotors):
        angle = -(i + 0.5) * step if layout == "x" else i * step
        hub = [arm_m * math.cos(angle), arm_m * math.sin(angle), 0.0]
        rotors.append({"position_b_m": [_rounded(v) for v in hub], "spin": 1 if i % 2 == 0 else -1})
    return rotors


def estimate_inertia(
    body_kg: float, body_size_m: Sequence[float], motor_kg: float, arm_m: float, num_motors: int = 4
) -> tuple[float, float, float]:
    """Inertia of a box in the middle and motors (with propellers) as points at the arms' ends.

    For when there is no pendulum: right to about 20 % for usual frames. For n evenly spaced
    motors: Jx = m_b (y^2 + z^2) / 12 + n m_m L^2 / 2, Jy likewise with x, Jz = m_b (x^2 + y^2) / 12
    + n m_m L^2 (moments of a box and of points; Steiner).

    Args:
        body_kg: Everything but the motors, arms included.
        body_size_m: Extents of the box that holds it, x, y, z.
        motor_kg: One motor with its propeller.
        arm_m: From the center to each motor.
        num_motors: How many.
    """
    x, y, z = (float(v) for v in body_size_m)
    ring = num_motors * motor_kg * arm_m**2
    return (
        body_kg * (y * y + z * z) / 12 + ring / 2,
        body_kg * (x * x + z * z) / 12 + ring / 2,
        body_kg * (x * x + y * y) / 12 + ring,
    )


# --- a vehicle of one's own ---------------------------------------------------------------------


class VehicleTable(dict[str, Any]):
    """Fields of a vehicle file, with where the numbers came from by field (`sources`)."""

    sources: dict[str, str]


def from_stand(
    name: str,
    *,
    mass_kg: float,
    inertia_b_kgm2: Sequence[float],
    stand: StandFit,
    rotor_radius_m: float,
    motor_rise_s: float,
    arm_m: float | None = None,
    layout: str = "x",
    num_rotors: int = 4,
    rotors: Sequence[Mapping[str, Any]] | None = None,
    height_m: float = 0.06,
    **fields: Any,
) -> VehicleTable:
    """Returns the table of a vehicle from what one can measure, validated.

    What is left out is filled in as `docs/vehicles.md` says: the motor's fall time is its rise
    time, the torque ratio that of a usual propeller, a blade's inertia that of a rod, rotor drag
    that of usual vehicles, body drag from the frame's cross-section, a cylinder to the propellers'
    tips as collision shape.

    Args:
        name: Of the vehicle.
        mass_kg: Ready to fly.
        inertia_b_kgm2: About x, y, z; `estimate_inertia` where it was not measured.
        stand: `fit_stand` or `read_stand`.
        rotor_radius_m: Half the propeller's diameter.
        motor_rise_s: Time constant of the rotor speed (63 % of a step).
        arm_m: From the center to each hub, for an even layout.
        layout: "x" or "plus".
        num_rotors: 4, 6 or 8.
        rotors: Rotors of another layout, instead of the three above.
        height_m: Of the body.
        **fields: Any other field of a vehicle file, in place of what would be filled in.

    Raises:
        ValueError: With path, value and range of what cannot be.
        TypeError: For a value of the wrong type.
    """
    if (arm_m is None) == (rotors is None):
        raise ValueError("give either arm_m (with layout, num_rotors) or rotors")
    hubs = rotor_layout(layout, arm_m, num_rotors) if arm_m is not None else list(rotors or ())
    filled = _filled_in(mass_kg, stand, rotor_radius_m, hubs, height_m)
    measured: dict[str, Any] = {
        "name": name,
        "doc": f"{name}, made from thrust-stand data",
        "mass_kg": mass_kg,
        "inertia_b_kgm2": [float(v) for v in inertia_b_kgm2],
        "thrust_coefficient_n_s2": _rounded(stand.thrust_coefficient_n_s2),
        "max_rotor_speed_radps": _rounded(stand.max_rotor_speed_radps),
        "motor_rise_s": motor_rise_s,
        "motor_fall_s": motor_rise_s,
        "rotor_radius_m": rotor_radius_m,
        "rotors": [dict(rotor) for rotor in hubs],
    }
    table = VehicleTable({**measured, **filled, **fields})
    table.sources = {
        path: f"filled in: {rule}"
        for path, rule in _FILLED_IN.items()
        if path.partition(".")[0] not in fields
        and not (path == "torque_to_thrust_m" and stand.torque_to_thrust_m is not None)
    }
    load(table)
    return table


# what _filled_in() and the motor's fall time do, for the file
_FILLED_IN = {
    "motor_fall_s": "as the rise",
    "torque_to_thrust_m": "a quarter of the radius",
    "rotor_inertia_kgm2": "a rod of 1.5 kg/m^3 times the diameter cubed",
    "min_rotor_speed_radps": "a tenth of full speed",
    "rotor_drag_b_kg": "slows down at 0.2 1/s in hover",
    "body_drag_b_kgpm": "half rho c A of the frame with c = 1",
    "ground_effect_coefficient": "Cheeseman and Bennett 1955",
    "speed_limit_mps": "a choice",
    "collision.size_m": "to the propellers' tips",
    "collision.offset_b_m": "the middle",
    "collision.friction": "not measured",
    "collision.restitution": "not measured",
}


def _filled_in(
    mass_kg: float,
    stand: StandFit,
    radius_m: float,
    hubs: Sequence[Mapping[str, Any]],
    height_m: float,
) -> dict[str, Any]:
    reach = max((math.hypot(*hub["position_b_m"][:2]) for hub in hubs), default=0.0)
    width = 2 * (reach + radius_m)
    ratio = stand.torque_to_thrust_m
    blade_kg = _BLADE_KGPM3 * (2 * radius_m) ** 3
    # so many rotors at this speed carry the weight; their drag is shared evenly
    count = max(1, len(hubs))
    weight_n = max(0.0, mass_kg) * _GRAVITY_MPS2
    hover_radps = math.sqrt(weight_n / (count * stand.thrust_coefficient_n_s2))
    drag = _DRAG_RATE_PER_S * mass_kg / (count * hover_radps) if hover_radps > 0 else 0.0
    # half rho c A with c = 1: half of the side's box between the hubs, a third of it from above
    side = 0.5 * 1.225 * 0.5 * 2 * reach * height_m
    top = 0.5 * 1.225 * 0.3 * (2 * reach) ** 2
    return {
        "torque_to_thrust_m": _rounded(_TORQUE_PER_RADIUS * radius_m if ratio is None else ratio),
        "rotor_inertia_kgm2": _rounded(blade_kg * (2 * radius_m) ** 2 / 12),
        "min_rotor_speed_radps": _rounded(0.1 * stand.max_rotor_speed_radps),
        "rotor_drag_b_kg": [_rounded(drag)] * 3,
        "body_drag_b_kgpm": [_rounded(side), _rounded(side), _rounded(top)],
        "ground_effect_coefficient": 1.0,
        "speed_limit_mps": 5.0,
        "collision": {
            "shape": "cylinder",
            "size_m": [_rounded(width), _rounded(width), height_m],
            "offset_b_m": [0.0, 0.0, 0.0],
            "friction": 0.5,
            "restitution": 0.3,
        },
    }


def _rounded(value: float) -> float:
    """To six digits: more than any stand measures, few enough to read."""
    return float(f"{value:.6g}")


# --- files --------------------------------------------------------------------------------------


def to_toml(table: Mapping[str, Any], sources: Mapping[str, str] | None = None) -> str:
    """Returns the text of a vehicle file: every field with unit, meaning and where it came from.

    Args:
        table: Fields of a vehicle file.
        sources: Where a number came from, by field ("mass_kg": "kitchen scale"); on top of what
            `from_stand` knows.

    Raises:
        ValueError: For a table that is no valid vehicle, or a source of an unknown field.
    """
    vehicle = load(table)
    config = vehicle.config
    notes = {**getattr(table, "sources", {}), **(sources or {})}
    lines: list[str] = []
    sections: dict[str, list[str]] = {}
    for field in fields_of(vehicle):
        head, _, key = field.path.replace("[]", "").partition(".")
        note = field.unit if field.unit and field.unit != "1" else ""
        note = ": ".join(part for part in (note, field.doc) if part)
        source = notes.pop(field.path, None)
        note += f" ({source})" if source else ""
        if head == "battery" and not config[head]["capacity_ah"]:
            continue  # a vehicle without one
        if key and "[]" not in field.path:
            value = config[head][key]
            sections.setdefault(head, []).append(f"{key} = {_toml(value)}  # {note}")
        elif not key and head not in ("rotors", "cameras"):
            lines.append(f"{head} = {_toml(config[head])}  # {note}")
    if notes:
        known = [field.path for field in fields_of(vehicle)]
        path = next(iter(notes))
        raise ValueError(f"sources: unknown field '{path}'{_volery.nearest_name(path, known)}")
    if config["rotors"]:
        lines.append(
            "\n# hubs in m from the center of mass; spin 1 is counter-clockwise seen from above"
        )
    for i, rotor in enumerate(config["rotors"]):
        lines.append(f"{'' if i == 0 else chr(10)}[[rotors]]  # {i}")
        lines += [f"{key} = {_toml(value)}" for key, value in rotor.items()]
    for name, entries in sections.items():
        lines += [f"\n[{name}]", *entries]
    for camera in config["cameras"]:
        lines += ["\n[[cameras]]", *(f"{key} = {_toml(value)}" for key, value in camera.items())]
    return "\n".join(lines) + "\n"


def save(
    file: str | Path, table: Mapping[str, Any], sources: Mapping[str, str] | None = None
) -> Path:
    """Writes a vehicle file; see `to_toml`. Returns its path, which `vehicle=` takes.

    Raises:
        ValueError: For a name that does not end in .toml, or as `to_toml`.
        OSError: For a file that cannot be written.
    """
    path = Path(file)
    if path.suffix != ".toml":
        raise ValueError(f"'{path}': a vehicle file ends in .toml")
    path.write_text(to_toml(table, sources), encoding="utf-8")
    return path


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ", ".join(_toml(entry) for entry in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)
