"""The raw batch: shapes, memory, state, goals, baselines."""

import copy
import gc
import pickle
import tracemalloc

import numpy as np
import pytest

import volery


def make_batch(task="hover", **config):
    return volery.Batch(task, **{"num_worlds": 3, **config})


def zeros(batch):
    return np.zeros((batch.num_worlds, batch.num_agents, batch.action_size), np.float32)


def random_actions(batch, num_steps, seed=0):
    shape = (num_steps, batch.num_worlds, batch.num_agents, batch.action_size)
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)


def test_a_step_returns_arrays_of_the_promised_shapes():
    with make_batch(num_agents=5) as batch:
        obs = batch.reset(seed=0)
        shape = (batch.num_worlds, batch.num_agents)
        assert shape == (3, 5)
        assert obs.shape == (*shape, batch.observation_size)
        assert obs.dtype == np.float32
        obs, reward, terminated, truncated, info = batch.step(zeros(batch))
        assert obs.shape == (*shape, batch.observation_size)
        assert (reward.shape, reward.dtype) == (shape, np.float32)
        assert (terminated.shape, terminated.dtype) == (shape, np.bool_)
        assert (truncated.shape, truncated.dtype) == (shape, np.bool_)
        assert set(info) == {"ended", "all_terminated", "just_reset", "status", "alive"}
        assert info.pop("alive").shape == shape
        assert all(value.shape == (3,) for value in info.values())
        assert np.array_equal(batch.observe(), obs)


def test_the_layout_describes_every_column():
    with make_batch() as batch:
        layout = batch.layout
        assert len(layout.observation) == batch.observation_size
        assert len(layout.action) == batch.action_size
        assert [g.name for g in layout.groups] == batch.config["sensors"]
        end = 0
        for group in layout.groups:
            assert group.first == end
            assert int(np.prod(group.shape)) == group.count
            end += group.count
        assert end == batch.observation_size
        for column in layout.observation + layout.action:
            assert column.name
            assert column.low < column.high
            assert column.frame in ("", "world", "body")
        assert "Column(" in repr(layout.observation[0])


def test_without_out_two_sets_of_arrays_take_turns():
    with make_batch() as batch:
        batch.reset(seed=0)
        first, second, third = (batch.step(zeros(batch)) for _ in range(3))
        for a, b, c in zip(first[:4], second[:4], third[:4], strict=True):
            assert not np.shares_memory(a, b)
            assert np.shares_memory(a, c)


def test_out_arrays_are_written_in_place_and_returned():
    with make_batch(num_agents=2) as batch, make_batch(num_agents=2, reward_terms=True) as twin:
        batch.reset(seed=0)
        twin.reset(seed=0)
        shape = (3, 2)
        out = {
            "observation": np.zeros((*shape, batch.observation_size), np.float32),
            "reward": np.zeros(shape, np.float32),
            "terminated": np.ones(shape, np.bool_),
            "truncated": np.ones(shape, np.bool_),
            "reward_terms": np.zeros((*shape, len(batch.layout.reward_terms)), np.float32),
        }
        for actions in random_actions(batch, 20):
            result = batch.step(actions, out=out)
            expected = twin.step(actions)
            for name, got, wanted in zip(out, result[:4], expected[:4], strict=False):
                assert got is out[name]
                assert np.array_equal(got, wanted)
            assert result[4]["reward_terms"] is out["reward_terms"]
            assert np.array_equal(out["reward_terms"], expected[4]["reward_terms"])
        partial = {"reward": np.zeros(shape, np.float32)}
        assert batch.step(zeros(batch), out=partial)[1] is partial["reward"]
        assert batch.reset(seed=0, out=out) is out["observation"]


def test_a_prepared_set_of_arrays_serves_many_steps():
    with make_batch() as batch:
        buffers = batch.new_buffers()
        first = batch.reset(seed=0, out=buffers)
        assert batch.step(zeros(batch), out=buffers)[0] is first


def test_dict_observations_are_views_of_the_flat_ones():
    with make_batch(obs="dict", num_agents=4) as batch, make_batch(num_agents=4) as flat:
        groups, array = batch.reset(seed=0), flat.reset(seed=0)
        assert list(groups) == [g.name for g in batch.layout.groups]
        for group in batch.layout.groups:
            view = groups[group.name]
            assert view.shape == (3, 4, *group.shape)
            columns = array[..., group.first : group.first + group.count]
            assert np.array_equal(view.reshape(3, 4, -1), columns)
        parts = list(groups.values())
        assert all(part.base is not None for part in parts)
        out = {"observation": np.zeros((3, 4, batch.observation_size), np.float32)}
        groups = batch.step(zeros(batch), out=out)[0]
        assert all(np.shares_memory(view, out["observation"]) for view in groups.values())


