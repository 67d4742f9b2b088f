"""Curves that are flown round and round: circle, figure-eight, helix."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from volery.reference import Doubles, Reference, check_finite, check_positive


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
        check_positive("period_s", np.array(period_s))
        check_positive("turns", np.array(turns))
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
        check_finite("center_w_m", self._center)

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
        check_positive("radius_m", np.array(radius_m))
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
        check_positive("length_m", np.array(length_m))
        self._half_m = 0.5 * length_m
        self._width_m = self._half_m if width_m is None else width_m
        check_positive("width_m", np.array(self._width_m))

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
        check_positive("radius_m", np.array(radius_m))
        check_finite("rise_m", np.array(rise_m))
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
