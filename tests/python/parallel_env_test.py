"""One world as PettingZoo's ParallelEnv: its own tests, and what they do not look at."""

import sys

import numpy as np
import pytest
from pettingzoo.test import api_test, parallel_api_test, parallel_seed_test
from pettingzoo.test.state_test import state_test
from pettingzoo.utils.conversions import parallel_to_aec

import volery
from volery import testing, zoo

CONFIGS = {
    "formation": {"num_agents": 5, "episode_s": 2.0},
    "formation whose agents leave": {
        "num_agents": 5,
        "episode_s": 2.0,
        "on_crash": "terminate_agent",
        "action": "rotor",
    },
    "formation whose agents join": {
        "num_agents": 5,
        "episode_s": 2.0,
        "on_crash": "terminate_agent",
        "action": "rotor",
        "join_s": [0.0, 0.4, 0.0, 0.8, 0.0],
    },
    "formation as dict": {"num_agents": 3, "episode_s": 1.0, "obs": "dict"},
    "hover": {"episode_s": 1.0},
    "rovers and drones": {
        "num_agents": 4,
        "vehicle": ["cf2x", "rover"],
        "action": "velocity",
        "episode_s": 1.0,
    },
}


def make(name, **changes):
    task = name.split()[0] if name.split()[0] in ("formation", "hover") else "formation"
    return volery.parallel_env(task, **CONFIGS[name], **changes)


CONFIGS["teams"] = {"teams": {"red": 2, "blue": 1}, "team_share": 0.5, "episode_s": 1.0}
CONFIGS["rovers and drones in uniform spaces"] = {
    **CONFIGS["rovers and drones"],
    "spaces": "uniform",
}


# velocities have no bound; PettingZoo would rather see one
@pytest.mark.filterwarnings("ignore:Environment's m.*imum state space value is")
@pytest.mark.parametrize("name", CONFIGS)
def test_pettingzoos_own_tests_pass(name):
    with_episodes = make(name)
    parallel_api_test(with_episodes, num_cycles=80)
    parallel_seed_test(lambda: make(name))
    state_test(parallel_to_aec(make(name)), make(name))


@pytest.mark.filterwarnings("ignore:Agent's m.*imum observation space value is")
@pytest.mark.parametrize("name", ["formation", "formation whose agents join", "hover"])
def test_the_turn_based_form_passes_too(name):
    api_test(zoo.env(name.split()[0], **CONFIGS[name]), num_cycles=60)


@pytest.mark.parametrize("name", CONFIGS)
def test_every_step_repeats(name):
    task = name if name in ("formation", "hover") else "formation"
    testing.check_parallel_env(task, num_steps=150, **CONFIGS[name])


def test_every_step_repeats_where_a_world_begins_with_nobody():
    config = {"num_agents": 3, "join_s": [0.2, 0.3, 0.5], "episode_s": 1.0}
    testing.check_parallel_env("formation", num_steps=80, **config)


def test_it_is_the_batch_agent_by_agent():
    env = volery.parallel_env("formation", num_agents=3, reward_terms=True)
    with volery.Batch("formation", 1, 3, autoreset="disabled", reward_terms=True) as batch:
        observations, _ = env.reset(seed=5)
        flat = batch.reset(5)
        actions = np.random.default_rng(1).uniform(-0.2, 0.2, (40, 1, 3, batch.action_size))
        for action in actions.astype(np.float32):
            for i in range(3):
                np.testing.assert_array_equal(observations[f"agent_{i}"], flat[0, i])
            by_name = {name: action[0, i] for i, name in enumerate(env.possible_agents)}
            observations, rewards, *_, infos = env.step(by_name)
            flat, reward, _, _, events = batch.step(action)
            for i in range(3):
                assert rewards[f"agent_{i}"] == reward[0, i]
                terms = list(infos[f"agent_{i}"]["reward_terms"].values())
                np.testing.assert_array_equal(np.float32(terms), events["reward_terms"][0, i])


