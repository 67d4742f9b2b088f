"""volery.compat.gpd against recorded runs of gym-pybullet-drones, point by point.

The recordings are found beside the checkout, or where VOLERY_TEST_REFERENCE says.
"""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from volery.compat.gpd import CtrlAviary, DroneModel, DSLPIDControl, Physics

_ROOT = Path(__file__).resolve().parents[2]
REFERENCE = Path(os.environ.get("VOLERY_TEST_REFERENCE", _ROOT.parent / "shared/reference"))

# The issue asks for 1e-9; what is left is the rounding of another order of operations, 4e-14 at
# most over 240 steps. RPM are compared relative to 1e4, so that one tolerance holds for all.
STATE_TOL = 1e-12
# 12 s under feedback: the issue asks for 1e-6 m; the loop contracts errors, so this one is tight
CIRCLE_TOL = 1e-12
_SCALE = np.array([1.0] * 16 + [1e4] * 4)


def recorded(name: str) -> np.ndarray:
    """The states (T, 20) of a recorded run."""
    path = REFERENCE / "trajectories" / f"{name}.csv.gz"
    if not path.exists():
        message = f"{path} is not there: the recorded runs are not part of the repository"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with gzip.open(path, "rt") as file:
        rows = list(csv.reader(file))
    return np.array(rows[1:], dtype=np.float64)[:, 1:]


def largest_error(ours: np.ndarray, theirs: np.ndarray) -> float:
    assert ours.shape == theirs.shape
    error = np.abs(ours - theirs) / _SCALE
    assert np.isfinite(error).all()
    return float(error.max())


def fly(env: CtrlAviary, commands) -> np.ndarray:
    """States (T, N, 20) after each command of RPM (N, 4)."""
    env.reset()
    return np.array([env.step(rpm)[0] for rpm in commands])


@pytest.mark.parametrize(
    ("model", "physics"),
    [
        (DroneModel.CF2X, Physics.PYB),
        (DroneModel.CF2X, Physics.DYN),
        (DroneModel.CF2P, Physics.PYB),
    ],
)
def test_open_loop_flight_equals_the_recording(model, physics):
    theirs = recorded(f"openloop_{model.name}_{physics.name}_d0")
    env = CtrlAviary(
        model,
        initial_xyzs=np.array([[0, 0, 5]]),
        initial_rpys=np.array([[0.05, -0.03, 0.4]]),
        physics=physics,
    )
    rpm = env.HOVER_RPM * np.array([[1.001, 0.999, 1.0005, 1.0015]])
    ours = fly(env, [rpm] * len(theirs))[:, 0]
    assert largest_error(ours, theirs) < STATE_TOL


@pytest.mark.parametrize(
    ("physics", "final_z"),
    [
        (Physics.PYB, 0.600959184576),
        (Physics.PYB_GND, 0.602255666076),
        (Physics.PYB_DRAG, 0.600890383064),
        (Physics.PYB_DW, 0.520380624936),
        (Physics.PYB_GND_DRAG_DW, 0.524541523481),
    ],
)
def test_aerodynamic_modes_equal_the_recordings(physics, final_z):
    env = CtrlAviary(
        num_drones=3,
        initial_xyzs=np.array([[0, 0, 0.6], [0.05, 0.1, 1.4], [-0.1, 0.05, 2.5]]),
        initial_rpys=np.array([[0.05, -0.03, 0.4], [0.02, 0.1, 1], [-0.1, 0.05, -0.5]]),
        physics=physics,
        ctrl_freq=48,
    )
    i, j = np.meshgrid(np.arange(3), np.arange(4), indexing="ij")
    commands = [env.HOVER_RPM * (1 + 0.01 * np.sin(0.7 * k + i + 0.5 * j)) for k in range(24)]
    ours = fly(env, commands)[:, 0]
    assert ours[-1, 2] == pytest.approx(final_z, abs=1e-12)
    assert largest_error(ours, recorded(f"aero_{physics.name}_d0")) < STATE_TOL


def test_ground_effect_lifts_as_recorded():
    # vz after one step of hover speed, times the rate; seven digits were written down
    wanted = {0.05: 1.490748, 0.1: 0.372687, 0.2: 0.0931717, 0.5: 0.0149075}
    for z, acceleration in wanted.items():
        env = CtrlAviary(initial_xyzs=np.array([[0, 0, z]]), physics=Physics.PYB_GND)
        state = fly(env, [np.full((1, 4), env.HOVER_RPM)])[0, 0]
        assert state[12] * 240 == pytest.approx(acceleration, rel=1e-5)


