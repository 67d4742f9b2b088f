"""Sets of output arrays, with the views of them that callers get."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from volery._volery import Layout, Outputs

Floats = NDArray[np.float32]
Observation = Floats | dict[str, Floats]


def group_views(layout: Layout, observation: Floats) -> dict[str, Floats]:
    """Returns the groups of an observation array as views of it.

    Args:
        layout: Says where each group stands.
        observation: (..., O) float32

    Returns:
        Per group an array (..., *group.shape) that shares the memory of `observation`.
    """
    lead = observation.shape[:-1]
    views = {}
    for group in layout.groups:
        part = observation[..., group.first : group.first + group.count]
        views[group.name] = part.reshape(*lead, *group.shape)
    return views


class BufferSet:
    """One set of arrays that a step writes, and the views of it in the batch's observation mode."""

    __slots__ = ("final_obs", "observation", "outputs", "results", "world_info")

    def __init__(self, layout: Layout, outputs: Outputs, as_dict: bool) -> None:
        def shown(array: Floats) -> Observation:
            return group_views(layout, array) if as_dict else array

        self.outputs = outputs
        self.observation: Observation = shown(outputs.observation)
        # what step() returns in front of info, made once: at W = 1 each attribute costs
        self.results = (self.observation, outputs.reward, outputs.terminated, outputs.truncated)
        self.world_info: dict[str, Any] = {
            "ended": outputs.ended,
            "all_terminated": outputs.all_terminated,
            "just_reset": outputs.just_reset,
            "status": outputs.status,
            "alive": outputs.alive,
        }
        self.final_obs: Observation | None = None
        if outputs.final_observation is not None:
            self.final_obs = shown(outputs.final_observation)
            self.world_info["final_obs"] = self.final_obs
        if outputs.reward_terms is not None:
            self.world_info["reward_terms"] = outputs.reward_terms
