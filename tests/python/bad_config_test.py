"""Every bad config, id and environment argument is a clear error of the right type."""

import numpy as np
import pytest

import volery

BAD_CONFIGS = [
    ({"task": "hovr"}, ValueError, r"task = .*hovr.*hover"),
    ({"vehicle": "cf2"}, ValueError, r"vehicle.*cf2.*did you mean|vehicle.*cf2.*cf2x"),
    ({"vehicle": {"base": "cf2x", "mass": 0.03}}, ValueError, r"mass.*mass_kg"),
    ({"vehicle": {"base": "cf2x", "mass_kg": -1.0}}, ValueError, r"mass_kg = -1.*\["),
    ({"vehicle": "nowhere/x.toml"}, OSError, r"nowhere/x\.toml"),
    ({"scene": "rooom"}, ValueError, r"rooom.*room"),
    ({"sensors": ["pose", "velocty"]}, ValueError, r"velocty.*velocity"),
    ({"sensors": ["pose", "pose"]}, ValueError, r"pose.*twice"),
    ({"sensors": "pose"}, TypeError, r"sensors"),
    ({"sensor_config": {"goal": {"far": 1}}}, ValueError, r"far"),
    ({"sensor_config": {"neighbors": {}}}, ValueError, r"neighbors.*not among"),
    ({"action": "rotors"}, ValueError, r"rotors.*rotor"),
    ({"action": "ctbr", "controller": "lqrr"}, ValueError, r"controller = .*lqrr.*lqr"),
    ({"controller": "pid"}, ValueError, r"controller = .*pid.*rotor.*ctbr, attitude"),
    ({"action": "lqr", "controller": "pid"}, ValueError, r"controller.*lqr.*leave controller out"),
    ({"action": "ctbr", "controller": ["pid", "lee"]}, ValueError, r"names 2 laws.*1 agents"),
    ({"action": "ctbr", "controller": 3}, TypeError, r"controller.*string or an array"),
    ({"controller_config": {"indy": {}}}, ValueError, r"controller_config\.indy.*indi"),
    (
        {"action": "indi", "controller_config": {"indi": {"filter_hz": -1.0}}},
        ValueError,
        r"controller_config\.indi\.filter_hz = -1.*\[0, 1000\]",
    ),
    (
        {"action": "indi", "controller_config": {"vehicle": "cf2y"}},
        ValueError,
        r"cf2y.*cf2p",
    ),
    ({"join_s": [-1.0]}, ValueError, r"join_s\[0\] = -1.*must be in \[0"),
    ({"join_s": [float("nan")]}, ValueError, r"join_s\[0\]"),
    ({"join_s": 1.0}, TypeError, r"join_s.*array of numbers"),
    ({"join_s": [0.0, 1.0]}, ValueError, r"join_s: has 2 times, must have one.* 1 agents"),
    ({"join_s": [1e5]}, ValueError, r"join_s\[0\] = 100000.*less than the time limit"),
    ({"control_rate_hz": 100}, ValueError, r"control_rate_hz = 100.*divide.*240"),
    ({"control_rate_hz": 120, "agent_rate_hz": 50}, ValueError, r"agent_rate_hz = 50.*120"),
    ({"contact": "all"}, ValueError, r"contact.*contacts"),
    ({"contacts": "some"}, ValueError, r"contacts.*some.*culled"),
    ({"contacts": 1}, TypeError, r"contacts"),
    ({"autoreset": "nextstep"}, ValueError, r"autoreset.*nextstep.*next_step"),
    ({"autoreset": 1}, TypeError, r"autoreset"),
    ({"obs": "dictionary"}, ValueError, r"obs.*flat, dict"),
    ({"obs": 3}, TypeError, r"obs"),
    ({"on_crash": "explode"}, ValueError, r"on_crash.*explode"),
    ({"task_config": {"goaal": "fixed"}}, ValueError, r"goaal.*goal"),
    ({"task_config": 3}, TypeError, r"task_config"),
    ({"episode_s": -1.0}, ValueError, r"episode_s = -1.*\[0, "),
    ({"episode_s": float("nan")}, ValueError, r"episode_s = nan: must be in"),
    ({"episode_s": "long"}, TypeError, r"episode_s.*long.*number"),
    ({"episode_s": None}, TypeError, r"episode_s = None"),
    ({"episode_s": object()}, TypeError, r"episode_s.*object"),
    ({"flight": {"gravity": 9.8}}, ValueError, r"gravity.*gravity_mps2"),
    ({"flight": {3: 4}}, TypeError, r"flight.*keys must be strings"),
    ({"physics_rate_hz": 240.5}, TypeError, r"physics_rate_hz.*integer"),
    ({"physics_rate_hz": 10**30}, ValueError, r"physics_rate_hz.*64 bits"),
    ({"agent_rate_hz": 31}, ValueError, r"agent_rate_hz = 31.*divide"),
    ({"num_threads": -1}, ValueError, r"num_threads = -1"),
    ({"seed": -1}, ValueError, r"seed = -1"),
    ({"num_worlds": 0}, ValueError, r"num_worlds = 0: must be at least 1"),
    ({"num_worlds": -3}, ValueError, r"num_worlds = -3"),
    ({"num_worlds": 2.0}, TypeError, r"num_worlds = 2.0: must be an integer"),
    ({"num_worlds": True}, TypeError, r"num_worlds = True"),
    ({"num_worlds": "4"}, TypeError, r"num_worlds"),
    ({"num_agents": 0}, ValueError, r"num_agents = 0: must be at least 1"),
    ({"num_worlds": 2**40}, ValueError, r"num_worlds = 1099511627776"),
    ({"num_worlds": 2**26, "num_agents": 1024}, MemoryError, r"num_worlds \* config.num_agents"),
    ({"num_agents": 100_000}, ValueError, r"\d+ .*fit|fit.*\d+|at most \d+"),
]


