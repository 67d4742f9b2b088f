"""Rovers drive in circles and a quadcopter follows above each: two kinds of bodies, one config.

Both take the level `velocity`, so that one array of actions serves all; rovers steer to follow.
"""

import numpy as np

import volery

HEIGHT_M = 0.6
DRONES, ROVERS = slice(0, None, 2), slice(1, None, 2)  # agents take the types in turn

with volery.Batch(
    "hover",
    num_worlds=4,
    num_agents=6,
    vehicle=["cf2x", "rover"],
    action="velocity",
    on_crash="continue",
    episode_s=60,
) as batch:
    batch.reset(seed=0)
    actions = np.zeros((4, 6, batch.action_size), np.float32)
    for step in range(450):
        position = batch.state("position_w_m")
        velocity = batch.state("velocity_w_mps")
        heading = 0.5 * step / batch.config["agent_rate_hz"]
        actions[:, ROVERS, 0] = 0.8 * np.cos(heading)
        actions[:, ROVERS, 1] = 0.8 * np.sin(heading)
        gap = position[:, ROVERS] + [0, 0, HEIGHT_M] - position[:, DRONES]
        wish_mps = 1.5 * gap + velocity[:, ROVERS]
        actions[:, DRONES, :3] = np.clip(wish_mps / 2, -1, 1)  # 1 is 2 m/s for a cf2x
        batch.step(actions)
    print(f"drones are {1e3 * np.linalg.norm(gap, axis=-1).max():.0f} mm from their places")
    print(f"rovers drive at {np.linalg.norm(velocity[:, ROVERS], axis=-1).mean():.2f} m/s")
