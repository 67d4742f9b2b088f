"""Thrust stands: rotor speed, thrust and torque points to the coefficients of a vehicle file."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from volery.throttle import rpm_to_radps

_GRAVITY_MPS2 = 9.80665  # grams of thrust to newtons: ISO 80000-3


@dataclasses.dataclass(frozen=True)
class StandFit:
    """What a thrust stand says about one rotor.

    Attributes:
        thrust_coefficient_n_s2: k of thrust = k w^2, w in rad/s.
        max_rotor_speed_radps: The fastest point.
        torque_to_thrust_m: Drag torque / thrust; None where the stand gave no torque.
        residual: Root mean square of thrust minus fit, over the greatest thrust. Above 0.05 the
            points do not follow a square: a stalled propeller, a slipping one, or a wrong unit.
        num_points: How many points went into it.
    """

    thrust_coefficient_n_s2: float
    max_rotor_speed_radps: float
    torque_to_thrust_m: float | None
    residual: float
    num_points: int


def fit_stand(
    *,
    thrust_n: ArrayLike,
    speed_rpm: ArrayLike | None = None,
    speed_radps: ArrayLike | None = None,
    torque_nm: ArrayLike | None = None,
) -> StandFit:
    """Fits thrust = k w^2 and torque = c thrust to the points of a stand, by least squares.

    k = sum(w^2 T) / sum(w^4) and c = sum(T Q) / sum(T^2): the errors that count are those in
    newtons, so the fast points weigh most, where the authority is.

    Args:
        thrust_n: Thrust of one rotor, (points,).
        speed_rpm: Its speed; give either this or speed_radps.
        speed_radps: Its speed.
        torque_nm: Its drag torque; may be left out.

    Raises:
        ValueError: For no or both speeds, different lengths, fewer than 2 points, values that are
            not finite, not above 0 (a point at rest carries nothing: leave it out).
    """
    if (speed_rpm is None) == (speed_radps is None):
        raise ValueError("give either speed_rpm or speed_radps")
    speed_name = "speed_radps" if speed_rpm is None else "speed_rpm"
    given = speed_radps if speed_rpm is None else speed_rpm
    points = {speed_name: np.asarray(given, dtype=np.float64)}
    points["thrust_n"] = np.asarray(thrust_n, dtype=np.float64)
    if torque_nm is not None:
        points["torque_nm"] = np.asarray(torque_nm, dtype=np.float64)
    _check_points(points)
    speed = points[speed_name] if speed_rpm is None else rpm_to_radps(points[speed_name])
    thrust = points["thrust_n"]
    square = speed**2
    k = float(np.sum(square * thrust) / np.sum(square**2))
    c = None
    if torque_nm is not None:
        c = float(np.sum(thrust * points["torque_nm"]) / np.sum(thrust**2))
    residual = float(np.sqrt(np.mean((thrust - k * square) ** 2)) / thrust.max())
    return StandFit(k, float(speed.max()), c, residual, len(thrust))


def _check_points(points: Mapping[str, Any]) -> None:
    lengths = {name: values.shape for name, values in points.items()}
    if any(len(shape) != 1 for shape in lengths.values()) or len(set(lengths.values())) != 1:
        raise ValueError(f"the points must be one-dimensional and of one length, not {lengths}")
    for name, values in points.items():
        if len(values) < 2:
            raise ValueError(f"{name}: at least 2 points, not {len(values)}")
        bad = np.flatnonzero(~(np.isfinite(values) & (values > 0)))
        if len(bad):
            raise ValueError(f"{name}[{bad[0]}] = {values[bad[0]]:g}: must be finite and above 0")


_COLUMNS = {
    "rpm": ("speed_radps", math.pi / 30),
    "radps": ("speed_radps", 1.0),
    "thrust_n": ("thrust_n", 1.0),
    "thrust_g": ("thrust_n", 1e-3 * _GRAVITY_MPS2),
    "torque_nm": ("torque_nm", 1.0),
}


def read_stand(file: str | Path) -> StandFit:
    """Fits the points of a CSV file, one row each under a header that names the columns.

    Columns: `rpm` or `radps`; `thrust_n` or `thrust_g`; `torque_nm` if there is one. Others are
    passed over, and so are rows at rest and lines that begin with '#'.

    Raises:
        ValueError: For a missing column or a cell that is not a number, with file and line.
        OSError: For a file that cannot be read.
    """
    text = Path(file).read_text(encoding="utf-8")
    lines = [
        (number, [cell.strip() for cell in line.split(",")])
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.startswith("#")
    ]
    header = lines[0][1] if lines else []
    wanted = {name: header.index(name) for name in _COLUMNS if name in header}
    columns: dict[str, list[float]] = {_COLUMNS[name][0]: [] for name in wanted}
    for needed, choices in (("speed_radps", "rpm or radps"), ("thrust_n", "thrust_n or thrust_g")):
        if needed not in columns:
            raise ValueError(f"{file}: no column {choices}; the header is {header}")
    for number, cells in lines[1:]:
        row = {}
        for name, place in wanted.items():
            try:
                row[_COLUMNS[name][0]] = float(cells[place]) * _COLUMNS[name][1]
            except (ValueError, IndexError):
                cell = cells[place] if place < len(cells) else ""
                raise ValueError(f"{file}:{number}: {name} = '{cell}': not a number") from None
        if row["speed_radps"] != 0:
            for key, value in row.items():
                columns[key].append(value)
    try:
        return fit_stand(**columns)
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from None
