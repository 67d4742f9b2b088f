"""Pictures of the curves of a vehicle, with matplotlib where it is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from volery import curves
from volery.plot import require_matplotlib
from volery.vehicles import load

_INK = "#22303c"
_QUIET = "#6b7780"
_PAPER = "#ffffff"
_GRID = "#e3e0d8"
_MEASURED = "#1f6f8b"
_FORMULA = "#d1495b"
_SIZE_IN = (6.4, 3.8)
_DPI = 90


class Picture:
    """One set of axes in the house's style, saved by `save`."""

    def __init__(self, title: str, x_label: str, y_label: str) -> None:
        require_matplotlib()
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self._figure = Figure(figsize=_SIZE_IN, facecolor=_PAPER, layout="constrained")
        FigureCanvasAgg(self._figure)
        self.axes: Any = self._figure.add_subplot()
        self.axes.set_title(title, loc="left", fontsize=11, color=_INK, fontweight="bold")
        self.axes.set_xlabel(x_label, color=_INK)
        self.axes.set_ylabel(y_label, color=_INK)
        self.axes.tick_params(colors=_QUIET, labelsize=9)
        self.axes.grid(color=_GRID, linewidth=0.8)
        self.axes.set_axisbelow(True)
        for side in ("top", "right"):
            self.axes.spines[side].set_visible(False)
        for side in ("bottom", "left"):
            self.axes.spines[side].set_color(_QUIET)

    def formula(self, x: Any, y: Any, label: str) -> None:
        """Draws what a formula says."""
        self.axes.plot(x, y, color=_FORMULA, linewidth=1.6, label=label, zorder=2)

    def measured(self, x: Any, y: Any, label: str, every: int = 1) -> None:
        """Draws what the engine did, as dots."""
        self.axes.plot(
            np.asarray(x)[::every],
            np.asarray(y)[::every],
            "o",
            color=_MEASURED,
            markersize=3.6,
            label=label,
            zorder=3,
        )

    def mark(self, x: float, y: float, text: str, offset: tuple[float, float] = (8, -12)) -> None:
        """Names a point."""
        self.axes.plot([x], [y], "o", color=_INK, markersize=6, zorder=4)
        self.axes.annotate(
            text, (x, y), offset, textcoords="offset points", fontsize=9, color=_INK, zorder=5
        )

    def save(self, file: Path, legend: str = "best") -> None:
        """Writes the picture; its folder is made. Raises OSError where it cannot be written."""
        self.axes.legend(loc=legend, frameon=False, fontsize=9, labelcolor=_INK)
        file.parent.mkdir(parents=True, exist_ok=True)
        self._figure.savefig(file, dpi=_DPI, facecolor=_PAPER)


def _name(vehicle: Any) -> str:
    return str(load(vehicle).config["name"])


def draw_thrust(vehicle: Any, file: Path) -> curves.Curve:
    """Thrust of a rotor over its speed."""
    curve = curves.thrust_curve(vehicle)
    picture = Picture(f"{_name(vehicle)}: thrust of one rotor", "rotor speed (rad/s)", "thrust (N)")
    picture.formula(curve.x, curve.expected, "k w²")
    picture.measured(curve.x, curve.measured, "engine")
    hover = curve.notes["hover_speed_radps"]
    thrust = float(np.interp(hover, curve.x, curve.expected))
    share = hover / curve.x[-1]
    picture.mark(hover, thrust, f"hover: {hover:.0f} rad/s,\n{share:.0%} of full speed", (10, -22))
    picture.axes.set_xlim(left=0)
    picture.axes.set_ylim(bottom=0)
    picture.save(file, "upper left")
    return curve


def draw_ground_effect(vehicle: Any, file: Path) -> curves.Curve:
    """Thrust over height above ground."""
    curve = curves.ground_effect_curve(vehicle)
    radius = curve.notes["rotor_radius_m"]
    picture = Picture(
        f"{_name(vehicle)}: ground effect at hover speed",
        f"height of the rotors over the ground (rotor radii, 1 is {1000 * radius:.3g} mm)",
        "thrust / thrust far from the ground",
    )
    picture.formula(curve.x, curve.expected, "1 / (1 - k (R / 4z)²), held below R / 2, ends at 8 R")
    picture.measured(curve.x, curve.measured, "engine")
    picture.axes.set_xlim(left=0)
    picture.save(file, "upper right")
    return curve


