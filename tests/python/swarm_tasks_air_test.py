"""The swarm tasks that fly, with their baselines, by physics: crashes are real."""

import numpy as np
import pytest

import volery

SEEDS = 20


def fly(task, policy=None, num_worlds=SEEDS, **config):
    """Returns the first episode of each world: returns (W,) and metrics by name (W,)."""
    with volery.Batch(task, num_worlds, autoreset="same_step", **config) as batch:
        pilot = batch.baseline(policy, seed=1)
        names = [metric.name for metric in batch.layout.metrics]
        returns = np.full(num_worlds, np.nan)
        metrics = np.full((num_worlds, len(names)), np.nan)
        observation = batch.reset(seed=0)
        while np.isnan(returns).any():
            observation, _, _, _, info = batch.step(pilot.act(observation))
            if "episode" not in info:
                continue
            episode = info["episode"]
            for i, world in enumerate(episode["worlds"]):
                if np.isnan(returns[world]):
                    returns[world] = episode["return"][i].mean()
                    metrics[world] = episode["metrics"][i].mean(axis=0)
    return returns, {name: metrics[:, i] for i, name in enumerate(names)}


def least_gain(baseline, random, draws=2000):
    """Returns the lower end of the 95 % interval of the mean paired gain, by bootstrap."""
    gain = baseline - random
    picks = np.random.default_rng(0).integers(len(gain), size=(draws, len(gain)))
    return np.percentile(gain[picks].mean(axis=1), 2.5)


# gain in return and share of success that baselines have at least; half of what they have
CASES = {
    "goal_swap": ({}, 100, 0.9),
    "pursuit": ({}, 100, 0.9),
    "flocking": ({"episode_s": 30}, 50, 0.3),
    "gates": ({"vehicle": "racer", "task_config": {"laps": 1}, "episode_s": 60}, 20, 0.8),
}


@pytest.mark.parametrize("task", CASES)
def test_the_baseline_beats_the_random_floor_on_twenty_seeds(task):
    config, gain, success = CASES[task]
    returns, metrics = fly(task, **config)
    random, floor = fly(task, "random", **config)
    assert least_gain(returns, random) > gain
    assert metrics["success"].mean() >= success
    assert floor["success"].mean() < 0.1


@pytest.mark.parametrize("agents", [8, 24, 64])
def test_orca_promises_particles_no_collision_on_the_antipodal_sphere(agents):
    _, metrics = fly(
        "goal_swap",
        "orca",
        num_worlds=4,
        num_agents=agents,
        vehicle="particle",
        action="velocity",
        task_config={"scenario": "antipodal_sphere", "antipodal_radius_m": 1.9},
        sensor_config={"neighbors": {"count": 12}},
    )
    assert metrics["collisions"].sum() == 0
    assert metrics["obstacle_hits"].sum() == 0
    # bodies of 0.1 m: everybody kept clear, and everybody arrived
    assert metrics["closest_m"].min() > 0.1
    assert metrics["success"].mean() == 1


@pytest.mark.parametrize("scenario", ["swap_goals", "swarm_vs_swarm", "dynamic_diff_goal"])
def test_orca_promises_particles_no_collision_among_goals(scenario):
    _, metrics = fly(
        "goal_swap",
        "orca",
        vehicle="particle",
        action="velocity",
        task_config={"scenario": scenario},
    )
    assert metrics["collisions"].sum() == 0


@pytest.mark.parametrize("action", ["rotor", "ctbr"])
def test_quadcopters_swap_goals_at_both_action_levels(action):
    _, metrics = fly("goal_swap", num_worlds=8, action=action)
    # measured: 0.98 and no collision at either
    assert metrics["success"].mean() > 0.9
    assert metrics["collided"].mean() < 0.05


def test_pillars_are_flown_round():
    _, metrics = fly("goal_swap", num_worlds=8, scene="pillars20a")
    assert metrics["success"].mean() > 0.85  # measured 0.97
    assert metrics["collided"].mean() < 0.05  # measured 0


def test_potential_fields_crash_more_than_orca():
    _, orca = fly("goal_swap", "orca", num_worlds=8)
    _, field = fly("goal_swap", "potential_field", num_worlds=8)
    assert field["collided"].mean() > orca["collided"].mean()


def test_goal_swap_has_rates_of_its_own_and_takes_others():
    with volery.Batch("goal_swap") as batch:
        assert batch.config["agent_rate_hz"] == 100
        assert batch.config["physics_rate_hz"] == 300
    with volery.Batch("goal_swap", agent_rate_hz=50, physics_rate_hz=200, control_rate_hz=200) as b:
        assert b.config["agent_rate_hz"] == 50
    with volery.Batch("hover") as batch:
        assert batch.config["agent_rate_hz"] == 30
        assert batch.config["physics_rate_hz"] == 240
    with pytest.raises(ValueError, match=r"physics_rate_hz = 49.*50"):
        volery.Batch("hover", physics_rate_hz=49, control_rate_hz=49, agent_rate_hz=49)


