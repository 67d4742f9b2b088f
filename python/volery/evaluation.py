"""How well the control laws fly: step responses and tracking errors, measured in the engine."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from volery import _volery
from volery.arguments import checked_count
from volery.batch import Batch
from volery.trajectory import Circle, Curve, FigureEight, Helix, Tracker, Trajectory

Doubles = NDArray[np.float64]

LAWS = ("lee", "pid", "mellinger", "lqr", "indi")
# physics and control rate; agents step at the greatest rate up to 60 Hz that divides the latter
RATES_HZ = ((240, 240), (240, 120), (500, 500), (500, 250), (1000, 1000), (1000, 250))
_AGENT_HZ = 60
HOME_W_M = (0.0, 0.0, 20.0)  # above any ground effect
_STEP_M = 1.0
_LIGHT = {"turbulence": "light"}
_STEP_S = 8.0


def references() -> dict[str, Curve]:
    """Returns what is tracked: about 1 m/s and 1.1 m/s^2, within reach of every vehicle."""
    return {
        "circle": Circle(1.0, 6.0, center_w_m=HOME_W_M),
        "figure-eight": FigureEight(2.0, 6.0, center_w_m=HOME_W_M),
        "helix": Helix(0.7, 0.5, 5.0, center_w_m=HOME_W_M),
    }


@dataclasses.dataclass(frozen=True)
class Condition:
    """What differs from a clean flight.

    Attributes:
        name: For the table.
        config: Of the batch.
        inertia: The vehicle's over what the controller believes.
    """

    name: str
    config: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    inertia: float = 1.0


def conditions() -> list[Condition]:
    """Returns the conditions of the table: those whose effect this version has."""
    known = {field.path for field in _volery.config_fields()}
    candidates = [
        Condition("clean"),
        Condition("no motor lag", {"flight": {"motor_lag": False}}),
        Condition("inertia 1.5 of the believed", inertia=1.5),
        Condition("inertia 0.7 of the believed", inertia=0.7),
        Condition("wind 1.5 m/s, light", {"wind": {"mean_w_mps": [1.5, 0, 0], **_LIGHT}}),
        Condition("on a noisy IMU", {"estimator": "complementary"}),
    ]
    return [c for c in candidates if _paths(c.config) <= known]


def _paths(config: Mapping[str, Any], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for key, value in config.items():
        if isinstance(value, Mapping):
            found |= _paths(value, f"{prefix}{key}.")
        else:
            found.add(prefix + key)
    return found


@dataclasses.dataclass(frozen=True)
class Response:
    """A step of one metre.

    Attributes:
        time_s: (T,).
        position_m: (T,), along the step, from 0 to about 1.
    """

    time_s: Doubles
    position_m: Doubles

    @property
    def rise_s(self) -> float:
        """Returns the time from 10 % to 90 %; nan where it never gets there."""
        share = self.position_m / _STEP_M
        if not (share >= 0.9).any():
            return math.nan
        return float(self.time_s[np.argmax(share >= 0.9)] - self.time_s[np.argmax(share >= 0.1)])

    @property
    def overshoot(self) -> float:
        """Returns how far it goes beyond, as share of the step."""
        return max(0.0, float(self.position_m.max()) / _STEP_M - 1)

    @property
    def final_error_m(self) -> float:
        """Returns the distance from the goal at the end, along the step."""
        return abs(float(self.position_m[-1]) - _STEP_M)


@dataclasses.dataclass(frozen=True)
class Figures:
    """One line of the table.

    Attributes:
        law: Of the inner loops.
        physics_rate_hz: Substeps per second.
        control_rate_hz: Control ticks per second.
        condition: What differs from a clean flight.
        rise_s: 10 % to 90 % of a step of 1 m sideways.
        overshoot: Beyond it, share of the step.
        rmse_m: Root mean square distance from each reference, by name.
    """

    law: str
    physics_rate_hz: int
    control_rate_hz: int
    condition: str
    rise_s: float
    overshoot: float
    rmse_m: dict[str, float]


def agent_rate(control_rate_hz: int) -> int:
    """Returns the greatest agent rate up to 60 Hz that divides the control rate.

    Raises:
        TypeError: For a rate that is no whole number.
        ValueError: For one below 1.
    """
    checked_count("control_rate_hz", control_rate_hz)
    return next(r for r in range(min(_AGENT_HZ, control_rate_hz), 0, -1) if not control_rate_hz % r)


def hover_batch(
    vehicle: str | Mapping[str, Any],
    law: str,
    num_worlds: int,
    rates_hz: tuple[int, int],
    condition: Condition | None = None,
) -> Batch:
    """Returns worlds of one drone that stand still in the air, flown by the law.

    Args:
        vehicle: Name or table.
        law: One of LAWS.
        num_worlds: Number of worlds.
        rates_hz: Physics and control rate.
        condition: What differs from a clean flight.

    Raises:
        ValueError: For an unknown law or vehicle, rates that do not divide.
    """
    if law not in LAWS:
        hint = _volery.nearest_name(law, list(LAWS))
        raise ValueError(f'controller = "{law}": no such control law{hint}')
    condition = condition or Condition("clean")
    # a config takes 0 for the task's own
    checked_count("physics_rate_hz", rates_hz[0])
    config: dict[str, Any] = {
        "vehicle": vehicle if isinstance(vehicle, str) else dict(vehicle),
        "action": law,
        "scene": "empty",
        "contacts": "off",
        "episode_s": 1000.0,
        "physics_rate_hz": rates_hz[0],
        "control_rate_hz": rates_hz[1],
        "agent_rate_hz": agent_rate(rates_hz[1]),
        "task_config": {
            "goal": "start",
            "start": {"attitude_rad": 0.0, "velocity_mps": 0.0, "rates_radps": 0.0},
        },
        **condition.config,
    }
    if condition.inertia != 1:
        believed = [j / condition.inertia for j in vehicle_values(vehicle)["inertia_b_kgm2"]]
        base = vehicle if isinstance(vehicle, str) else dict(vehicle)
        table = {"base": base} if isinstance(base, str) else base
        config["controller_config"] = {"vehicle": {**table, "inertia_b_kgm2": believed}}
    batch = Batch("hover", num_worlds, **config)
    batch.reset(seed=0)
    for world in range(num_worlds):
        batch.set_state(world, {"position_w_m": [HOME_W_M]})
    return batch


def vehicle_values(vehicle: str | Mapping[str, Any]) -> dict[str, Any]:
    """Returns the parameters that the vehicle's file or table gives, those of its base included."""
    if isinstance(vehicle, str):
        path = vehicle
        if vehicle in _volery.asset_names("vehicles"):
            path = f"{_volery.assets_folder()}/vehicles/{vehicle}.toml"
        values = dict(_volery.read_config(path))
    else:
        values = dict(vehicle)
    base = values.pop("base", None)
    return {**vehicle_values(base), **values} if base is not None else values