def test_an_agent_that_crashes_leaves_and_the_others_go_on():
    env = make("formation whose agents leave")
    env.reset(seed=2)
    falling = {name: np.full(4, -1, np.float32) for name in env.agents}
    for _ in range(60):
        acting = list(env.agents)
        actions = {name: falling[name] for name in acting}
        observations, _, ends, cuts, _ = env.step(actions)
        assert set(observations) == set(ends) == set(cuts) == set(acting)
        assert env.agents == [name for name in acting if not (ends[name] or cuts[name])]
        if not env.agents:
            break
    assert any(ends.values())
    assert env.step({}) == ({}, {}, {}, {}, {})


def test_state_is_everything_a_critic_needs():
    env = volery.parallel_env("formation", num_agents=3)
    env.reset(seed=1)
    state = env.state()
    assert state.shape == env.state_space.shape
    position = env.batch.state("position_w_m")[0].ravel()
    np.testing.assert_array_equal(state[:9], position)


def test_a_snapshot_continues():
    env = make("formation")
    env.reset(seed=3)
    rng = np.random.default_rng(0)

    def act():
        return {n: rng.uniform(-0.3, 0.3, env.batch.action_size) for n in env.agents}

    env.step(act())
    snapshot = env.batch.snapshot()
    actions = act()
    expected = env.step(actions)
    env.reset(options={"state": snapshot})
    again = env.step(actions)
    for name in again[0]:
        np.testing.assert_array_equal(again[0][name], expected[0][name])


def test_drawn_numbers_stand_in_each_agents_info():
    mass = {"field": "vehicle.mass_kg", "range": [0.025, 0.03]}
    env = volery.parallel_env("formation", num_agents=3, randomize=[mass])
    _, infos = env.reset(seed=3)
    drawn = [info["randomized"]["vehicle.mass_kg"] for info in infos.values()]
    assert len(set(drawn)) == 3
    assert all(0.025 <= mass <= 0.03 for mass in drawn)


def test_modules_by_task_make_the_same_environments():
    env = zoo.formation_v0.parallel_env(num_agents=2)
    assert str(env) == "formation_v0"
    assert "hover_v0" in dir(zoo)
    assert zoo.hover_v0.env().metadata["name"] == "hover_v0"
    assert zoo.hover_v0.raw_env().metadata["is_parallelizable"]
    with pytest.raises(AttributeError, match="did you mean 'formation_v0'"):
        _ = zoo.formatoin_v0  # codespell:ignore


@pytest.mark.parametrize(
    ("actions", "error", "message"),
    [
        ({}, ValueError, "'agent_0' has none"),
        ([0.0], TypeError, "must be a dict by agent, not list"),
        ({"agent_0": np.zeros(3)}, ValueError, r"actions\['agent_0'\]: shape must be \(4,\)"),
        ({"agent_0": np.zeros(4), "agent_7": np.zeros(4)}, ValueError, "no such agent"),
        ({"agent_0": np.full(4, np.nan)}, ValueError, "not finite"),
    ],
)
def test_bad_actions_are_named(actions, error, message):
    env = volery.parallel_env("hover")
    env.reset(seed=0)
    with pytest.raises(error, match=message):
        env.step(actions)


def test_actions_of_who_has_left_are_refused():
    env = make("formation whose agents leave")
    env.reset(seed=2)
    falling = {name: np.full(4, -1, np.float32) for name in env.agents}
    while len(env.agents) == 5:
        env.step(falling)
    if env.agents:
        with pytest.raises(ValueError, match="has left the episode"):
            env.step(falling)


def test_misuse_is_named():
    env = volery.parallel_env("hover")
    with pytest.raises(RuntimeError, match="reset"):
        env.step({})
    with pytest.raises(ValueError, match="no such agent"):
        env.action_space("agent_1")
    with pytest.raises(TypeError, match="one world"):
        volery.parallel_env("hover", num_worlds=2)
    with pytest.raises(ValueError, match="render_mode"):
        volery.parallel_env("hover", render_mode="movie")


