"""Quadcopters take up a formation in a room with obstacles, under the scripted baseline.

The baseline sees what a learner sees: its own observation, nothing else.
"""

import numpy as np

import volery

with volery.Batch("formation", num_worlds=8, num_agents=16, num_threads=2) as batch:
    policy = batch.baseline()
    names = [metric.name for metric in batch.layout.metrics]
    obs = batch.reset(seed=0)
    actions = np.empty((8, 16, batch.action_size), np.float32)
    while True:
        policy.act(obs, out=actions)
        obs, reward, terminated, truncated, info = batch.step(actions)
        if "episode" in info:
            break
    # the means over the agents of the worlds that ended first
    metrics = info["episode"]["metrics"].mean(axis=(0, 1))
    print(f"{len(info['episode']['worlds'])} worlds after {info['episode']['length'][0]} steps")
    for name, value in zip(names, metrics, strict=True):
        print(f"  {name:24} {value:8.3f}")
    print(f"  bodies near another      {batch.stats.near_share:8.1%}")
    print(f"  bodies touching          {batch.stats.touching_share:8.1%}")