def test_reward_terms_sum_to_the_reward_and_to_the_episode():
    # the engine adds the terms in order in float32, and so does this reference
    with make_batch(num_agents=2, reward_terms=True, episode_s=1.0) as batch:
        batch.reset(seed=3)
        sums = np.zeros((3, 2, len(batch.layout.reward_terms)), np.float32)
        returns = np.zeros((3, 2), np.float32)
        lengths = np.zeros(3, np.int32)
        num_checked = 0
        for actions in random_actions(batch, 120):
            _, reward, _, _, info = batch.step(actions)
            terms = info["reward_terms"]
            total = np.zeros_like(reward)
            for i in range(terms.shape[2]):
                total += terms[..., i]
            assert np.array_equal(total, reward)
            assert not reward[info["just_reset"]].any()
            sums[info["just_reset"]] = returns[info["just_reset"]] = 0
            lengths[info["just_reset"]] = 0
            sums += terms
            returns += reward
            lengths += ~info["just_reset"]
            if "episode" in info:
                worlds = info["episode"]["worlds"]
                assert np.array_equal(worlds, np.flatnonzero(info["ended"]))
                assert np.array_equal(info["episode"]["terms"], sums[worlds])
                assert np.array_equal(info["episode"]["return"], returns[worlds])
                assert np.array_equal(info["episode"]["length"], lengths[worlds])
                num_checked += len(worlds)
        assert num_checked >= 9


def test_team_rewards_are_the_mean_over_the_agents():
    with make_batch(num_agents=4) as own, make_batch(num_agents=4, reward="team") as team:
        own.reset(seed=0)
        team.reset(seed=0)
        for actions in random_actions(own, 5):
            reward = own.step(actions)[1]
            shared = team.step(actions)[1]
            # float32 sums of four numbers
            np.testing.assert_allclose(shared, reward.mean(axis=1, keepdims=True).repeat(4, 1),
                                       rtol=1e-5, atol=1e-6)  # fmt: skip


def test_state_is_read_and_written_by_name():
    with make_batch(num_agents=2) as batch:
        batch.reset(seed=0)
        names = {field.name: field for field in batch.state_fields}
        assert names["position_w_m"].width == 3
        assert names["position_w_m"].unit == "m"
        for name, field in names.items():
            assert batch.state(name).shape == (3, 2, field.width)
        before = batch.state("position_w_m")
        hashes = [batch.state_hash(world=w) for w in range(3)]
        batch.set_state(1, {"position_w_m": [[0, 0, 2], [1, 0, 2]],
                            "velocity_w_mps": np.zeros((2, 3))})  # fmt: skip
        after = batch.state("position_w_m")
        assert np.array_equal(after[1], np.array([[0, 0, 2], [1, 0, 2]], np.float32))
        assert np.array_equal(after[[0, 2]], before[[0, 2]])
        assert [batch.state_hash(world=w) == hashes[w] for w in range(3)] == [True, False, True]


def test_set_goal_moves_the_goals_of_masked_worlds():
    with make_batch(num_agents=2, sensors=["goal", "pose"]) as batch:
        before = batch.reset(seed=0).copy()
        goals = np.zeros((3, 2, 3), np.float32)
        goals[..., 2] = 1.5
        mask = np.array([True, False, True])
        batch.set_goal(goals, mask)
        after = batch.observe()
        assert (after[mask] != before[mask]).any(axis=(1, 2)).all()
        assert np.array_equal(after[~mask], before[~mask])


def test_set_config_holds_from_the_next_reset_of_the_masked_worlds():
    with make_batch(episode_s=2.0, on_crash="continue") as batch:
        batch.reset(seed=0)
        batch.set_config(np.array([False, True, False]), {"episode_s": 0.5})
        batch.reset()
        for step in range(15):
            ended = batch.step(zeros(batch))[4]["ended"]
            assert ended.tolist() == [False, step == 14, False]


def test_set_config_now_blows_from_the_next_step_on_and_past_resets():
    gale = {"wind": {"mean_w_mps": [0, 6, 0]}}
    with (
        make_batch(flight={"wind": True}) as batch,
        make_batch(flight={"wind": True}, **gale) as built,
    ):
        batch.reset(seed=0)
        built.reset(seed=0)
        batch.set_config(None, gale, when="now")
        assert batch.state("wind_w_mps")[1, 0].tolist() == [0, 6, 0]
        assert batch.state_hash() == built.state_hash()
        for actions in random_actions(batch, 30):
            batch.step(actions)
            built.step(actions)
        assert batch.state_hash() == built.state_hash()
        assert batch.live_config(2)["wind"] == built.config["wind"]
        batch.reset()
        built.reset()
        assert batch.state_hash() == built.state_hash()


