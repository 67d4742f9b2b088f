"""Random parts against their formulas, for docs/validation.md: turbulence, errors of an IMU."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from volery.batch import Batch
from volery.plot_curves import Picture

Array = NDArray[np.float64]

RATE_HZ = 30
MEAN_MPS = 8.0
METERS_PER_FOOT = 0.3048
W20_MPS = 15 * 0.514444  # "light": 15 knots at 20 ft
HEIGHT_M = 10.0


def _rest(batch: Batch) -> NDArray[np.float32]:
    """Lays the drones on the ground with motors off; returns actions that leave them there."""
    batch.reset(seed=1)
    zeros = np.zeros((1, 1))
    for world in range(batch.num_worlds):
        batch.set_state(
            world,
            {
                "motors_on": zeros,
                "rotor_speed_radps": np.zeros((1, 4)),
                "position_w_m": [[0, 0, 0.0125]],
                "quat_wb_xyzw": [[0, 0, 0, 1]],
                "velocity_w_mps": np.zeros((1, 3)),
                "omega_b_radps": np.zeros((1, 3)),
            },
        )
    return np.zeros((batch.num_worlds, 1, batch.action_size), np.float32)


def dryden_u(frequency_hz: Array) -> Array:
    """One-sided spectrum (m^2/s^2/Hz) of the speed along the mean wind at a fixed point.

    MIL-F-8785C below 1000 ft: L_u = h / (0.177 + 0.000823 h)^1.2, sigma_u = 0.1 W20 / (...)^0.4.
    """
    height_ft = HEIGHT_M / METERS_PER_FOOT
    share = 0.177 + 0.000823 * height_ft
    length_m = height_ft / share**1.2 * METERS_PER_FOOT
    sigma_mps = 0.1 * W20_MPS / share**0.4
    per_m = 2 * np.pi * frequency_hz / MEAN_MPS
    spectrum = sigma_mps**2 * 2 * length_m / np.pi / (1 + (length_m * per_m) ** 2)
    per_hz: Array = spectrum * 2 * np.pi / MEAN_MPS
    return per_hz


def draw_turbulence(path: Path) -> float:
    """Draws the spectrum of the wind at drones on the ground; returns the rms error in decades."""
    worlds, steps = 256, 4096
    wind = {"mean_w_mps": [MEAN_MPS, 0, 0], "turbulence": "light", "height_m": HEIGHT_M}
    with Batch(
        "hover", worlds, wind=wind, on_crash="continue", episode_s=1e5, agent_rate_hz=RATE_HZ
    ) as batch:
        actions = _rest(batch)
        speed = np.empty((steps, worlds))
        for step in range(steps):
            batch.step(actions)
            speed[step] = batch.state("wind_w_mps")[:, 0, 0]
    window = np.hanning(steps)[:, None]
    power = np.abs(np.fft.rfft((speed - MEAN_MPS) * window, axis=0)) ** 2
    power = 2 * power.mean(axis=1) / (RATE_HZ * (window**2).sum())
    frequency = np.fft.rfftfreq(steps, 1 / RATE_HZ)
    # bands of a third of an octave: each world has lines, which many worlds spread out
    edges = 0.03 * 2 ** (np.arange(23) / 3)
    bands = list(itertools.pairwise(edges))
    middle = np.array([np.sqrt(low * high) for low, high in bands])
    measured = np.array([power[(frequency >= a) & (frequency < b)].mean() for a, b in bands])
    expected = np.array(
        [dryden_u(frequency[(frequency >= a) & (frequency < b)]).mean() for a, b in bands]
    )
    picture = Picture("Turbulence at a fixed point, light, 8 m/s", "frequency (Hz)", "m²/s² per Hz")
    picture.axes.set_xscale("log")
    picture.axes.set_yscale("log")
    picture.formula(middle, expected, "Dryden, MIL-F-8785C")
    picture.measured(middle, measured, f"{worlds} worlds, {steps / RATE_HZ:.0f} s")
    picture.save(path)
    return float(np.sqrt(np.mean(np.log10(measured / expected) ** 2)))


def allan(rate: Array, clusters: Array) -> Array:
    """Overlapping Allan deviations of a signal (time, series) for clusters of samples."""
    angle = np.concatenate([np.zeros((1, rate.shape[1])), np.cumsum(rate, axis=0)])
    deviations = []
    for n in clusters.astype(int):
        change = angle[2 * n :] - 2 * angle[n:-n] + angle[: -2 * n]
        deviations.append(np.sqrt(np.mean((change / n) ** 2) / 2))
    return np.array(deviations)


def draw_allan(path: Path) -> float:
    """Draws the Allan deviation of a gyroscope at rest; returns its greatest relative error."""
    rate_hz, seconds, worlds = 60, 1500, 16
    density, walk = 1e-3, 2e-4
    imu = {"preset": "ideal", "gyro_noise": density, "gyro_walk": walk}
    with Batch(
        "hover",
        worlds,
        sensors=["imu"],
        sensor_config={"imu": imu},
        on_crash="continue",
        episode_s=1e5,
        agent_rate_hz=rate_hz,
    ) as batch:
        actions = _rest(batch)
        rate = np.empty((seconds * rate_hz, 3 * worlds))
        for step in range(len(rate)):
            batch.step(actions)
            observation = batch.observe()
            assert not isinstance(observation, dict)
            rate[step] = observation[:, 0, :3].ravel()
    clusters = np.unique(np.geomspace(2, len(rate) / 20, 24).astype(int))
    time_s = clusters / rate_hz
    measured = allan(rate, clusters)
    # white noise falls with the root of the time; a random walk of the bias rises with it
    expected = np.sqrt(density**2 / time_s + walk**2 * time_s / 3)
    picture = Picture("Gyroscope at rest", "averaging time (s)", "Allan deviation (rad/s)")
    picture.axes.set_xscale("log")
    picture.axes.set_yscale("log")
    picture.formula(time_s, expected, "√(N² / τ + K² τ / 3)")
    picture.measured(time_s, measured, f"{3 * worlds} axes, {seconds / 60:.0f} minutes")
    picture.save(path)
    return float(np.abs(measured / expected - 1).max())
