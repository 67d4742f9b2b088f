"""Every built-in task takes agents that join late, its baseline flying."""

import math

import numpy as np
import pytest

import volery
from volery import _volery

JOIN_S = 0.3


@pytest.mark.parametrize("task", [entry.name for entry in _volery.tasks()])
def test_the_last_agent_of_a_task_may_join_late(task):
    with volery.Batch(task) as usual:
        agents = max(2, usual.num_agents)
    join_s = [0.0] * (agents - 1) + [JOIN_S]
    with volery.Batch(task, 2, agents, join_s=join_s) as batch:
        observation = batch.reset(seed=1)
        policy = batch.baseline()
        first = math.ceil(JOIN_S * batch.config["agent_rate_hz"] - 1e-3)
        for step in range(1, 2 * first):
            assert not observation[:, -1].any() or step > first
            observation, reward, terminated, truncated, info = batch.step(policy.act(observation))
            assert np.isfinite(observation).all()
            assert np.isfinite(reward).all()
            assert not terminated.any()
            assert not truncated.any()
            assert (info["alive"][:, -1] == (step >= first)).all()
            if step <= first:
                assert not reward[:, -1].any()
        assert observation[:, -1].any()
        assert batch.stats.diverged_worlds == 0