def circle(freq: int, duration_s: float, aside: float = 0) -> tuple[np.ndarray, np.ndarray]:
    """Three drones on a circle under the PID: states (T, N, 20) and targets (T, N, 3)."""
    n = 3
    start = np.array(
        [
            [
                0.3 * np.cos((i / 6) * 2 * np.pi + np.pi / 2),
                0.3 * np.sin((i / 6) * 2 * np.pi + np.pi / 2) - 0.3,
                0.1 + i * 0.05,
            ]
            for i in range(n)
        ]
    )
    yaws = np.array([[0, 0, i * (np.pi / 2) / n] for i in range(n)])
    env = CtrlAviary(num_drones=n, initial_xyzs=start + aside, initial_rpys=yaws, ctrl_freq=freq)
    pids = [DSLPIDControl(DroneModel.CF2X) for _ in range(n)]
    num_points = freq * 10
    angle = np.arange(num_points) / num_points * (2 * np.pi) + np.pi / 2
    path = np.stack(
        [0.3 * np.cos(angle) + start[0, 0], 0.3 * np.sin(angle) - 0.3 + start[0, 1], 0 * angle], 1
    )
    at = [int(i * num_points / 6) % num_points for i in range(n)]
    action = np.zeros((n, 4))
    states, targets = [], []
    env.reset()
    for _ in range(int(duration_s * freq)):
        state, *_ = env.step(action)
        goals = [[*path[at[j], 0:2], start[j, 2]] for j in range(n)]
        for j in range(n):
            action[j], _, _ = pids[j].computeControlFromState(
                env.CTRL_TIMESTEP, state[j], target_pos=goals[j], target_rpy=yaws[j]
            )
            at[j] = (at[j] + 1) % num_points
        states.append(state)
        targets.append(goals)
    return np.array(states), np.array(targets)


def rmse(states: np.ndarray, targets: np.ndarray, first: int) -> np.ndarray:
    """Per drone, over positions from step `first` on."""
    error = states[first:, :, 0:3] - targets[first:]
    return np.sqrt((error**2).sum(axis=2).mean(axis=0))


def test_the_pid_circle_equals_the_recording_over_twelve_seconds():
    states, targets = circle(240, 12)
    assert rmse(states, targets, 480)[0] == pytest.approx(0.0954816, abs=1e-6)
    theirs = recorded("pid_circle_240_PYB_d0")
    assert largest_error(states[:, 0], theirs) < CIRCLE_TOL


def test_the_pid_circle_at_48_hz_tracks_as_well_as_the_original():
    # Chaotic there (the torque clip saturates): rounding decides by some millimeters where a drone
    # ends up, in the original too. Only statistics can agree, so each drone starts a little aside
    # several times, and the mean is compared; the tolerance for one run is 3 mm.
    errors = []
    for aside in range(6):
        states, targets = circle(48, 12, aside * 1e-13)
        errors.append(rmse(states, targets, 96))
    assert np.mean(errors, axis=0) == pytest.approx([0.096, 0.096, 0.094], abs=3e-3)
    assert np.std(errors, axis=0).max() < 3e-3


def test_downwash_runs_start_as_recorded():
    # the PID at 48 Hz amplifies rounding errors from 1e-15 to 1e-9 m in 1.4 s; before, they agree
    for physics in (Physics.PYB, Physics.PYB_DW):
        theirs = recorded(f"downwash_{physics.name}_d0")[:48]
        start = np.array([[0.5, 0, 1], [-0.5, 0, 0.5]])
        env = CtrlAviary(num_drones=2, initial_xyzs=start, physics=physics, ctrl_freq=48)
        pids = [DSLPIDControl(DroneModel.CF2X) for _ in range(2)]
        action = np.zeros((2, 4))
        states = []
        env.reset()
        for k in range(len(theirs)):
            state, *_ = env.step(action)
            for j in range(2):
                x = 0.5 * np.cos(2 * np.pi * (k + 120 * j) / 240)
                action[j], _, _ = pids[j].computeControlFromState(
                    env.CTRL_TIMESTEP, state[j], target_pos=[x, 0, start[j, 2]]
                )
            states.append(state[0])
        assert np.abs(np.array(states) - theirs)[:, 0:3].max() < 1e-9


def test_a_dropped_drone_falls_as_recorded_and_lands():
    theirs = recorded("drop_d0")
    env = CtrlAviary(initial_xyzs=np.array([[0, 0, 0.5]]), initial_rpys=np.array([[0.1, 0.2, 0.3]]))
    ours = fly(env, [np.zeros((1, 4))] * len(theirs))[:, 0]
    touch = 74  # steps until the first contact
    assert np.abs(ours[:touch] - theirs[:touch]).max() < STATE_TOL
    # landings are alike, not equal: it stays above -1 mm and near where the original's stayed
    assert ours[:, 2].min() > -1e-3
    assert np.abs(ours[-1, 0:3] - theirs[-1, 0:3]).max() < 0.05
    # half the height of the hull and its margin
    assert ours[-1, 2] == pytest.approx(0.0135, abs=1e-4)


def test_downwash_stays_finite_where_the_original_divides_zero_by_zero():
    env = CtrlAviary(
        num_drones=2,
        initial_xyzs=np.array([[0, 0, 2], [0, 0, 2 - 0.6875]]),
        physics=Physics.PYB_DW,
        ctrl_freq=240,
    )
    states = fly(env, [np.full((2, 4), env.HOVER_RPM)] * 24)
    assert np.isfinite(states).all()
    assert states[0, 1, 12] < 0