def test_without_pettingzoo_the_way_to_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pettingzoo", None)
    monkeypatch.delitem(sys.modules, "volery.adapters.pettingzoo", raising=False)
    with pytest.raises(ImportError, match=r"pip install 'volery\[pettingzoo\]'"):
        volery.parallel_env("hover")


FLEET = {"num_agents": 4, "vehicle": ["cf2x", "firefly"], "action": "rotor", "episode_s": 1.0}


def test_each_agent_has_the_action_space_of_its_vehicle():
    env = volery.parallel_env("hover", **FLEET)
    assert [env.action_space(name).shape for name in env.possible_agents] == [(4,), (6,)] * 2
    uniform = volery.parallel_env("hover", spaces="uniform", **FLEET)
    assert {uniform.action_space(name).shape for name in env.possible_agents} == {(6,)}
    env.reset(seed=1)
    _, infos = uniform.reset(seed=1)
    assert infos["agent_0"]["action_mask"].tolist() == [1, 1, 1, 1, 0, 0]
    assert infos["agent_1"]["action_mask"].all()
    # what an agent does not have, it does not feel
    rng = np.random.default_rng(0)
    for _ in range(20):
        wide = {name: rng.uniform(-0.2, 0.2, 6).astype(np.float32) for name in env.agents}
        own = {name: wide[name][: env.action_space(name).shape[0]] for name in env.agents}
        ours, theirs = env.step(own), uniform.step(wide)
        for name, observation in ours[0].items():
            masked = observation == theirs[0][name]
            # the last action is shown as it was given
            assert masked[: env.batch.layout.groups[1].first].all()
        np.testing.assert_array_equal(env.state(), uniform.state())
    with pytest.raises(ValueError, match=r"actions\['agent_0'\]: shape must be \(4,\)"):
        env.step(wide)


def test_teams_name_their_agents_and_share_their_rewards():
    teams = {"red": 3, "blue": 2}
    plain = volery.parallel_env("formation", num_agents=5)
    teamed = volery.parallel_env("formation", teams=teams, team_share=1.0)
    blended = volery.parallel_env("formation", teams=teams, team_share=0.25)
    assert teamed.possible_agents == ["red_0", "red_1", "red_2", "blue_0", "blue_1"]
    assert teamed.teams["blue"] == ["blue_0", "blue_1"]
    for env in (plain, teamed, blended):
        env.reset(seed=0)
    rng = np.random.default_rng(0)
    for _ in range(5):
        action = rng.uniform(-1, 1, (5, plain.batch.action_size)).astype(np.float32)
        rewards = [
            list(env.step(dict(zip(env.possible_agents, action, strict=True)))[1].values())
            for env in (plain, teamed, blended)
        ]
        own = np.array(rewards[0])
        mean = np.repeat([own[:3].mean(), own[3:].mean()], [3, 2])
        np.testing.assert_allclose(rewards[1], mean, atol=1e-6)
        np.testing.assert_allclose(rewards[2], 0.75 * own + 0.25 * mean, atol=1e-6)


def test_teams_may_take_turns():
    env = volery.parallel_env("formation", num_agents=5, teams=["red", "blue"])
    assert env.possible_agents == ["red_0", "blue_0", "red_1", "blue_1", "red_2"]
    assert env.teams == {"red": ["red_0", "red_1", "red_2"], "blue": ["blue_0", "blue_1"]}
    assert env.batch.config["teams"] == ["red", "blue"]


def test_an_agent_that_starts_again_was_never_terminated():
    env = volery.parallel_env(
        "formation", num_agents=4, on_crash="respawn", action="rotor", episode_s=4.0
    )
    env.reset(seed=0)
    before = env.batch.state("position_w_m")
    jumps = 0
    for _ in range(119):
        *_, ends, cuts, _ = env.step({name: np.full(4, -1, np.float32) for name in env.agents})
        assert not any(ends.values())
        assert not any(cuts.values())
        after = env.batch.state("position_w_m")
        jumps += int((np.abs(after - before).max(axis=-1) > 0.5).sum())
        before = after
    assert jumps > 4  # all fell, and more than once
    assert len(env.agents) == 4


