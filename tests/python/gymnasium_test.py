"""What Gymnasium itself checks and promises."""

import functools
import pickle

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

import volery

# positions and velocities have no bounds, and Gymnasium only wonders about that
UNBOUNDED = pytest.mark.filterwarnings("ignore:.*A Box observation space m.*infinity")
IDS = list(volery.env_ids())


@UNBOUNDED
@pytest.mark.parametrize("env_id", IDS)
@pytest.mark.parametrize("obs", ["flat", "dict"])
def test_gymnasiums_checker_is_content(env_id, obs):
    env = gymnasium.make(env_id, obs=obs)
    # warnings are errors in our tests
    check_env(env.unwrapped, skip_render_check=True)
    env.close()


@UNBOUNDED
def test_gymnasiums_checker_is_content_with_many_agents():
    env = gymnasium.make("Volery/Formation-v0", num_agents=4)
    check_env(env.unwrapped, skip_render_check=True)
    assert env.observation_space.shape == (4, env.unwrapped.batch.observation_size)
    env.close()


def test_every_task_has_an_id():
    assert "Volery/Hover-v0" in IDS
    for env_id, task in volery.env_ids().items():
        spec = gymnasium.spec(env_id)
        assert spec.kwargs == {"task": task}
        assert spec.max_episode_steps is None  # the engine truncates
        assert gymnasium.envs.registration.EnvSpec.from_json(spec.to_json()) == spec


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_make_vec_uses_the_native_vector_environment(mode):
    env = gymnasium.make_vec("Volery/Hover-v0", num_envs=3, autoreset=mode)
    assert type(env.unwrapped) is volery.VectorEnv
    assert env.metadata["autoreset_mode"] is mode
    assert env.num_envs == 3
    env.close()


def test_a_single_environment_returns_plain_numbers():
    env = volery.Env("hover", episode_s=0.2)
    env.reset(seed=0)
    for _ in range(6):
        obs, reward, terminated, truncated, info = env.step(env.action_space.sample())
        assert obs.dtype == np.float32
        assert type(reward) is float
        assert type(terminated) is bool
        assert type(truncated) is bool
    assert truncated
    assert set(info["episode"]) == {"r", "l", "terms", "metrics"}
    assert info["episode"]["l"] == 6
    assert type(info["episode"]["r"]) is float
    env.close()


def test_unseeded_environments_differ_and_seeds_repeat():
    first, second = volery.Env("hover"), volery.Env("hover")
    assert not np.array_equal(first.reset()[0], second.reset()[0])
    fixed, again = volery.Env("hover", seed=3), volery.Env("hover", seed=3)
    assert np.array_equal(fixed.reset()[0], again.reset()[0])
    assert np.array_equal(fixed.reset(seed=8)[0], first.reset(seed=8)[0])
    assert first.np_random_seed == 8


def test_a_snapshot_is_a_start_for_reset():
    with volery.Batch("hover", 2, autoreset="next_step") as source:
        source.reset(seed=4)
        env = volery.make_vec("hover", num_envs=2)
        env.reset(seed=0)
        obs, _ = env.reset(options={"state": source.snapshot()})
        assert np.array_equal(obs, source.observe()[:, 0])
        kept = env.batch.state_hash(world=1)
        mask = np.array([True, False])
        obs, _ = env.reset(options={"state": source.snapshot(worlds=[1]), "reset_mask": mask})
        assert np.array_equal(obs[0], source.observe()[1, 0])
        assert env.batch.state_hash(world=1) == kept
        env.close()


def test_a_world_of_many_agents_is_one_environment():
    env = volery.make_vec("Formation-v0", num_envs=2, num_agents=3, on_crash="terminate_agent")
    size = env.batch.observation_size
    assert env.single_observation_space.shape == (3, size)
    assert env.single_action_space.shape == (3, env.batch.action_size)
    with volery.Batch("formation", 2, 3, on_crash="terminate_agent") as batch:
        assert np.array_equal(env.reset(seed=1)[0], batch.reset(seed=1))
        actions = env.action_space.sample()
        obs, reward, *_ = env.step(actions)
        expected = batch.step(actions)
        assert np.array_equal(obs, expected[0])
        # exact: the mean is taken in double precision and rounded once
        mean = expected[1].astype(np.float64).mean(axis=1).astype(np.float32)
        assert np.array_equal(reward, mean)
    env.close()


