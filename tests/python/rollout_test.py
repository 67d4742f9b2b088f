"""Batch.rollout: many futures of one world, which stays as it is."""

import numpy as np
import pytest

import volery
from volery.tasks import numpy_hover

assert numpy_hover.NumpyHover  # importing it has registered the task

NOISY = {
    "flight": {"battery": True},
    "wind": {"turbulence": "light"},
    "sensors": ["pose", "imu", "goal"],
    "randomize": [{"field": "vehicle.mass_kg", "how": "scale", "range": [0.9, 1.1]}],
}
TASKS = {
    "hover": {},
    "formation": {"num_agents": 3, "on_crash": "terminate_agent"},
    "numpy_hover": {},
    "hover with noise": NOISY,
}


def make(name, **changes):
    return volery.Batch(name.split()[0], **{"num_worlds": 3, **TASKS[name], **changes})


def plan(batch, steps, branches, seed=0, spread=1.0):
    shape = (steps, branches, batch.num_agents, batch.action_size)
    draw = np.random.default_rng(seed).uniform(-spread, spread, shape)
    return draw.astype(np.float32)


def begin(batch, steps=5):
    batch.reset(seed=3)
    for actions in plan(batch, steps, batch.num_worlds, seed=9, spread=0.1):
        batch.step(actions)


@pytest.mark.parametrize("name", TASKS)
def test_a_branch_is_what_the_world_itself_does_under_these_actions(name):
    with make(name) as batch:
        begin(batch)
        snapshot, hashed = batch.snapshot([1]), batch.state_hash()
        actions = plan(batch, 40, 6)
        record = ["observation", "reward", "terminated", "truncated", "position_w_m"]
        played = batch.rollout(snapshot, actions, record)
        assert batch.state_hash() == hashed
        assert played["observation"].shape == (40, 6, batch.num_agents, batch.observation_size)
        for branch in range(6):
            batch.restore(snapshot, [1])
            for t in range(40):
                step = np.zeros((3, *actions.shape[2:]), np.float32)
                step[1] = actions[t, branch]
                obs, reward, terminated, truncated, info = batch.step(step)
                assert played["alive"][t, branch]
                assert np.array_equal(played["observation"][t, branch], obs[1])
                assert np.array_equal(played["reward"][t, branch], reward[1])
                assert np.array_equal(played["terminated"][t, branch], terminated[1])
                assert np.array_equal(played["truncated"][t, branch], truncated[1])
                assert np.array_equal(
                    played["position_w_m"][t, branch], batch.state("position_w_m")[1]
                )
                if info["ended"][1]:
                    assert not played["alive"][t + 1 :, branch].any()
                    break


def test_after_its_end_a_branch_is_worth_nothing_and_stands_still():
    with make("hover", num_worlds=1) as batch:
        batch.reset(seed=0)
        falling = np.full((120, 4, 1, 4), -1, np.float32)
        falling[:, 0] = 0.9  # out of the top or on: another end
        played = batch.rollout(
            batch.snapshot([0]), falling, ["reward", "observation", "position_w_m"]
        )
        alive = played["alive"]
        assert alive[0].all()
        assert not alive[-1].any()
        assert (played["reward"][~alive] == 0).all()
        assert (played["observation"][~alive] == 0).all()
        last = int(alive[:, 1].sum()) - 1
        assert (played["position_w_m"][last:, 1] == played["position_w_m"][last, 1]).all()
        assert (played["reward"][last, 1:] < -4).all()  # the crash itself is reported


def test_rewards_come_in_terms_and_the_branches_are_kept():
    with make("hover") as batch:
        begin(batch)
        actions = plan(batch, 4, 5)
        played = batch.rollout(batch.snapshot([0]), actions, ["reward", "reward_terms"])
        assert np.allclose(played["reward_terms"].sum(axis=-1), played["reward"], atol=1e-6)
        kept = batch._branches
        batch.rollout(batch.snapshot([2]), actions, ["reward_terms"])
        assert batch._branches is kept
        batch.rollout(batch.snapshot([2]), actions[:, :2].copy())
        assert kept.closed
        assert batch._branches.num_worlds == 2
    assert batch._branches.closed


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_change_nothing(threads):
    with make("formation", num_threads=threads) as batch, make("formation") as alone:
        begin(batch)
        begin(alone)
        actions = plan(batch, 10, 40)
        ours = batch.rollout(batch.snapshot([0]), actions)
        assert np.array_equal(ours["reward"], alone.rollout(alone.snapshot([0]), actions)["reward"])


def test_set_config_of_the_world_holds_in_its_branches():
    with make("hover", num_worlds=1) as batch:
        batch.set_config(None, {"episode_s": 0.2})
        batch.reset(seed=0)
        played = batch.rollout(batch.snapshot([0]), plan(batch, 10, 2, spread=0.01))
        assert played["truncated"][5].all()
        assert not played["alive"][6:].any()


@pytest.mark.parametrize(
    ("changes", "error", "text"),
    [
        ({"actions": [[0.0]]}, TypeError, "numpy.ndarray"),
        ({"actions": np.zeros((2, 2, 1, 4))}, TypeError, "float32"),
        ({"actions": np.zeros((2, 1, 4), np.float32)}, ValueError, r"\(T, B, 1, 4\)"),
        ({"actions": np.zeros((0, 2, 1, 4), np.float32)}, ValueError, "at least 1"),
        ({"actions": np.zeros((2, 2, 1, 8), np.float32)[..., ::2]}, ValueError, "contiguous"),
        ({"actions": np.full((2, 2, 1, 4), np.nan, np.float32)}, ValueError, "finite"),
        ({"record": ["rewards"]}, ValueError, "reward"),
        ({"record": "reward"}, TypeError, "list"),
        ({"snapshot": b"nonsense, but long enough"}, ValueError, "snapshot"),
        ({"snapshot": 3}, TypeError, "bytes"),
        ({"snapshot": None}, ValueError, "must hold one"),
    ],
)
def test_bad_arguments_are_refused_and_nothing_changes(changes, error, text):
    with make("hover") as batch:
        begin(batch)
        hashed = batch.state_hash()
        given = {"snapshot": batch.snapshot([0]), "actions": np.zeros((2, 2, 1, 4), np.float32)}
        given.update(changes)
        if given["snapshot"] is None:
            given["snapshot"] = batch.snapshot()
        with pytest.raises(error, match=text):
            batch.rollout(**given)
        assert batch.state_hash() == hashed


def test_a_closed_batch_plans_nothing():
    batch = make("hover")
    begin(batch)
    snapshot = batch.snapshot([0])
    batch.close()
    with pytest.raises(RuntimeError, match="closed"):
        batch.rollout(snapshot, np.zeros((2, 2, 1, 4), np.float32))