def test_an_agent_that_joins_is_new_in_the_step_that_shows_it_first():
    env = volery.parallel_env(
        "formation", num_agents=3, join_s=[0.0, 0.5, 1.0], episode_s=2.0, team_share=0.5
    )
    observations, infos = env.reset(seed=0)
    assert env.possible_agents == ["agent_0", "agent_1", "agent_2"]
    assert env.agents == list(observations) == list(infos) == ["agent_0"]
    assert env.joining == ["agent_1", "agent_2"]
    with pytest.raises(ValueError, match="'agent_1' is still to join the episode"):
        env.step({name: np.zeros(4, np.float32) for name in ("agent_0", "agent_1")})
    joined = {"agent_1": 15, "agent_2": 30}  # steps of 1 / 30 s
    for step in range(1, 61):
        acting = env.agents
        results = env.step({name: np.zeros(4, np.float32) for name in acting})
        new = [name for name, first in joined.items() if first == step]
        for result in results:
            assert sorted(result) == sorted(acting + new)
        observations, rewards, ends, cuts, _ = results
        for name in new:
            assert observations[name].any()
            assert rewards[name] == 0
            assert not ends[name]
            assert not cuts[name]
        assert env.agents == ([] if step == 60 else sorted(acting + new))
        # who is to come is zeros in the batch, and takes no part
        for name in env.joining:
            row = int(name[-1])
            assert not env.batch.alive[0, row]
            assert not env.batch.observe()[0, row].any()
    assert all(cuts.values())
    assert env.joining == []
    env.reset()
    assert env.agents == ["agent_0"]


def test_a_world_may_begin_with_nobody():
    env = volery.parallel_env("formation", num_agents=2, join_s=[0.2, 0.1], episode_s=0.3)
    observations, _ = env.reset(seed=0)
    assert observations == {}
    assert env.agents == []
    steps = 0
    while env.agents or env.joining:
        env.step({name: np.zeros(4, np.float32) for name in env.agents})
        steps += 1
        if steps < 3 or steps == 9:
            assert env.agents == []
        else:
            assert env.agents == (["agent_1"] if steps < 6 else ["agent_0", "agent_1"])
    assert steps == 9


def test_a_snapshot_from_before_they_join_continues():
    env = make("formation whose agents join")
    env.reset(seed=3)

    def act():
        return {name: np.zeros(4, np.float32) for name in env.agents}

    for _ in range(3):
        env.step(act())
    snapshot = env.batch.snapshot()
    expected = [env.step(act()) for _ in range(15)]
    env.reset(options={"state": snapshot})
    assert env.joining == ["agent_1", "agent_3"]
    for wanted in expected:
        again = env.step(act())
        assert list(again[0]) == list(wanted[0])
        for name in again[0]:
            np.testing.assert_array_equal(again[0][name], wanted[0][name])
    assert env.joining == ["agent_3"]


def test_batches_tell_who_is_there_from_the_start():
    with volery.Batch("formation", 2, 3, join_s=[0.0, 0.1, 0.0]) as batch:
        observation = batch.reset(seed=0)
        assert batch.alive.tolist() == [[True, False, True]] * 2
        assert not observation[:, 1].any()
        actions = np.zeros((2, 3, batch.action_size), np.float32)
        for step in (1, 2, 3):
            *_, info = batch.step(actions)
            assert (info["alive"][:, 1] == (step == 3)).all()
            np.testing.assert_array_equal(info["alive"], batch.alive)