def draw_motor(vehicle: Any, file: Path) -> curves.Curve:
    """A step of the rotor's command up and down."""
    curve = curves.motor_step(vehicle)
    rise, fall = curve.notes["rise_s"], curve.notes["fall_s"]
    picture = Picture(
        f"{_name(vehicle)}: motor response to a step up and down", "time (s)", "rotor speed (rad/s)"
    )
    label = f"first order: {1000 * rise:.4g} ms up, {1000 * fall:.4g} ms down"
    picture.formula(curve.x, curve.expected, label)
    picture.measured(curve.x, curve.measured, "engine", every=max(1, len(curve.x) // 60))
    # room for the legend under the curve
    low, high = picture.axes.get_ylim()
    picture.axes.set_ylim(low - 0.2 * (high - low), high)
    picture.save(file, "lower left")
    return curve


def draw_fall(vehicle: Any, file: Path) -> curves.Curve:
    """Falling with idle rotors, up to terminal velocity."""
    curve = curves.terminal_velocity(vehicle)
    picture = Picture(
        f"{_name(vehicle)}: falling level with idle rotors", "time (s)", "downward speed (m/s)"
    )
    picture.formula(curve.x, curve.expected, "closed form of quadratic and linear drag")
    picture.measured(curve.x, curve.measured, "engine", every=max(1, len(curve.x) // 60))
    final = curve.notes["terminal_mps"]
    picture.mark(
        float(curve.x[-1]), float(curve.expected[-1]), f"terminal: {final:.1f} m/s", (-96, -16)
    )
    picture.save(file, "center right")
    return curve


def draw_spin(vehicle: Any, file: Path) -> dict[int, curves.Curve]:
    """Energy of a tumbling body without torque, at three physics rates."""
    picture = Picture(
        f"{_name(vehicle)}: energy of torque-free tumbling",
        "time (s)",
        "change of energy (millionths)",
    )
    shown = {}
    for rate, color in ((240, _FORMULA), (480, "#e09f3e"), (960, _MEASURED)):
        curve = curves.torque_free_spin(vehicle, rate)
        shown[rate] = curve
        label = f"{rate} Hz, momentum turns by {1e3 * curve.notes['momentum_rad']:.2g} mrad"
        picture.axes.plot(
            curve.x,
            1e6 * (curve.measured / curve.expected - 1),
            color=color,
            linewidth=1.6,
            label=label,
        )
    picture.axes.axhline(0, color=_INK, linewidth=0.8, linestyle=":")
    picture.save(file)
    return shown


def draw_drop(vehicle: Any, file: Path) -> curves.Curve:
    """Dropped flat onto the ground."""
    curve = curves.drop_test(vehicle)
    notes = curve.notes
    picture = Picture(
        f"{_name(vehicle)}: dropped flat from 0.5 m, floor of restitution 0.5",
        "time (s)",
        "height (m)",
    )
    before = curve.x < notes["first_touch_s"]
    picture.formula(curve.x[before], curve.expected[before], "free fall")
    picture.measured(curve.x, curve.measured, "engine", every=3)
    picture.axes.axhline(
        notes["rest_m"], color=_INK, linewidth=0.8, linestyle=":", label="height at rest"
    )
    picture.save(file, "upper right")
    return curve


def draw_battery(vehicle: Any, file: Path) -> curves.Curve:
    """Voltage of the battery in hover, from full until it carries no longer."""
    curve = curves.battery_curve(vehicle)
    picture = Picture(f"{_name(vehicle)}: battery in hover", "time (min)", "voltage (V)")
    minutes = curve.x / 60
    picture.formula(minutes, curve.expected, "open-circuit voltage - current x resistance")
    every = max(1, len(curve.x) // 60)
    picture.measured(minutes, curve.measured, "engine", every=every)
    left = curve.notes["charge_left"]
    text = f"sinks after {minutes[-1]:.1f} min,\n{left:.0%} charge left"
    picture.mark(float(minutes[-1]), float(curve.measured[-1]), text, (-110, 6))
    picture.save(file, "lower left")
    return curve


def draw_downwash(vehicle: Any, file: Path) -> curves.Curve:
    """Speed of the air under a hovering drone."""
    depths = (1.5, 3.0, 5.0, 8.0)
    curve = curves.downwash_curve(vehicle, depths)
    picture = Picture(
        f"{_name(vehicle)}: downwash of a hover",
        "distance beside its axis (m)",
        "downward speed of the air (m/s)",
    )
    colors = ("#123c4a", _MEASURED, "#e09f3e", _FORMULA)
    for k, (depth, color) in enumerate(zip(depths, colors, strict=True)):
        below = depth * curve.notes["motor_distance_m"]
        picture.axes.plot(curve.x, curve.expected[:, k], color=color, linewidth=1.4)
        label = f"{below:.2g} m below ({depth:g} motor distances)"
        picture.axes.plot(
            curve.x, curve.measured[:, k], "o", color=color, markersize=3.6, label=label
        )
    picture.axes.plot([], [], color=_QUIET, linewidth=1.4, label="self-similar turbulent jet")
    picture.axes.set_xlim(left=0)
    picture.axes.set_ylim(bottom=0)
    picture.save(file, "upper right")
    return curve


#: What `volery plot` draws, by name.
PLOTS = {
    "battery": draw_battery,
    "downwash": draw_downwash,
    "thrust": draw_thrust,
    "ground-effect": draw_ground_effect,
    "motor": draw_motor,
    "fall": draw_fall,
    "spin": draw_spin,
    "drop": draw_drop,
}
