"""References and the baseline that flies them."""

from __future__ import annotations

import numpy as np
import pytest

from volery.batch import Batch
from volery.evaluation import LAWS, fly, hover_batch, references, start_on, step_response
from volery.trajectory import Circle, FigureEight, Helix, MinimumSnap, Tracker

SQUARE = [[0, 0, 1], [2, 0, 1.5], [2, 2, 1], [0, 2, 1.5], [0, 0, 1]]
# central differences on 20,001 points, of quantities of order 1
DIFFERENCE_TOLERANCE = 1e-3
CURVES = {
    "circle": Circle(1.0, 5.0, heading="ahead"),
    "figure-eight": FigureEight(2.0, 6.0, heading="ahead"),
    "helix": Helix(0.7, 0.5, 5.0),
    "climbing helix without a ramp": Helix(0.7, -0.5, 5.0, ramp_s=0.0),
    "minimum snap": MinimumSnap(SQUARE, [0, 1.5, 3, -1.8, 0]),
}


@pytest.mark.parametrize("name", CURVES)
def test_each_quantity_is_the_derivative_of_the_one_before(name):
    times = np.linspace(0, CURVES[name].duration_s, 20001)
    r = CURVES[name].at(times)
    for value, rate in (
        (r.position_w_m, r.velocity_w_mps),
        (r.velocity_w_mps, r.acceleration_w_mps2),
        (r.acceleration_w_mps2, r.jerk_w_mps3),
        (r.yaw_rad, r.yaw_rate_radps),
    ):
        difference = np.gradient(value, times[1], axis=0)[2:-2]
        np.testing.assert_allclose(difference, rate[2:-2], atol=DIFFERENCE_TOLERANCE)


def test_minimum_snap_passes_its_waypoints_and_rests_at_its_ends():
    path = MinimumSnap(SQUARE, [0, 1.5, 3, -1.8, 0])
    at = path.at(path.waypoint_times_s)
    np.testing.assert_allclose(at.position_w_m, SQUARE, atol=1e-9)
    np.testing.assert_allclose(at.yaw_rad, np.unwrap([0, 1.5, 3, -1.8, 0]), atol=1e-9)
    for rate in (at.velocity_w_mps, at.acceleration_w_mps2, at.jerk_w_mps3):
        np.testing.assert_allclose(rate[[0, -1]], 0, atol=1e-9)
    assert path.at(path.duration_s + 5).velocity_w_mps == pytest.approx(0, abs=1e-9)


def test_one_segment_is_the_known_polynomial():
    # from rest to rest the least snap is 35 s^4 - 84 s^5 + 70 s^6 - 20 s^7
    s = np.linspace(0, 1, 11)
    path = MinimumSnap([[0, 0, 0], [1, 0, 0]], times_s=[2.0])
    known = 35 * s**4 - 84 * s**5 + 70 * s**6 - 20 * s**7
    np.testing.assert_allclose(path.at(2 * s).position_w_m[:, 0], known, atol=1e-12)
    # integral of the square of its fourth derivative, 100800, over T^7
    assert path.snap_cost() == pytest.approx(100800 / 2**7)


def test_no_nearby_path_has_less_snap():
    # a waypoint that is passed at another speed is a path through an extra pair of constraints
    times = [1.0, 1.5, 0.8]
    points = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [2, 1, 1]], float)
    best = MinimumSnap(points, times_s=times)
    for time_s in (0.5, 1.7, 2.9):
        through = best.at(time_s).position_w_m
        starts = np.cumsum([0, *times])
        i = int(np.searchsorted(starts, time_s))
        for nudge in (0.0, 0.01):
            split = np.insert(points, i, through + nudge, axis=0)
            pieces = [*times[: i - 1], time_s - starts[i - 1], starts[i] - time_s, *times[i:]]
            cost = MinimumSnap(split, times_s=pieces).snap_cost()
            if nudge:
                assert cost > best.snap_cost() * (1 + 1e-6)
            else:
                assert cost == pytest.approx(best.snap_cost())


def test_allocated_times_keep_the_limits_and_beat_a_plain_split():
    path = MinimumSnap(SQUARE, max_speed_mps=2.0, max_acceleration_mps2=3.0)
    r = path.at(np.linspace(0, path.duration_s, 5001))
    speed = np.linalg.norm(r.velocity_w_mps, axis=1).max()
    push = np.linalg.norm(r.acceleration_w_mps2, axis=1).max()
    assert speed <= 2.001
    assert push <= 3.003
    assert speed > 1.99 or push > 2.99
    even = MinimumSnap(SQUARE, times_s=np.full(4, path.duration_s / 4))
    assert path.snap_cost() < even.snap_cost()


