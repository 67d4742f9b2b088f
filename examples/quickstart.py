"""A thousand quadcopters, each in a world of its own, under random actions."""

import volery

env = volery.make_vec("Hover-v0", num_envs=1000)
obs, info = env.reset(seed=0)
for _ in range(100):
    obs, reward, terminated, truncated, info = env.step(env.action_space.sample())
print(f"observations {obs.shape}, mean reward {reward.mean():.3f}")
env.close()
