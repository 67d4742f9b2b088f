"""The task `hover` once more, in NumPy: the measure of what a Python task costs.

It starts, rewards and ends as `hover` does for one agent per world, but for the rounding of sums.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from volery.task import Metric, Task, option
from volery.task_driver import Scores, Start, State
from volery.task_registry import register_task

_RATES_SCALE_RADPS = np.float32(10)


@register_task("numpy_hover")
class NumpyHover(Task):
    """Start at a random pose and motion and hover at the goal, scored in NumPy."""

    terms = {
        "position": "nearness to the goal, 1 per second at it",
        "tilt": "cost of leaning away from level",
        "rates": "cost of turning",
        "effort": "cost of rotor speeds away from hover",
        "crash": "cost of beginning to touch anything",
    }
    metrics = {
        "position_error_m": "distance to the goal",
        "at_goal": "1 while within the success radius",
        "success": Metric("1 where the episode ended within the success radius", "last"),
        "crashes": Metric("times that the agent began to touch something", "sum"),
    }
    fields = {"goal_w_m": 3, "was_touching": 1}
    sensors = ("pose", "velocity", "rates", "goal")
    start = {"attitude_rad": 0.7, "velocity_mps": 0.5, "rates_radps": 2.0}
    baseline = "hover"
    headline = "success"
    bound = 1.0

    @dataclass(frozen=True)
    class Config:
        """Weights are rewards per second."""

        goal_w_m: tuple[float, ...] = option((0.0, 0.0, 1.0), unit="m", doc="where to hover")
        success_radius_m: float = option(0.1, unit="m", low=0, doc="nearer than this is there")
        position_scale_m: float = option(0.5, unit="m", low=1e-3, doc="at which it has halved")
        position_weight: float = option(1.0, unit="1/s", low=0, doc="at the goal")
        tilt_weight: float = option(0.1, unit="1/s", low=0, doc="upside down")
        rates_weight: float = option(0.1, unit="1/s", low=0, doc="at 10 rad/s and above")
        effort_weight: float = option(0.05, unit="1/s", low=0, doc="at 100 % off hover and beyond")
        crash_cost: float = option(5.0, low=0, doc="of beginning to touch anything")

    def reset(self, start: Start) -> None:
        """Gives everyone the goal."""
        start["goal_w_m"] = self.config.goal_w_m

    def score(self, state: State, scores: Scores) -> None:
        """Scores all agents at once."""
        c, step_s = self.config, np.float32(self.step_s)
        position, quat = state["position_w_m"], state["quat_wb_xyzw"]
        error_m = np.sqrt(((state["goal_w_m"] - position) ** 2).sum(axis=-1))
        turn = (state["omega_b_radps"] ** 2).sum(axis=-1) / _RATES_SCALE_RADPS**2
        effort = ((state["rotor_speed_radps"] / self.hover_speed_radps - 1) ** 2).mean(axis=-1)
        touching = (state["touch_static"] + state["touch_agent"]) > 0
        began = touching & (state["was_touching"] == 0)
        there = error_m < c.success_radius_m

        nearness = c.position_scale_m / (c.position_scale_m + error_m)
        scores["position"] = step_s * c.position_weight * nearness
        scores["tilt"] = -step_s * c.tilt_weight * (quat[..., 0] ** 2 + quat[..., 1] ** 2)
        scores["rates"] = -step_s * c.rates_weight * np.minimum(turn, 1)
        scores["effort"] = -step_s * c.effort_weight * np.minimum(effort, 1)
        scores["crash"] = -c.crash_cost * began
        scores["position_error_m"] = error_m
        scores["at_goal"] = scores["success"] = there
        scores["crashes"] = began
        scores.crashed = touching
        scores.truncated = self.outside_bounds(position)
        state["was_touching"] = touching