def test_agents_as_rows_cannot_join_late():
    with pytest.raises(ValueError, match="rows='agents' with join_s"):
        volery.make_vec("formation", 6, num_agents=3, rows="agents", join_s=[0.0, 1.0, 0.0])
    env = volery.make_vec("formation", 2, num_agents=3, join_s=[0.0, 0.1, 0.0], episode_s=0.5)
    env.reset(seed=0)
    for _ in range(20):
        env.step(env.action_space.sample())
    env.close()


def test_masks_are_0_for_the_dead_and_for_what_the_radio_refuses():
    radio = {"payload": {"size": 2}, "bandwidth": {"rate_bytes_ps": 60.0, "burst_bytes": 24.0}}
    config = {"num_agents": 2, "radio": radio, "on_crash": "terminate_agent", "action": "rotor"}
    env = volery.parallel_env("formation", action_masks=True, **config)
    _, infos = env.reset(seed=0)
    controls = env.batch.layout.num_controls
    assert infos["agent_0"]["action_mask"].all()
    action = np.concatenate([np.zeros(controls), np.ones(env.batch.action_size - controls)])
    quiet = np.concatenate([np.zeros(controls), -np.ones(env.batch.action_size - controls)])
    refused = sent = 0
    while env.agents:
        masks = {name: infos[name]["action_mask"] for name in env.agents}
        before = env.batch.radio.counts()
        *_, infos = env.step({"agent_0": action, "agent_1": quiet})
        after = env.batch.radio.counts()
        took = bool(masks["agent_0"][controls:].all())
        assert took or not masks["agent_0"][controls:].any()
        # what is masked is what the radio refuses, and nothing else
        assert after["sent"][0, 0] - before["sent"][0, 0] == took
        assert after["refused_rate"][0, 0] - before["refused_rate"][0, 0] == (not took)
        sent += took
        refused += not took
        assert masks["agent_0"][:controls].all()
        if len(env.agents) < 2:
            break
    assert sent > 3
    assert refused > 3


def test_who_has_left_has_a_mask_of_zeros():
    env = make("formation whose agents leave", action_masks=True)
    env.reset(seed=2)
    falling = {name: np.full(4, -1, np.float32) for name in env.agents}
    while len(env.agents) == 5:
        _, _, ends, cuts, infos = env.step(falling)
    for name, info in infos.items():
        assert info["action_mask"].dtype == np.int8
        assert info["action_mask"].all() == (not (ends[name] or cuts[name]))
        assert info["action_mask"].any() == (not (ends[name] or cuts[name]))
    plain = make("formation whose agents leave")
    assert plain.reset(seed=0)[1]["agent_0"] == {}


def test_who_is_alive_is_told_for_the_whole_batch():
    config = {"on_crash": "terminate_agent", "action": "rotor"}
    with volery.Batch("formation", 6, 4, **config) as batch:
        batch.reset(seed=0)
        alive = np.ones((6, 4), np.bool_)
        falling = np.full((6, 4, 4), -1, np.float32)
        some_left = False
        for _ in range(60):
            _, _, terminated, truncated, info = batch.step(falling)
            alive = (alive & ~(terminated | truncated)) | info["just_reset"][:, None]
            np.testing.assert_array_equal(info["alive"], alive)
            some_left = some_left or bool((alive.any(axis=1) & ~alive.all(axis=1)).any())
        assert some_left


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"teams": "red"}, TypeError, "dict of numbers"),
        ({"teams": [1]}, TypeError, "list of names"),
        ({"teams": []}, ValueError, "at least one"),
        ({"teams": {}}, ValueError, "at least one"),
        ({"teams": {"red": 0}}, ValueError, r"teams\['red'\] = 0"),
        ({"teams": {"red": 2}, "num_agents": 3}, ValueError, "hold 2 agents"),
        ({"team_share": 1.5}, ValueError, r"must be in \[0, 1\]"),
        ({"spaces": "owned"}, ValueError, "own"),
    ],
)
def test_bad_teams_and_spaces_are_named(changes, error, message):
    with pytest.raises(error, match=message):
        volery.parallel_env("formation", **changes)
