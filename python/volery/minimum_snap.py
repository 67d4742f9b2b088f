"""The smoothest path through waypoints: least snap, in closed form."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from volery.reference import Doubles, Reference, check_finite, check_positive

_POSITION_ORDER = 4  # of the derivative whose square is least: snap
_YAW_ORDER = 2  # angular acceleration
_SPEED_SAMPLES = 400


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
        check_finite("waypoints_w_m", points)
        lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
        if not lengths.all():
            i = int(np.argmin(lengths))
            raise ValueError(f"waypoints_w_m: {i} and {i + 1} are the same place")
        headings = np.zeros(len(points)) if yaw_rad is None else np.array(yaw_rad, float)
        if headings.shape != (len(points),):
            raise ValueError(f"yaw_rad: shape must be ({len(points)},), not {headings.shape}")
        check_finite("yaw_rad", headings)
        headings = np.unwrap(headings)
        if times_s is not None:
            times = np.array(times_s, float)
            if times.shape != lengths.shape:
                raise ValueError(f"times_s: shape must be {lengths.shape}, not {times.shape}")
            check_positive("times_s", times)
        else:
            check_positive("max_speed_mps", np.array(max_speed_mps))
            check_positive("max_acceleration_mps2", np.array(max_acceleration_mps2))
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
