"""One reward for a world of many agents."""

import numpy as np

from volery.buffers import Floats


def team_reward(reward: Floats) -> Floats:
    """Returns the mean over all agents of each world, dead ones counting as 0.

    A mean, not a sum, so that the scale does not depend on the number of agents.

    Args:
        reward: (W, A) float32

    Returns:
        (W,) float32, summed in double precision.
    """
    mean: Floats = reward.mean(axis=1, dtype=np.float64).astype(np.float32)
    return mean
