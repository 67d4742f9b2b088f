"""Optional effects of flight, as their users switch them on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import volery


def test_a_wind_field_from_a_file_is_that_of_the_array(tmp_path: Path) -> None:
    field = np.random.default_rng(3).uniform(-3, 3, (3, 4, 5, 3)).astype(np.float32)
    np.save(tmp_path / "field.npy", field)
    place = {"origin_w_m": [-5, -5, 0], "spacing_m": [5, 3, 1]}
    hashes = []
    for velocity in (field, field.tolist(), str(tmp_path / "field.npy")):
        wind = {"field": {**place, "velocity_w_mps": velocity}}
        with volery.Batch("hover", 4, wind=wind) as batch:
            batch.reset(1)
            for _ in range(10):
                batch.step(np.zeros((4, 1, batch.action_size), np.float32))
            assert np.abs(batch.state("wind_w_mps")).max() > 0.1
            hashes.append(batch.state_hash())
    assert hashes[0] == hashes[1] == hashes[2]


def test_the_wind_is_that_of_the_grid_where_the_drone_is() -> None:
    # a field that is linear in the place is interpolated without error
    x, y, z = np.meshgrid(
        np.arange(-6, 7, 2), np.arange(-6, 7, 2), np.arange(0, 9, 2), indexing="ij"
    )
    field = np.stack([0.3 * x, 0.2 * y, 0.1 * z], axis=-1).astype(np.float32)
    wind = {"field": {"origin_w_m": [-6, -6, 0], "spacing_m": [2, 2, 2], "velocity_w_mps": field}}
    with volery.Batch("hover", 16, wind=wind) as batch:
        batch.reset(1)
        at = batch.state("position_w_m")[:, 0]
        np.testing.assert_allclose(batch.state("wind_w_mps")[:, 0], at * [0.3, 0.2, 0.1], atol=1e-5)


@pytest.mark.parametrize(
    ("velocity", "message"),
    [
        (np.zeros((2, 2, 2, 2), np.float32), r"the shape is \(nx, ny, nz, 3\)"),
        (np.full((2, 2, 2, 3), np.nan, np.float32), r"\[0\]\[0\]\[0\]\[0\] = nan|\[0, 0, 0, 0\]"),
        (np.full((2, 2, 2, 3), 60, np.float32), r"must be in \[-50, 50\] m/s"),
    ],
)
def test_bad_wind_fields_are_named(velocity: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        volery.Batch("hover", 1, wind={"field": {"velocity_w_mps": velocity}})


def test_the_battery_empties_and_counts_its_energy() -> None:
    with volery.Batch(
        "hover", 1, action="position", flight={"battery": True}, episode_s=60
    ) as batch:
        batch.reset(1)
        for _ in range(90):
            batch.step(np.zeros((1, 1, batch.action_size), np.float32))
        assert 0.9 < batch.state("battery_soc")[0, 0, 0] < 1
        power_w = batch.state("battery_energy_j")[0, 0, 0] / 3
        volts = batch.state("battery_voltage_v")[0, 0, 0]
        amperes = batch.state("battery_current_a")[0, 0, 0]
        # hover is steady, so the present power is near the mean
        assert power_w == pytest.approx(volts * amperes, rel=0.2)


def test_a_stopped_motor_brings_the_drone_down() -> None:
    faults = [{"time_s": 0.5, "rotor": 2}]
    with volery.Batch(
        "hover", 1, action="position", flight={"faults": faults}, on_crash="continue", episode_s=60
    ) as batch:
        batch.reset(1)
        for _ in range(60):
            batch.step(np.zeros((1, 1, batch.action_size), np.float32))
        assert batch.state("rotor_effectiveness")[0, 0].tolist() == [1, 1, 0, 1]
        assert batch.state("rotor_speed_radps")[0, 0, 2] < 1


def test_a_steady_push_gives_its_acceleration() -> None:
    push_n, mass_kg = 0.02, 0.03
    vehicle = {"base": "cf2x", "mass_kg": mass_kg}
    flight = {
        "gravity_mps2": 0.0,
        "rotor_drag": False,
        "body_drag": False,
        "disturbance": {"enabled": True, "force_w_n": [push_n, 0, 0]},
    }
    with volery.Batch("hover", 1, action="rotor", vehicle=vehicle, flight=flight) as batch:
        batch.reset(1)
        batch.set_state(0, {"motors_on": [[0]], "rotor_speed_radps": [[0, 0, 0, 0]]})
        before = batch.state("velocity_w_mps")[0, 0, 0]
        batch.step(-np.ones((1, 1, 4), np.float32))
        gained = batch.state("velocity_w_mps")[0, 0, 0] - before
        assert gained == pytest.approx(push_n / mass_kg / 30, rel=0.02)
