"""References to fly: minimum-snap paths through waypoints, circle, figure-eight and helix.

Made before the flight, in NumPy and double precision. `Tracker` turns them into actions.
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from volery.batch import Batch

Doubles = NDArray[np.float64]

_POSITION_ORDER = 4  # of the derivative whose square is least: snap
_YAW_ORDER = 2  # angular acceleration
_SPEED_SAMPLES = 400


@dataclasses.dataclass(frozen=True)
class Reference:
    """Where to be at some times, world frame.

    Attributes:
        position_w_m: (..., 3).
        velocity_w_mps: (..., 3).
        acceleration_w_mps2: (..., 3).
        jerk_w_mps3: (..., 3).
        yaw_rad: (...), of body x from east to the left; not wrapped.
        yaw_rate_radps: (...).
    """

    position_w_m: Doubles
    velocity_w_mps: Doubles
    acceleration_w_mps2: Doubles
    jerk_w_mps3: Doubles
    yaw_rad: Doubles
    yaw_rate_radps: Doubles


class Trajectory(Protocol):
    """Something that says where to be when."""

    @property
    def duration_s(self) -> float:
        """Returns when it ends; it stands still (or goes on round) after that."""

    def at(self, time_s: ArrayLike) -> Reference:
        """Returns the reference at the times, of any shape."""


# --- minimum snap ---------------------------------------------------------------------------------


class MinimumSnap:
    """The smoothest path through waypoints with headings, from rest to rest.

    Pieces of degree 7 that make the integral of the squared snap least, and of degree 3 that make
    that of the squared angular acceleration least: D. Mellinger, V. Kumar, "Minimum snap
    trajectory generation and control for quadrotors", ICRA 2011. Solved in closed form for the free
    derivatives at the waypoints, each segment in its own time from 0 to 1, so that no power of a
    long duration spoils the numbers: C. Richter, A. Bry, N. Roy, "Polynomial trajectory planning
    for aggressive quadrotor flight in dense indoor environments", ISRR 2013.

    Args:
        waypoints_w_m: (N + 1, 3), N >= 1, neighbors distinct.
        yaw_rad: (N + 1,) headings; each leg turns the short way. None: zero.
        times_s: (N,) durations of the segments. None: found by descent on snap plus a price on
            time (Richter et al., section 3.2), then stretched to keep the limits below.
        max_speed_mps: Largest speed, where times_s is None.
        max_acceleration_mps2: Largest acceleration, likewise.

    Raises:
        ValueError: For fewer than two waypoints, neighbors that coincide, values that are not
            finite, times or limits that are not positive, arrays of the wrong shape.
    """

    def __init__(
        self,
        waypoints_w_m: ArrayLike,
        yaw_rad: ArrayLike | None = None,
        times_s: ArrayLike | None = None,
        *,
        max_speed_mps: float = 1.0,
        max_acceleration_mps2: float = 3.0,
    ) -> None:
        points = np.array(waypoints_w_m, float)
        if points.ndim != 2 or points.shape[1] != 3 or len(points) < 2:
            raise ValueError(f"waypoints_w_m: shape must be (N + 1, 3), N >= 1, not {points.shape}")
        _finite("waypoints_w_m", points)
        lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
        if not lengths.all():
            i = int(np.argmin(lengths))
            raise ValueError(f"waypoints_w_m: {i} and {i + 1} are the same place")
        headings = np.zeros(len(points)) if yaw_rad is None else np.array(yaw_rad, float)
        if headings.shape != (len(points),):
            raise ValueError(f"yaw_rad: shape must be ({len(points)},), not {headings.shape}")
        _finite("yaw_rad", headings)
        headings = np.unwrap(headings)
        if times_s is not None:
            times = np.array(times_s, float)
            if times.shape != lengths.shape:
                raise ValueError(f"times_s: shape must be {lengths.shape}, not {times.shape}")
            _positive("times_s", times)
        else:
            _positive("max_speed_mps", np.array(max_speed_mps))
            _positive("max_acceleration_mps2", np.array(max_acceleration_mps2))
            times = _allocate(points, lengths, max_speed_mps, max_acceleration_mps2)
        self._starts_s = np.concatenate([[0.0], np.cumsum(times)])
        self._times_s = times
        self._position = _smoothest(points, times, _POSITION_ORDER)
        self._yaw = _smoothest(headings[:, None], times, _YAW_ORDER)

    @property
    def duration_s(self) -> float:
        """Returns when the last waypoint is reached."""
        return float(self._starts_s[-1])

    @property
    def waypoint_times_s(self) -> Doubles:
        """Returns when each waypoint is passed, (N + 1,)."""
        return self._starts_s.copy()

    def at(self, time_s: ArrayLike) -> Reference:
        """Returns the reference at the times; it stands at the ends outside of the duration."""
        time = np.clip(np.asarray(time_s, float), 0.0, self.duration_s)
        segment = np.clip(
            np.searchsorted(self._starts_s, time, side="right") - 1, 0, len(self._times_s) - 1
        )
        length_s = self._times_s[segment]
        share = (time - self._starts_s[segment]) / length_s
        motion = [_evaluate(self._position[segment], share, length_s, k) for k in range(4)]
        yaw = [_evaluate(self._yaw[segment], share, length_s, k)[..., 0] for k in range(2)]
        return Reference(*motion, *yaw)

    def snap_cost(self) -> float:
        """Returns the integral of the squared snap over the path, m^2/s^7."""
        hessian = _hessian(_POSITION_ORDER)
        scale = self._times_s ** (1 - 2 * _POSITION_ORDER)
        return float(np.einsum("s,sia,ij,sja->", scale, self._position, hessian, self._position))


def _finite(name: str, values: Doubles) -> None:
    if not np.isfinite(values).all():
        raise ValueError(f"{name}: must be finite")


def _positive(name: str, values: Doubles) -> None:
    if not (np.isfinite(values).all() and (values > 0).all()):
        raise ValueError(f"{name} = {values.tolist()}: must be positive and finite")


def _falling(power: int, derivative: int) -> float:
    return float(math.prod(power - m for m in range(derivative)))


def _hessian(order: int) -> Doubles:
    """Integral over [0, 1] of the product of the derivatives of two powers, (2 order, 2 order)."""
    size = 2 * order
    hessian = np.zeros((size, size))
    for i in range(order, size):
        for j in range(order, size):
            power = i + j - 2 * order + 1
            hessian[i, j] = _falling(i, order) * _falling(j, order) / power
    return hessian


def _from_ends(order: int) -> Doubles:
    """Coefficients from the derivatives 0 .. order - 1 at share 0 and at share 1."""
    size = 2 * order
    ends = np.zeros((size, size))
    for k in range(order):
        ends[k, k] = _falling(k, k)
        ends[order + k] = [_falling(i, k) if i >= k else 0.0 for i in range(size)]
    return np.asarray(np.linalg.inv(ends), float)


def _scales(times: Doubles, order: int) -> Doubles:
    """What derivatives per second are per share of the segment, (segments, 2 order)."""
    powers = np.tile(np.arange(order), 2)
    return np.asarray(times[:, None] ** powers, float)


def _smoothest(points: Doubles, times: Doubles, order: int) -> Doubles:
    """Coefficients (segments, 2 order, columns) in shares of each segment, lowest power first."""
    count, columns = points.shape
    from_ends, scales = _from_ends(order), _scales(times, order)
    block = from_ends.T @ _hessian(order) @ from_ends
    # the cost in all derivatives of all points
    cost = np.zeros((count * order, count * order))
    for s, length_s in enumerate(times):
        here = slice(s * order, (s + 2) * order)
        cost[here, here] += block * np.outer(scales[s], scales[s]) * length_s ** (1 - 2 * order)
    values = np.zeros((count * order, columns))
    values[::order] = points
    # free are all derivatives at the inner waypoints; the ends are at rest
    inner_points = np.zeros((count, order), bool)
    inner_points[1:-1, 1:] = True
    free = inner_points.ravel()
    if free.any():
        # derivatives differ by powers of seconds: the diagonal evens them out
        size = 1 / np.sqrt(np.diag(cost)[free])
        inner = cost[np.ix_(free, free)] * np.outer(size, size)
        rest = size[:, None] * (cost[np.ix_(free, ~free)] @ values[~free])
        values[free] = -size[:, None] * np.linalg.solve(inner, rest)
    ends = np.stack(
        [values[s * order : (s + 2) * order] * scales[s][:, None] for s in range(len(times))]
    )
    return np.asarray(np.einsum("ij,sjc->sic", from_ends, ends), float)


def _evaluate(coefficients: Doubles, share: Doubles, length_s: Doubles, derivative: int) -> Doubles:
    """The derivative of (..., powers, columns) at the shares (...), per second, (..., columns)."""
    size = coefficients.shape[-2]
    total = np.zeros((*share.shape, coefficients.shape[-1]))
    for i in range(size - 1, derivative - 1, -1):
        total = total * share[..., None] + _falling(i, derivative) * coefficients[..., i, :]
    return np.asarray(total / length_s[..., None] ** derivative, float)


def _allocate(points: Doubles, lengths: Doubles, speed: float, acceleration: float) -> Doubles:
    """Segment times: least snap for their sum, then stretched until both limits hold."""
    order = _POSITION_ORDER
    # a leg takes its length at full speed, and what accelerating costs
    times = lengths / speed + np.sqrt(lengths / acceleration)
    hessian = _hessian(order)

    def cost(trial: Doubles) -> float:
        pieces = _smoothest(points, trial, order)
        scale = trial ** (1 - 2 * order)
        return float(np.einsum("s,sia,ij,sja->", scale, pieces, hessian, pieces))

    # the shares of the time alone matter here, since the sum is stretched afterwards
    total = times.sum()
    best = cost(times)
    step = 0.3
    for _ in range(60):
        if len(times) == 1 or step < 1e-3:
            break
        nudges = times[None] * (1 + 1e-3 * np.eye(len(times)))
        slope = np.array([np.log(cost(n * total / n.sum()) / best) for n in nudges]) / 1e-3
        largest = np.abs(slope).max()
        if largest == 0:
            break
        trial = times * np.exp(-step * slope / largest)
        trial *= total / trial.sum()
        found = cost(trial)
        if found < best:
            times, best = trial, found
        else:
            step /= 2
    pieces = _smoothest(points, times, order)
    shares = np.linspace(0, 1, _SPEED_SAMPLES)
    fastest = hardest = 0.0
    for s, length_s in enumerate(times):
        span = np.full(shares.shape, length_s)
        segment = np.broadcast_to(pieces[s], (_SPEED_SAMPLES, *pieces[s].shape))
        fastest = max(fastest, np.linalg.norm(_evaluate(segment, shares, span, 1), axis=-1).max())
        hardest = max(hardest, np.linalg.norm(_evaluate(segment, shares, span, 2), axis=-1).max())
    return np.asarray(times * max(fastest / speed, math.sqrt(hardest / acceleration)), float)


# --- curves ---------------------------------------------------------------------------------------


class Curve:
    """A closed or climbing curve flown at a steady pace, with a gentle start from rest.

    The pace is that of the phase: it grows from 0 to 2 pi / period as 10 s^3 - 15 s^4 + 6 s^5,
    without a kink in acceleration at either end, and stays there.

    Args:
        period_s: Time for one turn of the phase.
        turns: After which the duration ends; the curve itself goes on.
        center_w_m: (3,), of the curve.
        ramp_s: How long the start takes. None: half a period.
        heading: "fixed" looks east, "ahead" along the curve.

    Raises:
        ValueError: For a period or number of turns that is not positive, a negative ramp, another
            heading.
    """

    def __init__(
        self,
        period_s: float,
        *,
        turns: float = 2.0,
        center_w_m: ArrayLike = (0.0, 0.0, 0.0),
        ramp_s: float | None = None,
        heading: str = "fixed",
    ) -> None:
        _positive("period_s", np.array(period_s))
        _positive("turns", np.array(turns))
        self.rate_radps = 2 * math.pi / period_s
        self._ramp_s = 0.5 * period_s if ramp_s is None else ramp_s
        if not (math.isfinite(self._ramp_s) and self._ramp_s >= 0):
            raise ValueError(f"ramp_s = {self._ramp_s}: must be at least 0")
        if heading not in ("fixed", "ahead"):
            raise ValueError(f'heading = "{heading}": must be "fixed" or "ahead"')
        self._ahead = heading == "ahead"
        self._turns = turns
        self._center = np.array(center_w_m, float)
        if self._center.shape != (3,):
            raise ValueError(f"center_w_m: shape must be (3,), not {self._center.shape}")
        _finite("center_w_m", self._center)

    @property
    def duration_s(self) -> float:
        """Returns when its turns are flown."""
        return self._turns * 2 * math.pi / self.rate_radps + self._ramp_s / 2

    @property
    def steady_s(self) -> float:
        """Returns from when on the pace is steady."""
        return self._ramp_s

    def at(self, time_s: ArrayLike) -> Reference:
        """Returns the reference at the times."""
        phase = self._phase(np.asarray(time_s, float))
        shape = self._shape(phase[0])
        first, second, third = (p[..., None] for p in phase[1:])
        # the chain rule up to the third derivative
        velocity = shape[1] * first
        acceleration = shape[2] * first**2 + shape[1] * second
        jerk = shape[3] * first**3 + 3 * shape[2] * first * second + shape[1] * third
        yaw, yaw_rate = np.zeros(phase[0].shape), np.zeros(phase[0].shape)
        if self._ahead:
            x, y = shape[1][..., 0], shape[1][..., 1]
            yaw = np.arctan2(y, x)
            yaw = np.unwrap(yaw) if yaw.ndim else yaw
            turn = (x * shape[2][..., 1] - y * shape[2][..., 0]) / (x * x + y * y)
            yaw_rate = turn * phase[1]
        return Reference(shape[0] + self._center, velocity, acceleration, jerk, yaw, yaw_rate)

    def _phase(self, time: Doubles) -> tuple[Doubles, Doubles, Doubles, Doubles]:
        """The phase and its three derivatives."""
        w, ramp = self.rate_radps, self._ramp_s
        if ramp == 0:
            zero = np.zeros(time.shape)
            return w * time, w + zero, zero, zero
        s = np.clip(time / ramp, 0.0, 1.0)
        steady = np.maximum(time - ramp, 0.0)
        return (
            w * (ramp * (2.5 * s**4 - 3 * s**5 + s**6) + steady),
            w * (10 * s**3 - 15 * s**4 + 6 * s**5),
            w / ramp * (30 * s**2 - 60 * s**3 + 30 * s**4),
            w / ramp**2 * (60 * s - 180 * s**2 + 120 * s**3),
        )

    def _shape(self, phase: Doubles) -> list[Doubles]:
        """The curve about its center and its derivatives by the phase, four of (..., 3)."""
        raise NotImplementedError


def _wave(phase: Doubles, factor: int = 1) -> list[Doubles]:
    """Sine of a multiple of the phase, and its derivatives."""
    s, c = np.sin(factor * phase), np.cos(factor * phase)
    return [s, factor * c, -(factor**2) * s, -(factor**3) * c]


class Circle(Curve):
    """A level circle, counter-clockwise from its easternmost point."""

    def __init__(self, radius_m: float, period_s: float, **rest: object) -> None:
        super().__init__(period_s, **rest)  # type: ignore[arg-type]
        _positive("radius_m", np.array(radius_m))
        self._radius_m = radius_m

    def _shape(self, phase: Doubles) -> list[Doubles]:
        x, y = _wave(phase + math.pi / 2), _wave(phase)
        level = np.zeros(phase.shape)
        return [self._radius_m * np.stack([a, b, level], -1) for a, b in zip(x, y, strict=True)]


class FigureEight(Curve):
    """A level lemniscate of Gerono: x = a sin, y = b sin 2 / 2, crossing itself at the center."""

    def __init__(
        self, length_m: float, period_s: float, width_m: float | None = None, **rest: object
    ) -> None:
        super().__init__(period_s, **rest)  # type: ignore[arg-type]
        _positive("length_m", np.array(length_m))
        self._half_m = 0.5 * length_m
        self._width_m = self._half_m if width_m is None else width_m
        _positive("width_m", np.array(self._width_m))

    def _shape(self, phase: Doubles) -> list[Doubles]:
        x, y = _wave(phase), _wave(phase, 2)
        level = np.zeros(phase.shape)
        return [
            np.stack([self._half_m * a, 0.5 * self._width_m * b, level], -1)
            for a, b in zip(x, y, strict=True)
        ]


class Helix(Curve):
    """A circle that climbs by `rise_m` with each turn; a negative one descends."""

    def __init__(self, radius_m: float, rise_m: float, period_s: float, **rest: object) -> None:
        super().__init__(period_s, **rest)  # type: ignore[arg-type]
        _positive("radius_m", np.array(radius_m))
        _finite("rise_m", np.array(rise_m))
        self._radius_m, self._rise_m = radius_m, rise_m

    def _shape(self, phase: Doubles) -> list[Doubles]:
        x, y = _wave(phase + math.pi / 2), _wave(phase)
        per_radian = self._rise_m / (2 * math.pi)
        zero = np.zeros(phase.shape)
        z = [per_radian * phase, per_radian + zero, zero, zero]
        return [
            np.stack([self._radius_m * a, self._radius_m * b, c], -1)
            for a, b, c in zip(x, y, z, strict=True)
        ]


# --- flying them ----------------------------------------------------------------------------------


class Tracker:
    """The baseline that flies a trajectory: actions for a batch from time and position.

    At the action level of a control law (`lee`, `pid`, `mellinger`, `lqr`, `indi`) it hands over
    velocity, acceleration, jerk and heading as well; at `position` the place alone, so that the
    vehicle lags.

    Args:
        batch: Whose action level is `position` or that of a law.
        trajectory: What to fly; the same for all agents.
        origin_w_m: (W, A, 3) or anything that broadcasts to it, added to the trajectory.

    Raises:
        ValueError: For another action level.
    """

    def __init__(self, batch: Batch, trajectory: Trajectory, origin_w_m: ArrayLike = 0.0) -> None:
        names = [column.name for column in batch.layout.action]
        if names[:3] != ["dx", "dy", "dz"]:
            raise ValueError(
                f"action: a trajectory needs the level position or that of a control law, not "
                f"{batch.config['action']!r}"
            )
        self._feeds_forward = len(names) > 4
        self._low = np.array([column.low for column in batch.layout.action])
        self._high = np.array([column.high for column in batch.layout.action])
        self._trajectory = trajectory
        self._shape = (batch.num_worlds, batch.num_agents)
        self._origin = np.broadcast_to(np.asarray(origin_w_m, float), (*self._shape, 3))

    def act(self, time_s: float, position_w_m: ArrayLike) -> NDArray[np.float32]:
        """Returns the actions (W, A, U) for the step that starts at the time.

        Args:
            time_s: Since the start of the trajectory.
            position_w_m: (W, A, 3), where the agents are.
        """
        reference = self._trajectory.at(time_s)
        actions = np.zeros((*self._shape, len(self._low)))
        actions[..., :3] = self._origin + reference.position_w_m - np.asarray(position_w_m)
        if self._feeds_forward:
            actions[..., 3:6] = reference.velocity_w_mps
            actions[..., 6:9] = reference.acceleration_w_mps2
            actions[..., 9:12] = reference.jerk_w_mps3
            turns = np.round(reference.yaw_rad / (2 * math.pi))
            actions[..., 12] = reference.yaw_rad - 2 * math.pi * turns
            actions[..., 13] = reference.yaw_rate_radps
        return np.clip(actions, self._low, self._high).astype(np.float32)

    def error_m(self, time_s: float, position_w_m: ArrayLike) -> Doubles:
        """Returns the distances (W, A) from where the agents should be at the time."""
        reference = self._trajectory.at(time_s)
        off = self._origin + reference.position_w_m - np.asarray(position_w_m)
        return np.asarray(np.linalg.norm(off, axis=-1), float)
