"""Numbers that differ from episode to episode, as users see them."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest

import volery

MASS = {"field": "vehicle.mass_kg", "range": [0.024, 0.031]}


def test_reset_reports_what_was_drawn() -> None:
    envs = volery.make_vec("hover", 16, randomize=[MASS])
    _, info = envs.reset(seed=3)
    drawn = info["randomized"]["vehicle.mass_kg"]
    assert drawn.shape == (16,)
    assert np.unique(drawn).size == 16
    assert drawn.min() >= 0.024
    assert drawn.max() <= 0.031
    assert info["_randomized"].all()
    np.testing.assert_array_equal(envs.batch.state("vehicle_mass_kg")[:, 0, 0], drawn)
    _, again = envs.reset(seed=3)
    np.testing.assert_array_equal(again["randomized"]["vehicle.mass_kg"], drawn)


@pytest.mark.parametrize("autoreset", ["next_step", "same_step"])
def test_steps_report_what_begins(autoreset: str) -> None:
    envs = volery.make_vec("hover", 8, autoreset=autoreset, episode_s=0.2, randomize=[MASS])
    _, info = envs.reset(seed=3)
    last = info["randomized"]["vehicle.mass_kg"].copy()
    changed = 0
    action = np.zeros(envs.action_space.shape, dtype=np.float32)
    for _ in range(20):
        *_, info = envs.step(action)
        if "randomized" not in info:
            continue
        mask = info["_randomized"]
        now = envs.batch.randomized()["vehicle.mass_kg"][:, 0]
        np.testing.assert_array_equal(info["randomized"]["vehicle.mass_kg"][mask], now[mask])
        np.testing.assert_array_equal(now[~mask], last[~mask])
        assert (now[mask] != last[mask]).all()
        last = now.copy()
        changed += int(mask.sum())
    assert changed >= 16


def test_worlds_of_several_agents_report_each_agent() -> None:
    envs = volery.make_vec("formation", 4, num_agents=3, randomize=[MASS])
    _, info = envs.reset(seed=3)
    assert info["randomized"]["vehicle.mass_kg"].shape == (4, 3)


def test_a_single_environment_reports_numbers() -> None:
    env = gymnasium.make("Volery/Hover-v0", randomize=[MASS])
    _, info = env.reset(seed=3)
    assert 0.024 <= info["randomized"]["vehicle.mass_kg"] <= 0.031


def test_nothing_is_reported_where_nothing_is_drawn() -> None:
    envs = volery.make_vec("hover", 4)
    _, info = envs.reset(seed=3)
    assert "randomized" not in info
    assert envs.batch.randomized() == {}


def test_a_curriculum_widens_the_range() -> None:
    start = {**MASS, "range": [0.027, 0.027], "limits": [0.024, 0.031]}
    with volery.Batch("hover", 8, randomize=[start]) as batch:
        batch.reset(1)
        assert np.unique(batch.randomized()["vehicle.mass_kg"]).size == 1
        for spread in (0.001, 0.003):
            batch.set_config(None, {"randomize": [{**MASS, "range": [0.027, 0.027 + spread]}]})
            batch.reset()
            drawn = batch.randomized()["vehicle.mass_kg"]
            assert np.unique(drawn).size == 8
            assert drawn.max() <= np.float32(0.027 + spread)


def test_two_ranges_of_one_field_for_two_types_have_their_own_keys() -> None:
    ranges = [
        {"field": "vehicle.mass_kg", "how": "scale", "range": [0.9, 1.1], "type": name}
        for name in ("cf2x", "racer")
    ]
    with volery.Batch("formation", 2, 4, vehicle=["cf2x", "racer"], randomize=ranges) as batch:
        batch.reset(1)
        assert list(batch.randomized()) == ["vehicle.mass_kg:cf2x", "vehicle.mass_kg:racer"]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"range": [0, 1]}, r"config\.randomize\[0\]"),
        ({"field": "vehicle.mass_kg"}, r"randomize\[0\]\.range: missing"),
        ({**MASS, "distribution": "gauss"}, r"must be one of"),
        ({**MASS, "ranges": 1}, r"unknown key \(did you mean 'range'\?\)"),
        ({"field": "vehicle.mass", "range": [0, 1]}, r"did you mean 'mass_kg'"),
    ],
)
def test_bad_ranges_are_named(entry: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        volery.Batch("hover", 1, randomize=[entry])