def test_long_and_short_durations_are_solved_alike():
    slow = MinimumSnap(SQUARE, times_s=[1000, 2000, 1000, 1500])
    fast = MinimumSnap(SQUARE, times_s=[0.001, 0.002, 0.001, 0.0015])
    shares = np.linspace(0, 1, 101)
    np.testing.assert_allclose(
        slow.at(shares * slow.duration_s).position_w_m,
        fast.at(shares * fast.duration_s).position_w_m,
        atol=1e-9,
    )


def test_headings_turn_the_short_way():
    path = MinimumSnap(SQUARE[:2], [3.0, -3.0], times_s=[2.0])
    yaw = path.at(np.linspace(0, 2, 50)).yaw_rad
    assert yaw.min() >= 3.0 - 1e-9
    assert yaw.max() == pytest.approx(2 * np.pi - 3.0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MinimumSnap([[0, 0, 0]]), r"waypoints_w_m: shape must be \(N \+ 1, 3\)"),
        (lambda: MinimumSnap([[0, 0, 0], [0, 0, 0]]), "0 and 1 are the same place"),
        (lambda: MinimumSnap([[0, 0, 0], [0, 0, np.nan]]), "waypoints_w_m: must be finite"),
        (lambda: MinimumSnap(SQUARE, [0, 1]), r"yaw_rad: shape must be \(5,\), not \(2,\)"),
        (lambda: MinimumSnap(SQUARE, times_s=[1, 1, 1, 0]), "times_s = .*must be positive"),
        (lambda: MinimumSnap(SQUARE, times_s=[1, 1]), r"times_s: shape must be \(4,\)"),
        (lambda: MinimumSnap(SQUARE, max_speed_mps=-1), "max_speed_mps = -1.*positive"),
        (lambda: Circle(0, 5), "radius_m = 0.*positive"),
        (lambda: Circle(1, -5), "period_s = -5.*positive"),
        (lambda: Circle(1, 5, heading="back"), '"fixed" or "ahead"'),
        (lambda: Circle(1, 5, ramp_s=-1), "ramp_s = -1"),
        (lambda: Helix(1, np.inf, 5), "rise_m: must be finite"),
        (lambda: FigureEight(1, 5, center_w_m=(0, 0)), r"center_w_m: shape must be \(3,\)"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_tracker_needs_a_level_with_a_place():
    with (
        Batch("hover", action="velocity") as batch,
        pytest.raises(ValueError, match="position or that of a control law, not 'velocity'"),
    ):
        Tracker(batch, CURVES["circle"])


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("vehicle", ["cf2x", "racer"])
def test_every_law_flies_waypoints_with_headings(law, vehicle):
    path = MinimumSnap(np.add(SQUARE, (0, 0, 10)), [0, 1.5, 3, -1.8, 0], max_speed_mps=1.0)
    with hover_batch(vehicle, law, 1, (500, 250)) as batch:
        trackers = start_on(batch, [path])
        worst = max(
            trackers[0].error_m(time_s, position[:, None])[0, 0]
            for time_s, position, _ in fly(batch, trackers, path.duration_s)
        )
        rotation = batch.state("quat_wb_xyzw")[0, 0]
    assert worst < (0.5 if law == "pid" else 0.1)
    # back at its first heading, the short way from the last
    yaw = 2 * np.arctan2(rotation[2], rotation[3])
    assert np.cos(yaw - path.at(path.duration_s).yaw_rad) > 0.995


def test_without_feed_forward_the_position_level_lags():
    circle = references()["circle"]
    worst = {}
    for action in ("position", "lee"):
        config = {"scene": "empty", "contacts": "off", "episode_s": 100, "action": action}
        with Batch("hover", **config) as batch:
            batch.reset(seed=1)
            trackers = start_on(batch, [circle])
            steps = fly(batch, trackers, circle.duration_s)
            errors = [trackers[0].error_m(t, p[:, None])[0, 0] for t, p, _ in steps]
        worst[action] = max(errors[len(errors) // 2 :])
    assert worst["lee"] < 0.03
    assert worst["position"] > 10 * worst["lee"]


def test_a_step_response_has_the_figures_of_its_curve():
    response = step_response("cf2x", "lee")
    assert 0.5 < response.rise_s < 2
    assert response.overshoot < 0.03
    assert response.final_error_m < 0.005


def test_evaluation_refuses_an_unknown_law():
    with pytest.raises(ValueError, match=r'controller = "leee".*lee'):
        hover_batch("cf2x", "leee", 1, (240, 240))
