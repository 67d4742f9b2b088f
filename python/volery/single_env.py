"""A batch of one world as Gymnasium's Env."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium
import numpy as np

from volery import spaces
from volery.arguments import ObservationMode, checked_seed
from volery.buffers import Floats, Observation
from volery.episodes import EpisodeReport, first_entry
from volery.rendering import MODES, RenderConfig, Rendering, checked_mode
from volery.rendering import render_config as checked_config
from volery.single_world import batch_of_one
from volery.team import team_reward


class Env(gymnasium.Env[Any, Any]):
    """One world as a Gymnasium environment.

    With one agent, spaces are Box (O,) and Box (U,). With A > 1 agents the environment is the whole
    world: Box (A, O) and Box (A, U), the reward is the mean over all agents (dead ones count as
    0), the episode terminates when every agent has terminated, and ends truncated where they ended
    in mixed ways. `VectorEnv` is this class many times over, bit for bit.

    `info["episode"]` of the last step holds `r`, `l`, `terms` and `metrics`; `info["status"]`
    appears where the simulator ended the episode (see `volery.Status`).

    Args:
        task: Name of the task.
        obs: "flat" for Box observations, "dict" for a Dict of the layout's groups.
        reward_terms: Report the terms of the reward in `info["reward_terms"]`.
        seed: Of the first reset without one; entropy of the system where None, as Gymnasium has it.
        render_mode: "rgb_array", "depth_array" or "segmentation": `render()` returns a picture;
            "human": a window of its own; None: nothing.
        render_config: A `volery.RenderConfig` or a mapping of its fields.
        **config: Any other field of the config, `num_agents` among them.

    Raises:
        TypeError: For a value of the wrong type.
        ValueError: For an unknown name or a value out of range.
    """

    # of the class, because `gymnasium.make` looks there
    metadata: dict[str, Any] = {"render_modes": list(MODES)}  # noqa: RUF012

    def __init__(
        self,
        task: str,
        *,
        obs: ObservationMode = "flat",
        reward_terms: bool = False,
        seed: int | None = None,
        render_mode: str | None = None,
        render_config: Mapping[str, Any] | RenderConfig | None = None,
        **config: Any,
    ) -> None:
        render_mode = checked_mode(render_mode)
        pictures = checked_config(render_config)
        self.batch = batch_of_one(
            task,
            "a single environment has none; see volery.VectorEnv",
            obs=obs,
            reward_terms=reward_terms,
            seed=seed,
            **config,
        )
        layout = self.batch.layout
        axis = None if layout.num_agents == 1 else layout.num_agents
        self.action_space = spaces.action_space(layout, axis)
        self.observation_space = spaces.observation_space(layout, obs == "dict", axis)
        self.metadata = {
            "render_modes": list(MODES),
            "render_fps": self.batch.config["agent_rate_hz"],
        }
        self.render_mode = render_mode
        self._rendering = Rendering(self.batch, render_mode, pictures, f"volery: {task}")
        self._is_team = axis is not None
        self._report = EpisodeReport(layout, merge_agents=True)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Starts an episode: episode 0 of the seed, or without one the next.

        Args:
            seed: Of the world.
            options: `state`: a snapshot of `batch.snapshot()` to continue from instead.

        Returns:
            The observation; info holds `randomized`, what was drawn for the episode, if anything.

        Raises:
            TypeError: For a seed that is no integer.
            ValueError: For a seed out of range or an unknown option.
            RuntimeError: After close.
        """
        seed = None if seed is None else checked_seed("seed", seed)
        super().reset(seed=seed)
        options = options or {}
        for name in options:
            if name != "state":
                raise ValueError(f"options[{name!r}]: no such option; there is state")
        if "state" in options:
            self.batch.restore(options["state"])
            observation = self.batch.observe()
        else:
            observation = self.batch.reset(seed, out=self.batch.new_buffers())
        self._rendering.show()
        return self._first(observation), self._drawn()

    def step(self, action: Floats) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Takes one agent step.

        Args:
            action: (U,) or (A, U), converted to float32 where it is something else.

        Returns:
            Observation, reward, terminated, truncated and info as the class says.

        Raises:
            ValueError: For a wrong shape or values that are not finite.
            RuntimeError: Before reset, after close or after the episode has ended.
        """
        action = np.ascontiguousarray(action, dtype=np.float32)
        if action.shape != self.action_space.shape:
            raise ValueError(f"action: shape must be {self.action_space.shape}, not {action.shape}")
        rows = action.reshape(1, self.batch.num_agents, self.batch.action_size)
        # new arrays in each step, because Gymnasium's users keep what they got
        result = self.batch.step(rows, out=self.batch.new_buffers())
        observation, reward, terminated, truncated, events = result
        if self._is_team:
            all_terminated = bool(events["all_terminated"][0])
            reward = team_reward(reward)
            flags = all_terminated, bool(events["ended"][0]) and not all_terminated
        else:
            reward = reward[0]
            flags = bool(terminated[0, 0]), bool(truncated[0, 0])
        self._rendering.show()
        return self._first(observation), float(reward[0]), *flags, self._info(events)

    def render(self) -> Any:
        """Returns a picture as `render_mode` asks for.

        (height, width, 3) uint8 for "rgb_array", (height, width) float32 of meters for
        "depth_array", (height, width) int32 for "segmentation" (see `volery.Painter`). None without
        a mode, and for "human", whose window shows every step by itself.

        Raises:
            RuntimeError: Before the first reset, after close, or where there is no OpenGL.
        """
        pictures = self._rendering.pictures([0])
        return None if pictures is None else pictures[0]

    def close(self) -> None:
        """Closes the batch; a second call does nothing."""
        self._rendering.close()
        self.batch.close()

    def _first(self, observation: Observation) -> Any:
        if isinstance(observation, dict):
            return {key: self._first(value) for key, value in observation.items()}
        return observation[0] if self._is_team else observation[0, 0]

    def _drawn(self) -> dict[str, Any]:
        drawn = self.batch.randomized()
        if not drawn:
            return {}
        pick = (lambda v: v[0]) if self._is_team else (lambda v: float(v[0, 0]))
        return {"randomized": {name: pick(values) for name, values in drawn.items()}}

    def _info(self, events: dict[str, Any]) -> dict[str, Any]:
        info: dict[str, Any] = {}
        if "episode" in events:
            info["episode"] = first_entry(self._report.values(events["episode"]))
        if events["status"][0]:
            info["status"] = int(events["status"][0])
        if "reward_terms" in events:
            names = [t.name for t in self.batch.layout.reward_terms]
            values = events["reward_terms"].mean(axis=1, dtype=np.float64)[0]
            info["reward_terms"] = dict(zip(names, values.tolist(), strict=True))
        return info