def test_set_config_now_refuses_what_an_episode_began_with():
    with make_batch(flight={"wind": True}) as batch:
        batch.reset(seed=0)
        before = batch.state_hash()
        with pytest.raises(ValueError, match="task_config cannot change in mid-episode"):
            batch.set_config(None, {"task_config": {"position_weight": 2.0}}, when="now")
        with pytest.raises(ValueError, match="max_air_speed_mps = 30"):
            batch.set_config(None, {"wind": {"mean_w_mps": [40, 0, 0]}}, when="now")
        with pytest.raises(ValueError, match="when"):
            batch.set_config(None, {"wind": {}}, when="soon")
        with pytest.raises(ValueError, match="world = 3"):
            batch.live_config(3)
        assert batch.state_hash() == before


def test_timings_are_told_and_change_nothing():
    with make_batch(num_agents=4) as batch, make_batch(num_agents=4) as plain:
        with pytest.raises(RuntimeError, match="time_stages"):
            batch.timings()
        batch.time_stages()
        batch.reset(seed=0)
        plain.reset(seed=0)
        for actions in random_actions(batch, 10):
            batch.step(actions)
            plain.step(actions)
        seconds = batch.timings()
        assert next(iter(seconds)) == "actions"
        assert seconds["far_flight"] > 0
        assert seconds["fold"] == 0
        assert batch.state_hash() == plain.state_hash()
        batch.time_stages(False)
        with pytest.raises(RuntimeError, match="time_stages"):
            batch.timings()


def test_clipped_actions_are_counted_and_not_written():
    with make_batch() as batch:
        batch.reset(seed=0)
        actions = np.full_like(zeros(batch), 5)
        actions.flags.writeable = False
        batch.step(actions)
        assert batch.stats.clipped_actions == actions.size
        assert batch.stats.agent_steps == 3


def test_the_baseline_acts_on_flat_and_dict_observations():
    with make_batch(num_agents=2) as batch, make_batch(num_agents=2, obs="dict") as grouped:
        policy, twin = batch.baseline(), grouped.baseline()
        obs, groups = batch.reset(seed=0), grouped.reset(seed=0)
        actions = policy.act(obs)
        assert actions.shape == (3, 2, batch.action_size)
        assert actions.dtype == np.float32
        assert np.array_equal(actions, twin.act(groups))
        out = np.zeros_like(actions)
        assert policy.act(obs, out=out) is out
        assert np.array_equal(out, actions)
        # rows alone give the same rows
        assert np.array_equal(policy.act(np.ascontiguousarray(obs[1, 1])), actions[1, 1])


def test_the_random_baseline_draws_anew_and_repeats_by_seed():
    with make_batch() as batch:
        obs = batch.reset(seed=0)
        policy, same, other = (batch.baseline("random", seed=s) for s in (1, 1, 2))
        first, second = policy.act(obs), policy.act(obs)
        assert not np.array_equal(first, second)
        assert np.array_equal(first, same.act(obs))
        assert not np.array_equal(first, other.act(obs))


def test_a_baseline_outlives_its_batch():
    batch = make_batch()
    obs = batch.reset(seed=0).copy()
    policy = batch.baseline()
    expected = policy.act(obs)
    batch.close()
    del batch
    gc.collect()
    assert np.array_equal(policy.act(obs), expected)


def test_a_batch_is_neither_pickled_nor_copied():
    with make_batch() as batch:
        for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="snapshot"):
                attempt(batch)


def test_the_config_is_resolved_and_builds_the_same_batch():
    with make_batch(num_agents=2) as batch:
        config = batch.config
        assert config["action"]
        assert config["episode_s"] > 0
        batch.reset(seed=0)
        with volery.Batch(**config) as again:
            again.reset(seed=0)
            assert again.state_hash() == batch.state_hash()


def test_the_autoreset_mode_may_be_gymnasiums_enum():
    from gymnasium.vector import AutoresetMode

    for mode in AutoresetMode:
        with make_batch(autoreset=mode) as batch:
            assert batch.config["autoreset"] == mode.name.lower()


def test_a_step_allocates_nothing_that_stays():
    with make_batch(num_worlds=64, episode_s=0.5) as batch:
        batch.reset(seed=0)
        actions = random_actions(batch, 1)[0]
        for _ in range(50):
            batch.step(actions)
        gc.collect()
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            for _ in range(500):
                batch.step(actions)
            gc.collect()
            grown = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
        # the interpreter itself keeps a few small objects
        assert grown < 4096


def test_the_process_does_not_grow_with_steps():
    def resident_kib():
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    with make_batch(num_worlds=256, episode_s=0.5) as batch:
        batch.reset(seed=0)
        actions = random_actions(batch, 1)[0]
        for _ in range(100):
            batch.step(actions)
        before = resident_kib()
        for _ in range(1000):
            batch.step(actions)
        # one page per step that leaked would be 4,000
        assert resident_kib() - before < 1024
