"""What the engine flies against the formulas it should follow, over every vehicle."""

import numpy as np
import pytest

from volery import _volery, curves, vehicles

NAMES = vehicles.rotorcraft()

# float32 speeds of some m/s gained by substeps of 4 ms: g / 240 = 0.04 m/s, to 1e-7 of which
LIFT_TOLERANCE = 2e-5
# the exact exponential of the lag in float32 over some hundred steps
LAG_TOLERANCE = 1e-5
# semi-implicit Euler of drag at 240 Hz: its error goes with the step
FALL_TOLERANCE = 3e-3


@pytest.mark.parametrize("name", NAMES)
def test_thrust_is_k_times_speed_squared(name):
    curve = curves.thrust_curve(name)
    assert curve.error < LIFT_TOLERANCE
    assert np.all(np.diff(curve.measured) > 0)


@pytest.mark.parametrize("name", NAMES)
def test_ground_effect_is_that_of_cheeseman_and_bennett(name):
    curve = curves.ground_effect_curve(name)
    assert curve.error < LIFT_TOLERANCE
    assert curve.measured[0] == pytest.approx(4 / 3, rel=2e-3)  # held below half a radius
    assert np.all(np.diff(curve.measured) < LIFT_TOLERANCE)


@pytest.mark.parametrize("name", NAMES)
def test_motors_follow_a_first_order_lag(name):
    assert curves.motor_step(name).error < LAG_TOLERANCE


@pytest.mark.parametrize("name", NAMES)
def test_falling_ends_at_terminal_velocity(name):
    curve = curves.terminal_velocity(name, 8.0)
    assert curve.error < FALL_TOLERANCE


@pytest.mark.parametrize("name", NAMES)
def test_tumbling_keeps_energy_and_momentum(name):
    coarse, fine = (curves.torque_free_spin(name, rate, 2.0) for rate in (240, 960))
    assert coarse.error < 1e-4
    # float32 rates over 1920 substeps
    assert fine.error < 1e-5
    assert coarse.notes["momentum_rad"] < 0.02
    assert fine.notes["momentum_rad"] < coarse.notes["momentum_rad"]


def test_a_drop_falls_bounces_and_rests():
    curve = curves.drop_test("cf2x")
    notes = curve.notes
    falling = curve.x < notes["first_touch_s"]
    # semi-implicit Euler falls g t h / 2 deeper: 7 mm after 0.32 s; drag takes 3 mm
    assert np.allclose(curve.measured[falling], curve.expected[falling], atol=0.01)
    assert notes["impact_mps"] == pytest.approx(np.sqrt(2 * 9.80665 * 0.5), rel=0.02)
    # the geometric mean of the vehicle's 0.3 and the floor's 0.5
    assert notes["restitution"] == pytest.approx(0.387, abs=1e-3)
    assert notes["rebound_mps"] / notes["impact_mps"] == pytest.approx(
        notes["restitution"], abs=0.01
    )
    assert notes["last_height_m"] == pytest.approx(notes["rest_m"], abs=1e-3)


WITH_BATTERY = [
    name for name in NAMES if vehicles.load(name).config.get("battery", {}).get("capacity_ah")
]


@pytest.mark.parametrize("name", WITH_BATTERY)
def test_a_hover_on_one_battery_follows_its_curve(name):
    curve = curves.battery_curve(name)
    carrying = slice(None, -10)  # the last seconds sink
    difference = np.abs(curve.measured - curve.expected)[carrying]
    assert difference.max() < 0.01 * curve.expected.max()
    assert 120 < curve.notes["flight_s"] < 3600
    assert 0 <= curve.notes["charge_left"] < 0.5


def test_a_vehicle_without_a_battery_has_no_such_curve():
    without = {key: v for key, v in vehicles.load("cf2x").config.items() if key != "battery"}
    with pytest.raises(ValueError, match="'cf2x' has no battery in its file"):
        curves.battery_curve(without)


HAS_DOWNWASH = any(field.path == "flight.downwash" for field in _volery.config_fields())


@pytest.mark.skipif(not HAS_DOWNWASH, reason="this build of the engine has no downwash")
@pytest.mark.parametrize("name", ["cf2x", "x500"])
def test_downwash_is_a_self_similar_jet(name):
    curve = curves.downwash_curve(name)
    # the engine counts squared speeds in units of 2^-10 (m/s)^2: 0.03 m/s at nothing
    assert np.max(np.abs(curve.measured - curve.expected)) < 0.04
    assert np.all(curve.measured >= 0)


def test_heavier_vehicles_need_more_thrust_to_hover():
    light = curves.thrust_curve("cf2x").notes["hover_speed_radps"]
    heavy = curves.thrust_curve({"base": "cf2x", "mass_kg": 0.035}).notes["hover_speed_radps"]
    assert heavy > light
