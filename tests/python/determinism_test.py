"""Same seed, same bits, through the Python interface."""

import os
import subprocess
import sys

import numpy as np
import pytest

import volery
from volery import _volery

CASES = {
    "hover": {"task": "hover", "num_worlds": 37, "episode_s": 1.0},
    "waypoints": {"task": "waypoints", "num_worlds": 20, "episode_s": 1.0},
    "formation": {"task": "formation", "num_worlds": 5, "num_agents": 8, "episode_s": 2.0},
    "big world": {"task": "formation", "num_worlds": 1, "num_agents": 64, "episode_s": 2.0},
}
NUM_STEPS = 120


def actions_of(batch, num_steps=NUM_STEPS, seed=0):
    # the same for every world, so that world i of N and the world alone get the same
    shape = (num_steps, 1, batch.num_agents, batch.action_size)
    draws = np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)
    return np.ascontiguousarray(draws.repeat(batch.num_worlds, axis=1))


def run(batch, num_steps=NUM_STEPS, seed=5):
    """Returns the state hash after every step, and the last observation."""
    batch.reset(seed=seed)
    hashes = [batch.state_hash()]
    for actions in actions_of(batch, num_steps):
        obs = batch.step(actions)[0]
        hashes.append(batch.state_hash())
    return hashes, obs.copy()


def assert_equal_runs(config, **changes):
    with volery.Batch(**config) as one, volery.Batch(**{**config, **changes}) as other:
        hashes, obs = run(one)
        other_hashes, other_obs = run(other)
    first = next(
        (i for i, (a, b) in enumerate(zip(hashes, other_hashes, strict=True)) if a != b), None
    )
    assert first is None, f"states differ after step {first}"
    assert len(set(hashes)) == len(hashes), "the state does not change"
    assert np.array_equal(obs, other_obs)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("num_threads", [2, 4])
def test_threads_change_nothing(case, num_threads):
    assert_equal_runs(CASES[case], num_threads=num_threads)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("slab_agents", [1, 16, 48])
def test_slab_sizes_change_nothing(case, slab_agents):
    assert_equal_runs(CASES[case], slab_agents=slab_agents, num_threads=2)


@pytest.mark.parametrize("case", CASES)
def test_culling_changes_nothing(case):
    assert_equal_runs(CASES[case], contacts="all")


@pytest.mark.parametrize("case", CASES)
def test_worlds_equal_the_same_world_alone(case):
    config = CASES[case]
    with volery.Batch(**config) as batch:
        run(batch)
        for world in {0, config["num_worlds"] // 2, config["num_worlds"] - 1}:
            with volery.Batch(**{**config, "num_worlds": 1}) as alone:
                run(alone, seed=5 + world)
                assert alone.state_hash(world=0) == batch.state_hash(world=world)


def test_one_batch_of_64_equals_64_batches_of_one():
    config = {"task": "hover", "episode_s": 1.0}
    with volery.Batch(**config, num_worlds=64) as batch:
        batch.reset(seed=9)
        actions = np.random.default_rng(1).uniform(-1, 1, (60, 64, 1, 4)).astype(np.float32)
        rewards = np.array([batch.step(a)[1].copy() for a in actions])
        for world in range(64):
            with volery.Batch(**config) as alone:
                alone.reset(seed=9 + world)
                mine = actions[:, world : world + 1]
                alone_rewards = np.array(
                    [alone.step(np.ascontiguousarray(a))[1].copy() for a in mine]
                )
                assert np.array_equal(alone_rewards[:, 0], rewards[:, world])
                assert alone.state_hash(world=0) == batch.state_hash(world=world)


@pytest.mark.parametrize("case", CASES)
def test_a_snapshot_in_the_middle_changes_nothing(case):
    config = CASES[case]
    with volery.Batch(**config) as batch, volery.Batch(**config, num_threads=2) as other:
        batch.reset(seed=5)
        actions = actions_of(batch)
        for step_actions in actions[:40]:
            batch.step(step_actions)
        snapshot = batch.snapshot()
        other.restore(snapshot)
        assert other.state_hash() == batch.state_hash()
        assert np.array_equal(other.observe(), batch.observe())
        for step_actions in actions[40:]:
            ours, theirs = batch.step(step_actions), other.step(step_actions)
            assert all(np.array_equal(a, b) for a, b in zip(ours[:4], theirs[:4], strict=True))
            assert other.state_hash() == batch.state_hash()
        batch.restore(snapshot)
        assert batch.snapshot() == snapshot


def test_worlds_of_a_snapshot_go_anywhere():
    with volery.Batch("hover", 6) as source, volery.Batch("hover", 3) as target:
        source.reset(seed=1)
        target.reset(seed=50)
        kept = target.state_hash(world=1)
        target.restore(source.snapshot(worlds=[1, 5]), worlds=[2, 0])
        assert target.state_hash(world=2) == source.state_hash(world=1)
        assert target.state_hash(world=0) == source.state_hash(world=5)
        assert target.state_hash(world=1) == kept


ISA_SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
import determinism_test as t, volery
from volery import _volery
print(_volery.active_isa(), *(t.run(volery.Batch(**c), 60)[0][-1] for c in t.CASES.values()))
"""


def test_instruction_sets_change_nothing():
    results = {}
    for isa in _volery.available_isas():
        done = subprocess.run(
            [sys.executable, "-c", ISA_SCRIPT, os.path.dirname(__file__)],
            env={**os.environ, "VOLERY_ISA": isa},
            capture_output=True,
            text=True,
            check=True,
        )
        active, *hashes = done.stdout.split()
        assert active == isa
        results[isa] = hashes
    assert {"sse4", "avx2"} & set(results)
    assert len({tuple(hashes) for hashes in results.values()}) == 1, results


def test_an_unknown_instruction_set_is_refused():
    done = subprocess.run(
        [sys.executable, "-c", "import volery; volery.Batch('hover')"],
        env={**os.environ, "VOLERY_ISA": "mmx"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "VOLERY_ISA" in done.stderr
    assert "avx2" in done.stderr


@pytest.mark.parametrize("autoreset", ["next_step", "same_step"])
def test_a_runaway_world_is_flagged_truncated_and_reset_alone(autoreset):
    config = {"task": "hover", "num_worlds": 40, "autoreset": autoreset, "max_speed_mps": 50.0}
    with volery.Batch(**config) as batch, volery.Batch(**config) as twin:
        batch.reset(seed=2)
        twin.reset(seed=2)
        bad, rest = 17, [w for w in range(40) if w != 17]
        batch.set_state(bad, {"velocity_w_mps": [[1e6, 0, 0]]})
        actions = actions_of(batch, 20)
        for step, step_actions in enumerate(actions):
            ours, theirs = batch.step(step_actions), twin.step(step_actions)
            for a, b in zip(ours[:4], theirs[:4], strict=True):
                assert np.array_equal(a[rest], b[rest])
            assert np.isfinite(ours[0]).all()
            if step == 0:
                assert ours[4]["status"][bad] == volery.Status.DIVERGED
                assert batch.status[bad] == volery.Status.DIVERGED
                assert ours[3][bad].all()
                assert not ours[2][bad].any()
                assert ours[4]["ended"].tolist() == [w == bad for w in range(40)]
            if step == 1:
                assert ours[4]["status"][bad] == volery.Status.OK
                assert ours[4]["just_reset"][bad] == (autoreset == "next_step")
        assert batch.stats.diverged_worlds == 1
        assert [batch.state_hash(world=w) for w in rest] == [twin.state_hash(world=w) for w in rest]