def test_the_evader_is_a_body_that_ignores_its_actions():
    with volery.Batch("pursuit", 2) as batch:
        batch.reset(seed=0)
        actions = np.zeros((2, 4, 4), np.float32)
        actions[1, 3] = [1, -1, 1, 1]
        for _ in range(30):
            batch.step(actions)
        velocity = batch.state("velocity_w_mps")
        # both flee, at up to 1.3 m/s, from pursuers that stand still
        speed = np.linalg.norm(velocity[:, 3], axis=1)
        assert (speed > 0.5).all()
        assert (speed < 1.6).all()
        assert np.abs(batch.state("action")[1, 3]).max() < 0.9
        assert np.abs(velocity[:, :3]).max() < 0.3


def test_pursuit_refuses_levels_that_set_no_speed():
    with pytest.raises(ValueError, match=r"config.action = \"rotor\".*velocity"):
        volery.Batch("pursuit", action="rotor")


def test_a_faster_evader_takes_longer():
    slow = fly("pursuit", task_config={"evader_speed_ratio": 1.0})[1]["capture_time_s"]
    fast = fly("pursuit", task_config={"evader_speed_ratio": 1.5})[1]["capture_time_s"]
    assert fast.mean() > slow.mean()


@pytest.mark.parametrize("policy", ["reynolds", "vicsek", "olfati_saber", "vasarhelyi"])
def test_every_flocking_rule_flies(policy):
    returns, metrics = fly("flocking", policy, num_worlds=2, episode_s=20)
    assert np.isfinite(returns).all()
    assert metrics["clusters"].max() < 5
    if policy == "olfati_saber":
        assert metrics["collisions"].sum() == 0
    elif policy == "vasarhelyi":
        # measured 0.03 over eight worlds: others are heard 0.3 s late
        assert metrics["collisions"].mean() < 0.1


def test_the_flock_of_vasarhelyi_reaches_its_order():
    config = {"num_worlds": 2, "num_agents": 100, "episode_s": 200}
    _, metrics = fly("flocking", **config)
    # measured 0.80 and 1.18 m/s; 0.92 published over 600 s, which ours would take too long here
    assert metrics["correlation"].mean() > 0.7
    assert metrics["speed_mps"].mean() > 0.8 * 4 / 3
    assert metrics["collisions"].mean() < 0.2
    # and without delay 0.85 over 300 s
    _, metrics = fly("flocking", task_config={"hears": False}, **config)
    assert metrics["correlation"].mean() > 0.7
    assert metrics["speed_mps"].mean() > 0.8 * 4 / 3
    assert metrics["collisions"].mean() < 0.02


def test_flocks_hear_each_other_by_radio_and_need_it():
    # nobody is seen: all that is known of others came by radio, 0.3 s late
    _, talking = fly("flocking", num_worlds=2)
    cut = {"base": "flock", "loss": {"probability": 1.0}}
    _, deaf = fly("flocking", num_worlds=2, radio=cut)
    assert talking["correlation"].mean() > deaf["correlation"].mean() + 0.4
    assert talking["correlation"].mean() > 0.6


def test_racers_complete_the_laps():
    _, metrics = fly("gates", num_worlds=2, vehicle="racer")
    assert metrics["success"].mean() == 1
    assert metrics["laps"].mean() == 3
    assert (metrics["best_lap_s"] <= metrics["lap_time_s"]).all()
    assert metrics["missed"].sum() == 0


def test_several_racers_keep_apart_and_complete_the_laps():
    _, metrics = fly("gates", num_worlds=4, num_agents=3, vehicle="racer")
    assert metrics["collisions"].sum() == 0
    assert metrics["success"].mean() > 0.8  # measured 1 of 60 racers


def test_random_tracks_are_completed():
    _, metrics = fly(
        "gates", num_worlds=8, vehicle="racer", task_config={"track": "random"}, scene="flock"
    )
    assert metrics["success"].mean() > 0.8  # measured 1


@pytest.mark.parametrize("task", CASES)
def test_threads_give_the_same_bits(task):
    def hashes(threads):
        with volery.Batch(task, 6, num_threads=threads) as batch:
            pilot = batch.baseline()
            observation = batch.reset(seed=3)
            for _ in range(40):
                observation, *_ = batch.step(pilot.act(observation))
            return batch.state_hash()

    assert hashes(1) == hashes(3)
