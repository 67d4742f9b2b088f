"""`volery describe vehicle` and `volery vehicle new`."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import Any

from volery import vehicles
from volery.cli.common import add_command, table
from volery.frames import layout_of

_AXES = ("x", "y", "z")


def describe(name: str, *, as_json: bool) -> int:
    """Prints a vehicle: every parameter and what follows from it.

    Args:
        name: Of a shipped vehicle, or the path of a TOML file.
        as_json: One JSON object instead of tables.

    Raises:
        ValueError: For an unknown name or a file that is no valid vehicle.
        OSError: For a file that cannot be read.
    """
    vehicle = vehicles.load(name)
    if as_json:
        print(json.dumps(_document(vehicle), indent=2))
        return 0
    config = vehicle.config
    print(f"{config['name']}: {config['doc']}\n")
    print("parameters")
    print(table(_parameter_rows(vehicle)))
    if vehicle.num_rotors > 0:
        print(f"\nrotors, {vehicle.num_rotors} in the order of the actions")
        print(table(_rotor_rows(vehicle)))
    if config["cameras"]:
        print(f"\ncameras, {len(config['cameras'])}")
        print(table(_camera_rows(vehicle)))
    print("\nwhat follows")
    print(table(_derived_rows(vehicle)))
    return 0


def _document(vehicle: vehicles.Vehicle) -> dict[str, Any]:
    units = {field.path: field.unit for field in vehicle.fields}
    derived = {
        row.name: {
            "value": list(row.values) if len(row.values) > 1 else row.values[0],
            "unit": row.unit,
            "doc": row.doc,
        }
        for row in vehicle.derived
    }
    return {
        "name": vehicle.config["name"],
        "config": vehicle.config,
        "units": units,
        "derived": derived,
        "mixer": vehicle.mixer,
    }


def _number(value: float) -> str:
    return f"{value:.5g}"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(entry) for entry in value)
    return _number(value) if isinstance(value, float) else str(value)


def _parameter_rows(vehicle: vehicles.Vehicle) -> list[tuple[str, str, str, str]]:
    rows = []
    for field in vehicles.fields_of(vehicle):
        if field.path in ("name", "doc") or "[]" in field.path:
            continue
        value: Any = vehicle.config
        for key in field.path.split("."):
            value = value[key]
        rows.append((field.path, _text(value), field.unit, field.doc))
    return rows


def _camera_rows(vehicle: vehicles.Vehicle) -> list[tuple[str, str, str, str]]:
    rows = []
    for i, camera in enumerate(vehicle.config["cameras"]):
        for field in vehicles.fields_of(vehicle):
            table, _, name = field.path.partition("[].")
            if table == "cameras":
                rows.append((f"cameras[{i}].{name}", _text(camera[name]), field.unit, field.doc))
    return rows


def _rotor_rows(vehicle: vehicles.Vehicle) -> list[tuple[str, str, str, str]]:
    rows = []
    angles = layout_of(vehicle).angle_deg
    for i, rotor in enumerate(vehicle.config["rotors"]):
        turn = "counter-clockwise" if rotor["spin"] > 0 else "clockwise"
        angle = 0.0 if math.isclose(angles[i], 0, abs_tol=1e-9) else angles[i]
        rows.append((f"rotor_{i}", _text(rotor["position_b_m"]) + " m", f"{angle:.4g} deg", turn))
    return rows


def _derived_rows(vehicle: vehicles.Vehicle) -> list[tuple[str, str, str, str]]:
    return [
        (row.name, ", ".join(_number(v) for v in row.values), row.unit, row.doc)
        for row in vehicle.derived
    ]


# --- a new one ----------------------------------------------------------------------------------


def add_vehicle(commands: Any) -> None:
    """Adds `volery vehicle new`."""
    parser = add_command(
        commands,
        "vehicle",
        "Write a vehicle file from what one can measure.",
        "  volery vehicle new mine --mass 1.1 --inertia 9e-3 9e-3 16e-3 --arm 0.2 \\\n"
        "      --radius 0.089 --lag 0.045 --stand stand.csv -o mine.toml\n\n"
        "stand.csv has a header and one row per point: rpm or radps, thrust_n or thrust_g,\n"
        "torque_nm if there is one. docs/vehicles.md tells how to measure.",
    )
    parser.add_argument("what", choices=["new"], help="the only thing there is to do")
    parser.add_argument("name", help="of the vehicle")
    numbers = (
        ("mass", "kg", "ready to fly"),
        ("arm", "m", "from the center to each hub"),
        ("radius", "m", "of a propeller"),
        ("lag", "s", "time constant of the rotor speed, 63 %% of a step"),
    )
    for name, unit, about in numbers:
        parser.add_argument(
            f"--{name}", type=float, required=True, metavar=unit.upper(), help=f"{about}, {unit}"
        )
    parser.add_argument(
        "--inertia",
        type=float,
        nargs=3,
        required=True,
        metavar=("JX", "JY", "JZ"),
        help="about the body's axes, kg m^2",
    )
    parser.add_argument("--stand", type=Path, required=True, help="points of a thrust stand, CSV")
    parser.add_argument("--fall-lag", type=float, help="where it differs from --lag, s")
    parser.add_argument("--layout", choices=["x", "plus"], default="x")
    parser.add_argument("--rotors", type=int, choices=[4, 6, 8], default=4)
    parser.add_argument("--height", type=float, default=0.06, help="of the body, m")
    parser.add_argument("-o", "--out", type=Path, help="the file (default NAME.toml)")
    parser.set_defaults(run=_run_new)


def _run_new(arguments: argparse.Namespace) -> int:
    stand = vehicles.read_stand(arguments.stand)
    more = {} if arguments.fall_lag is None else {"motor_fall_s": arguments.fall_lag}
    made = vehicles.from_stand(
        arguments.name,
        mass_kg=arguments.mass,
        inertia_b_kgm2=arguments.inertia,
        arm_m=arguments.arm,
        layout=arguments.layout,
        num_rotors=arguments.rotors,
        rotor_radius_m=arguments.radius,
        motor_rise_s=arguments.lag,
        height_m=arguments.height,
        stand=stand,
        **more,
    )
    out = arguments.out or Path(f"{arguments.name}.toml")
    source = str(arguments.stand)
    measured = ["thrust_coefficient_n_s2", "max_rotor_speed_radps"]
    if stand.torque_to_thrust_m is not None:
        measured.append("torque_to_thrust_m")
    vehicles.save(out, made, dict.fromkeys(measured, source))
    vehicle = vehicles.load(out)
    print(
        table(
            [
                ("points", f"{stand.num_points}, {100 * stand.residual:.2g} % off a square"),
                ("thrust / weight", f"{vehicle.thrust_to_weight:.3g}"),
                ("hover", f"{vehicle.hover_speed_radps:.4g} rad/s"),
                ("vehicle", str(out)),
            ],
            indent="",
        )
    )
    return 0