def test_all_terminated_is_terminated_and_anything_mixed_is_truncated():
    env = volery.make_vec("Hover-v0", num_envs=1, num_agents=2, on_crash="terminate_agent",
                          episode_s=3.0, autoreset="disabled")  # fmt: skip
    low = -np.ones((1, 2, 4), np.float32)
    env.reset(seed=0)
    for _ in range(90):
        *_, terminated, truncated, info = env.step(low)
        if terminated | truncated:
            break
    # motors off: both fall
    assert terminated[0]
    assert not truncated[0]
    env.reset(seed=0)
    policy = env.batch.baseline()
    for _ in range(90):
        actions = policy.act(env.batch.observe())
        actions[0, 1] = -1
        *_, terminated, truncated, info = env.step(actions)
        if terminated | truncated:
            break
    # one fell, the other flew until the time was over
    assert truncated[0]
    assert not terminated[0]
    assert info["episode"]["l"][0] == 90
    env.close()


def test_rows_of_agents_end_together():
    env = volery.make_vec("Hover-v0", num_envs=8, num_agents=4, rows="agents",
                          on_crash="terminate_world", episode_s=2.0)  # fmt: skip
    assert env.single_observation_space.shape == (env.batch.observation_size,)
    env.reset(seed=0)
    num_ended = 0
    for _ in range(200):
        obs, _, terminated, truncated, info = env.step(env.action_space.sample())
        ended = (terminated | truncated).reshape(2, 4)
        assert (ended.all(axis=1) == ended.any(axis=1)).all()
        assert obs.shape == (8, env.batch.observation_size)
        if ended.any():
            assert np.array_equal(info["_episode"], ended.ravel())
            num_ended += 1
    assert num_ended
    mask = np.zeros(8, np.bool_)
    mask[0] = True
    with pytest.raises(ValueError, match="agents of one world must be reset together"):
        env.reset(options={"reset_mask": mask})
    env.close()


def test_an_agent_out_early_is_reported_when_its_world_ends():
    env = volery.make_vec("Hover-v0", num_envs=2, num_agents=2, rows="agents",
                          on_crash="continue", episode_s=1.0)  # fmt: skip
    env.reset(seed=0)
    # far outside, yet finite and slow: the task truncates this agent alone
    positions = env.batch.state("position_w_m")[0]
    positions[0] = [1e4, 0, 1]
    env.batch.set_state(0, {"position_w_m": positions})
    for step in range(30):
        obs, reward, terminated, truncated, _ = env.step(np.zeros((2, 4), np.float32))
        ended = terminated | truncated
        assert ended.all() == ended.any() == (step == 29)
        if step > 0:
            assert not obs[0].any()
            assert reward[0] == 0
    assert truncated.all()
    env.close()


def test_factories_can_be_pickled():
    factory = functools.partial(volery.make_vec, "Hover-v0", num_envs=2, episode_s=1.0)
    env, again = factory(), pickle.loads(pickle.dumps(factory))()
    assert np.array_equal(env.reset(seed=0)[0], again.reset(seed=0)[0])
    env.close()
    again.close()


def test_gymnasiums_vector_wrappers_work():
    env = gymnasium.make_vec("Volery/Hover-v0", num_envs=2, episode_s=0.2)
    env = gymnasium.wrappers.vector.RecordEpisodeStatistics(env, stats_key="statistics")
    env = gymnasium.wrappers.vector.ClipReward(env, -1, 1)
    env.reset(seed=0)
    for _ in range(6):
        *_, info = env.step(env.action_space.sample())
    # float32 sums in a different order
    np.testing.assert_allclose(info["statistics"]["r"], info["episode"]["r"], rtol=1e-5, atol=1e-5)
    assert np.array_equal(info["statistics"]["l"], info["episode"]["l"])
    env.close()
