"""Random episodes through Gymnasium's own interface, with the returns of those that ended."""

import time

import gymnasium
import numpy as np

import volery  # noqa: F401 - registers the environments

env = gymnasium.make_vec("Volery/Waypoints-v0", num_envs=256, num_threads=2)
rng = np.random.default_rng(0)
obs, info = env.reset(seed=0)

returns = []
start = time.perf_counter()
num_steps = 300
for _ in range(num_steps):
    # the engine reads actions in place: float32 and C-contiguous
    actions = rng.uniform(-1, 1, env.action_space.shape).astype(np.float32)
    obs, reward, terminated, truncated, info = env.step(actions)
    if "episode" in info:
        # a mask says which environments an entry of info is about
        returns += info["episode"]["r"][info["_episode"]].tolist()
seconds = time.perf_counter() - start

print(f"{len(returns)} episodes, mean return {np.mean(returns):.2f}")
print(f"{num_steps * env.num_envs / seconds:,.0f} steps per second")
env.close()