@pytest.mark.parametrize(
    ("config", "error", "message"), BAD_CONFIGS, ids=[str(c[0])[:50] for c in BAD_CONFIGS]
)
def test_bad_configs_are_refused(config, error, message):
    with pytest.raises(error, match=message) as caught:
        volery.Batch(**{"task": "hover", **config})
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("name = [", ValueError, r"broken\.toml"),
        ('mass_kg = "heavy"', TypeError, r"broken\.toml.*mass_kg.*number"),
        ("mas_kg = 1", ValueError, r"broken\.toml.*mas_kg.*mass_kg"),
    ],
)
def test_broken_toml_names_file_or_field(tmp_path, text, error, message):
    file = tmp_path / "broken.toml"
    file.write_text(text)
    with pytest.raises(error, match=message):
        volery.Batch("hover", vehicle=file)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"id": "Hoover-v0"}, ValueError, "Hoover-v0.*Hover-v0"),
        ({"id": 3}, TypeError, "id"),
        ({"num_envs": 0}, ValueError, "num_envs = 0"),
        ({"rows": "drones"}, ValueError, "rows.*worlds, agents"),
        ({"render_mode": "movie"}, ValueError, "render_mode"),
        ({"num_envs": 7, "num_agents": 4, "rows": "agents"}, ValueError, "multiple of"),
        ({"num_envs": 8, "num_agents": 4, "rows": "agents", "on_crash": "terminate_agent"},
         ValueError, "terminate_agent.*reset whole"),
        ({"num_envs": 8, "num_agents": 4, "rows": "agents", "on_crash": "freeze"},
         ValueError, "freeze.*reset whole"),
    ],
)  # fmt: skip
def test_bad_vector_environments_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        volery.make_vec(**{"id": "Hover-v0", **arguments})


@pytest.mark.parametrize(
    ("seed", "error"), [(-1, ValueError), (2**64, ValueError), (1.5, TypeError), ("1", TypeError)]
)
def test_bad_seeds_of_environments_are_refused(seed, error):
    for env in (volery.Env("hover"), volery.make_vec("hover", num_envs=2)):
        with pytest.raises(error, match="seed"):
            env.reset(seed=seed)
        env.reset(seed=np.int64(3))
        assert env.np_random_seed == 3
        env.close()


def test_a_single_environment_refuses_what_it_has_not():
    for name in ("num_worlds", "autoreset"):
        with pytest.raises(TypeError, match=name):
            volery.Env("hover", **{name: 1})
    with pytest.raises(ValueError, match="render_mode"):
        volery.Env("hover", render_mode="movie")
    env = volery.Env("hover", episode_s=0.1)
    with pytest.raises(ValueError, match="no such option"):
        env.reset(options={"reset_mask": None})
    env.reset(seed=1)
    with pytest.raises(ValueError, match="action: shape"):
        env.step(np.zeros(3))
    with pytest.raises(ValueError, match="finite"):
        env.step(np.full(4, np.nan))
    while not env.step(np.zeros(4))[3]:
        pass
    with pytest.raises(RuntimeError, match="has ended"):
        env.step(np.zeros(4))
    env.close()
    env.close()
    with pytest.raises(RuntimeError, match="closed"):
        env.reset()
