"""Rovers and particles from Python: mixed swarms, their files, and what is refused."""

import json

import numpy as np
import pytest

import volery
from volery import vehicles
from volery.cli import main

MIXED = ["cf2x", "rover", "particle"]


@pytest.mark.parametrize("task", ["hover", "waypoints", "formation"])
@pytest.mark.parametrize("action", ["velocity", "position"])
def test_a_mixed_swarm_is_one_config_for_every_task(task, action):
    batch = volery.Batch(
        task, 4, num_agents=6, vehicle=MIXED, action=action, on_crash="continue", audit=True
    )
    pilot = batch.baseline()
    observation = batch.reset(seed=2)
    for _ in range(60):
        observation, reward, *_ = batch.step(pilot.act(observation))
        assert np.isfinite(observation).all()
        assert np.isfinite(reward).all()
    # agents take the types in turn: rovers never left the ground below them
    climbed = (
        batch.state("position_w_m")[:, 1::3, 2] - batch.state("surface_height_w_m")[:, 1::3, 0]
    )
    assert (np.abs(climbed) < 0.2).all()


def test_a_mixed_swarm_is_a_vector_env():
    env = volery.make_vec(
        "formation", num_envs=3, num_agents=6, vehicle=MIXED, action="velocity", episode_s=1
    )
    env.reset(seed=0)
    for _ in range(40):
        observation, *_ = env.step(env.action_space.sample())
    assert np.isfinite(observation).all()
    env.close()


def test_a_rover_drives_circles_of_speed_over_yaw_rate():
    batch = volery.Batch("hover", vehicle="rover", action="drive", on_crash="continue")
    batch.reset(seed=0)
    assert batch.action_size == 2
    action = np.full((1, 1, 2), 0.5, np.float32)
    for _ in range(30):
        batch.step(action)
    velocity = batch.state("velocity_w_mps")[0, 0]
    rate = batch.state("omega_b_radps")[0, 0, 2]
    assert np.linalg.norm(velocity) / rate == pytest.approx(0.22 / 2.84, rel=1e-3)
    wheels = batch.state("rotor_speed_radps")[0, 0]
    assert 0.033 / 0.16 * (wheels[1] - wheels[0]) == pytest.approx(1.42, rel=1e-3)
    assert wheels[2:] == pytest.approx(0)


@pytest.mark.parametrize(
    ("vehicle", "action", "words"),
    [
        ("rover", "ctbr", "levels of a rover: drive, position, velocity"),
        (["cf2x", "rover"], "rotor", "vehicle 'rover' is a rover"),
        ("particle", "attitude", "levels of a particle: acceleration, position, velocity"),
        (["particle", "cf2x"], "acceleration", "vehicle 'cf2x' is a rotorcraft"),
    ],
)
def test_levels_that_a_body_cannot_take_are_refused(vehicle, action, words):
    with pytest.raises(ValueError, match=f'config.action = "{action}".*{words}'):
        volery.Batch("hover", num_agents=2, vehicle=vehicle, action=action)


def test_baselines_say_which_levels_they_fly():
    batch = volery.Batch("hover", vehicle="rover", action="drive")
    with pytest.raises(ValueError, match="cannot fly at action level 'drive'"):
        batch.baseline()


@pytest.mark.parametrize("name", ["rover", "particle"])
def test_describe_leaves_rotors_out(name, capsys):
    assert main(["describe", "vehicle", name]) == 0
    out = capsys.readouterr().out
    assert f"{name}." in out
    assert "rotor_" not in out
    assert "battery" not in out
    assert main(["describe", "vehicle", name, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["config"]["kind"] == name
    assert document["mixer"] == []


@pytest.mark.parametrize("name", ["rover", "particle", "cf2x"])
def test_files_are_written_with_the_parts_of_their_kind_alone(name, tmp_path):
    path = vehicles.save(tmp_path / "copy.toml", vehicles.load(name).config)
    assert vehicles.load(path).config == vehicles.load(name).config
    text = path.read_text()
    assert ("[rover]" in text) == (name == "rover")
    assert ("[particle]" in text) == (name == "particle")
    assert ("rotor_radius_m" in text) == (name == "cf2x")


@pytest.mark.parametrize(
    "arguments",
    [["plot", "thrust", "--vehicle", "rover"], ["eval", "controllers", "--vehicle", "rover"]],
)
def test_what_asks_for_rotors_refuses_a_rover(arguments, capsys):
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert "vehicle 'rover' is a rover; must be a rotorcraft" in err
    assert err.count("\n") == 1