def start_on(batch: Batch, flown: Sequence[Trajectory]) -> list[Tracker]:
    """Places world w where trajectory w starts, and returns the trackers."""
    for world, trajectory in enumerate(flown):
        batch.set_state(world, {"position_w_m": [trajectory.at(0.0).position_w_m]})
    return [Tracker(batch, trajectory) for trajectory in flown]


def fly(
    batch: Batch, trackers: list[Tracker], duration_s: float
) -> Iterator[tuple[float, Doubles, NDArray[np.float32]]]:
    """Yields time_s, position (W, 3) and action (W, 1, U) per step; tracker w flies world w."""
    step_s = 1 / batch.config["agent_rate_hz"]
    position = batch.state("position_w_m")
    for step in range(math.ceil(duration_s / step_s)):
        actions = np.stack([t.act(step * step_s, position)[w] for w, t in enumerate(trackers)])
        batch.step(actions)
        position = batch.state("position_w_m")
        yield (step + 1) * step_s, np.asarray(position[:, 0], float), actions


class _Place:
    """Stands at a place."""

    duration_s = _STEP_S

    def __init__(self, place: Doubles) -> None:
        self._circle = Circle(1e-9, 1.0, center_w_m=place)

    def at(self, time_s: Any) -> Any:
        return self._circle.at(np.zeros(np.shape(time_s)))


def step_response(
    vehicle: str | Mapping[str, Any],
    law: str,
    rates_hz: tuple[int, int] = (240, 240),
    axis: int = 0,
    condition: Condition | None = None,
) -> Response:
    """Returns the response to a step of 1 m along a world axis, from hover."""
    with hover_batch(vehicle, law, 1, rates_hz, condition) as batch:
        place = np.array(HOME_W_M)
        place[axis] += _STEP_M
        tracker = Tracker(batch, _Place(place))
        times, values = [0.0], [0.0]
        for time_s, position, _ in fly(batch, [tracker], _STEP_S):
            times.append(time_s)
            values.append(float(position[0, axis]) - HOME_W_M[axis])
    return Response(np.array(times), np.array(values))


def tracking_rmse_m(
    vehicle: str | Mapping[str, Any],
    law: str,
    rates_hz: tuple[int, int] = (240, 240),
    condition: Condition | None = None,
) -> dict[str, float]:
    """Returns the root mean square distance from each reference, from the end of its ramp on."""
    flown = references()
    with hover_batch(vehicle, law, len(flown), rates_hz, condition) as batch:
        trackers = start_on(batch, list(flown.values()))
        duration_s = max(reference.duration_s for reference in flown.values())
        squares: list[list[float]] = [[] for _ in flown]
        for time_s, position, _ in fly(batch, trackers, duration_s):
            for world, reference in enumerate(flown.values()):
                if reference.steady_s <= time_s <= reference.duration_s:
                    error = trackers[world].error_m(time_s, position[:, None])[world, 0]
                    squares[world].append(float(error) ** 2)
    return {name: math.sqrt(np.mean(s)) for name, s in zip(flown, squares, strict=True)}


def evaluate(
    vehicle: str | Mapping[str, Any],
    laws: tuple[str, ...] = LAWS,
    rates_hz: tuple[tuple[int, int], ...] = RATES_HZ,
    progress: Callable[[int, int, str], None] = lambda done, total, note: None,
) -> list[Figures]:
    """Returns the table: every law at all rates when clean, and under each condition at 240 Hz.

    Args:
        vehicle: Name or table.
        laws: Some of LAWS.
        rates_hz: Pairs of physics and control rate; conditions are flown at the first.
        progress: Called with what is done, the total and a note.
    """
    found = conditions()
    runs = [(law, rates, found[0]) for law in laws for rates in rates_hz]
    runs += [(law, rates_hz[0], condition) for condition in found[1:] for law in laws]
    table = []
    for done, (law, rates, condition) in enumerate(runs):
        progress(done, len(runs), f"{law} {condition.name}")
        response = step_response(vehicle, law, rates, condition=condition)
        rmse_m = tracking_rmse_m(vehicle, law, rates, condition)
        table.append(
            Figures(law, *rates, condition.name, response.rise_s, response.overshoot, rmse_m)
        )
    return table
