"""A batch as Gymnasium's VectorEnv."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from gymnasium import vector
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from volery import spaces
from volery.arguments import (
    ObservationMode,
    any_seed,
    autoreset_name,
    checked_choice,
    checked_count,
    checked_seed,
    seed_list,
)
from volery.batch import Batch
from volery.buffers import BufferSet, Floats, Observation
from volery.episodes import EpisodeReport, scattered
from volery.rendering import MODES, Picture, RenderConfig, Rendering, checked_mode
from volery.rendering import render_config as checked_config
from volery.rows import check_rows, split_rows
from volery.team import team_reward

Bools = NDArray[np.bool_]
Info = dict[str, Any]


class VectorEnv(vector.VectorEnv[Any, Floats, NDArray[Any]]):
    """Worlds, or the agents of worlds, as the environments of a Gymnasium vector environment.

    With one agent per world an environment is that agent. With more, `rows` decides:

    - "worlds": an environment is a world with Box (A, O) and Box (A, U). Its reward is the mean
      over all A agents, dead ones counting as 0; it terminates when every agent has terminated, and
      ends truncated where its agents ended in mixed ways.
    - "agents": an environment is an agent, and `num_envs` counts agents. All agents of a world are
      reset together, so configs in which an agent leaves early are refused; an agent that the task
      takes out early all the same (out of bounds) stays as a row of zeros, and its flag is
      reported when its world ends.

    `info["episode"]` of an ended environment holds `r` (return), `l` (length in steps), `terms`
    (sums of the reward terms) and `metrics`, in Gymnasium's format with masks; in "same_step" mode
    it stands in `info["final_info"]` beside `info["final_obs"]`, as Gymnasium has it. Wrappers that
    write an "episode" of their own need another `stats_key`. `info["status"]` appears where the
    simulator ended a world (see `volery.Status`). `info["randomized"]` tells what was drawn for the
    episodes that begin, where the config has `randomize`.

    Actions outside the space are clipped by the engine; actions that are not finite are refused.

    Args:
        task: Name of the task.
        num_envs: Number of environments: worlds, or with rows="agents" agents.
        num_agents: Agents per world A; the task's default where None.
        rows: "worlds" or "agents".
        autoreset: "next_step", "same_step", "disabled" or a `gymnasium.vector.AutoresetMode`.
        copy: Every call returns new arrays. Otherwise two sets of arrays take turns, and what a
            call returned is overwritten by the call after the next one.
        obs: "flat" for Box observations, "dict" for a Dict of the layout's groups.
        reward_terms: Report the terms of the reward in `info["reward_terms"]`.
        seed: Of the first reset without one; entropy of the system where None, as Gymnasium has it.
        render_mode: "rgb_array", "depth_array" or "segmentation": `render()` returns a tuple of
            pictures, one per environment; "human": a window of its own; None: nothing.
        render_config: A `volery.RenderConfig` or a mapping of its fields.
        **config: Any other field of the config.

    Raises:
        TypeError: For a value of the wrong type.
        ValueError: For an unknown name, a value out of range, or rows that would not end together.
    """

    # of the class, because `gymnasium.make` looks there
    metadata: dict[str, Any] = {"render_modes": list(MODES)}  # noqa: RUF012

    def __init__(
        self,
        task: str,
        num_envs: int = 1,
        *,
        num_agents: int | None = None,
        rows: Literal["worlds", "agents"] = "worlds",
        autoreset: str | enum.Enum = "next_step",
        copy: bool = True,
        obs: ObservationMode = "flat",
        reward_terms: bool = False,
        seed: int | None = None,
        render_mode: str | None = None,
        render_config: Mapping[str, Any] | RenderConfig | None = None,
        **config: Any,
    ) -> None:
        super().__init__()
        render_mode = checked_mode(render_mode)
        pictures = checked_config(render_config)
        checked_choice("rows", rows, ("worlds", "agents"))
        num_envs = checked_count("num_envs", num_envs)
        num_worlds = num_envs
        if rows == "agents":
            num_agents, num_worlds = split_rows(task, num_envs, num_agents, config)
        seed = any_seed() if seed is None else seed

        self.batch = Batch(
            task,
            num_worlds,
            num_agents,
            seed=seed,
            autoreset=autoreset,
            obs=obs,
            reward_terms=reward_terms,
            **config,
        )
        layout = self.batch.layout
        settings = self.batch.config
        if rows == "agents":
            check_rows(settings, layout.num_agents)

        self.num_envs = num_envs
        self.copy = bool(copy)
        # worlds of one agent are agents: no agent axis, no merging
        self._per_agent = rows == "agents" or layout.num_agents == 1
        self._holds_flags = self._per_agent and layout.num_agents > 1
        self._per_env = num_envs // layout.num_worlds  # environments per world
        self._same_step = settings["autoreset"] == "same_step"
        self._draws = bool(settings["randomize"])
        self._report = EpisodeReport(layout, merge_agents=not self._per_agent)
        self._held = np.zeros((2, layout.num_worlds, layout.num_agents), dtype=np.bool_)

        axis = None if self._per_agent else layout.num_agents
        self.single_action_space = spaces.action_space(layout, axis)
        self.single_observation_space = spaces.observation_space(layout, obs == "dict", axis)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.render_mode = render_mode
        self._rendering = Rendering(self.batch, render_mode, pictures, f"volery: {task}")
        self.metadata = {
            "autoreset_mode": vector.AutoresetMode[autoreset_name(autoreset).upper()],
            "render_modes": list(MODES),
            "render_fps": settings["agent_rate_hz"],
        }

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | NDArray[np.integer] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Any, Info]:
        """Starts new episodes.

        Args:
            seed: World i starts episode 0 of seed + i; or one seed per world, where None means
                that world's next episode. None: the next episode of each.
            options: `reset_mask` (num_envs,) bool: only these environments are reset.
                `state`: a snapshot of `batch.snapshot()` to continue from instead of a new episode.

        Returns:
            The observations of all environments; info holds `randomized` where numbers are drawn.

        Raises:
            TypeError: For a mask or seed of the wrong type.
            ValueError: For a mask of the wrong shape or without any True, an unknown option.
            RuntimeError: After close.
        """
        mask, state = self._options(options)
        seeds = seed_list(seed)
        if seed is not None and seeds is None:
            # Gymnasium's generator is nothing that the engine uses; wrappers expect it to follow
            seed = checked_seed("seed", seed)
            super().reset(seed=seed)
        buffers = self.batch.new_buffers() if self.copy else None
        if state is not None:
            worlds = None if mask is None else np.flatnonzero(mask).tolist()
            self.batch.restore(state, worlds)
            observation = self.batch.observe()
        elif seeds is not None and any(s is None for s in seeds):
            observation = self._reset_some_unseeded(seeds, mask, buffers)
        else:
            observation = self.batch.reset(seed, mask, out=buffers)  # type: ignore[arg-type]
        self._held[:, slice(None) if mask is None else mask] = False
        info: Info = {}
        if self._draws:
            every = np.ones(self.batch.num_worlds, dtype=np.bool_)
            self._add_drawn(info, every if mask is None else mask)
        self._rendering.show()
        return self._rows_of(observation), info

    def step(self, actions: Floats) -> tuple[Any, Floats, Bools, Bools, Info]:
        """Takes one agent step in every environment.

        Args:
            actions: An array (num_envs, ...) of the action space, float32, C-contiguous, finite;
                read in place, never written.

        Returns:
            Observations, rewards (num_envs,) float32, terminated and truncated (num_envs,) bool,
            and info as the class says.

        Raises:
            TypeError: Where actions is no array or not float32.
            ValueError: For another shape, strides or values that are not finite.
            RuntimeError: Before reset, after close, or with "disabled" where an ended environment
                was not reset.
        """
        actions = self._checked_actions(actions)
        buffers = self.batch.new_buffers() if self.copy else None
        observation, reward, terminated, truncated, events = self.batch.step(actions, out=buffers)
        ended = events["ended"]
        if self._holds_flags:
            terminated, truncated = self._hold_flags(terminated, truncated, ended)
        if self._per_agent:
            reward = reward.reshape(-1)
            terminated = terminated.reshape(-1)
            truncated = truncated.reshape(-1)
        else:
            reward = team_reward(reward)
            terminated = events["all_terminated"]
            truncated = ended & ~terminated
        info = self._info(events)
        self._rendering.show()
        return self._rows_of(observation), reward, terminated, truncated, info

    def render(self) -> tuple[Picture, ...] | None:  # type: ignore[override]
        """Returns a picture of each environment's world, as `render_mode` asks for.

        (height, width, 3) uint8 for "rgb_array", (height, width) float32 of meters for
        "depth_array", (height, width) int32 for "segmentation" (see `volery.Painter`). None without
        a mode, and for "human", whose window shows every step by itself.

        Raises:
            RuntimeError: Before the first reset, after close, or where there is no OpenGL.
        """
        worlds = self._rendering.pictures(range(self.batch.num_worlds))
        if worlds is None:
            return None
        return tuple(picture for picture in worlds for _ in range(self._per_env))

    def close_extras(self, **kwargs: Any) -> None:
        """Closes the batch, where there is one: Gymnasium also closes what was refused halfway."""
        if hasattr(self, "_rendering"):
            self._rendering.close()
        if hasattr(self, "batch"):
            self.batch.close()

    # --- reset ------------------------------------------------------------------------------

    def _options(self, options: Mapping[str, Any] | None) -> tuple[Bools | None, bytes | None]:
        options = options or {}
        for name in options:
            if name not in ("reset_mask", "state"):
                raise ValueError(f"options[{name!r}]: no such option; there are reset_mask, state")
        mask = options.get("reset_mask")
        return (None if mask is None else self._world_mask(mask)), options.get("state")

    def _world_mask(self, mask: object) -> Bools:
        name = "options['reset_mask']"
        if not isinstance(mask, np.ndarray):
            raise TypeError(f"{name}: must be a numpy.ndarray, not {type(mask).__name__}")
        if mask.dtype != np.bool_:
            raise TypeError(f"{name}: dtype must be bool, not {mask.dtype}")
        if mask.shape != (self.num_envs,):
            raise ValueError(f"{name}: shape must be ({self.num_envs},), not {mask.shape}")
        if not mask.any():
            raise ValueError(f"{name}: at least one entry must be True")
        by_world = mask.reshape(-1, self._per_env)
        worlds = np.asarray(by_world.any(axis=1))
        if (by_world.all(axis=1) != worlds).any():
            raise ValueError(f"{name}: agents of one world must be reset together")
        return worlds

    def _reset_some_unseeded(
        self,
        seeds: list[int | None],
        mask: Bools | None,
        buffers: BufferSet | None,
    ) -> Observation:
        if len(seeds) != self.batch.num_worlds:
            raise ValueError(f"seed: {len(seeds)} seeds given, must be {self.batch.num_worlds}")
        unseeded = np.array([s is None for s in seeds], dtype=np.bool_)
        wanted = np.ones(len(seeds), dtype=np.bool_) if mask is None else mask
        filled = [0 if s is None else s for s in seeds]
        self.batch.reset(filled, wanted & ~unseeded, out=buffers)
        return self.batch.reset(None, wanted & unseeded, out=buffers)

    # --- step -------------------------------------------------------------------------------

    def _checked_actions(self, actions: object) -> Floats:
        if not isinstance(actions, np.ndarray):
            raise TypeError(f"actions: must be a numpy.ndarray, not {type(actions).__name__}")
        if actions.shape != self.action_space.shape:
            raise ValueError(
                f"actions: shape must be {self.action_space.shape}, not {actions.shape}"
            )
        if not self._per_agent:
            return actions
        # splitting the first axis is a view whatever the strides are, and those the engine checks
        return actions.reshape(self.batch.num_worlds, self.batch.num_agents, -1)

    def _rows_of(self, observation: Observation) -> Any:
        if not self._per_agent:
            return observation
        if isinstance(observation, dict):
            return {k: v.reshape(-1, *v.shape[2:]) for k, v in observation.items()}
        return observation.reshape(-1, observation.shape[2])

    def _hold_flags(self, terminated: Bools, truncated: Bools, ended: Bools) -> tuple[Bools, Bools]:
        """Keeps the flags of agents that left early until their world ends."""
        self._held[0] |= terminated
        self._held[1] |= truncated
        due = self._held & ended[:, None]
        self._held[:, ended] = False
        return due[0], due[1]

    def _info(self, events: Info) -> Info:
        info: Info = {}
        episodes = events.get("episode")
        final: Info = {} if self._same_step and episodes is not None else info
        if episodes is not None:
            rows = self._report.rows(episodes["worlds"])
            self._add(final, "episode", self._report.values(episodes), rows)
        if events["status"].any():
            self._add_status(info, final, events)
        if "reward_terms" in events:
            self._add_terms(info, final, events)
        if self._draws:
            begun = events["ended"] if self._same_step else events["just_reset"]
            if begun.any():
                self._add_drawn(info, begun)
        if final is not info:
            mask = self._env_mask(events["ended"])
            info["final_obs"] = self._final_obs(events["final_obs"], rows)
            info["_final_obs"] = mask
            info["final_info"] = final
            info["_final_info"] = mask.copy()
        return info

    def _env_mask(self, worlds: Bools) -> Bools:
        return np.repeat(worlds, self._per_env)

    def _add(self, info: Info, key: str, values: Any, rows: NDArray[np.int64]) -> None:
        if rows.size:
            info.update(scattered({key: values}, rows, self.num_envs))

    def _add_status(self, info: Info, final: Info, events: Info) -> None:
        status = np.repeat(events["status"].astype(np.int64), self._per_env)
        ended = self._env_mask(events["ended"])
        flagged = status != 0
        for target, mask in ((final, flagged & ended), (info, flagged & ~ended)):
            self._add(target, "status", status[mask], np.flatnonzero(mask))

    def _add_drawn(self, info: Info, worlds: Bools) -> None:
        """What was drawn for the episodes that the worlds have begun."""
        rows = np.flatnonzero(self._env_mask(worlds))
        drawn = self.batch.randomized()
        values = {k: (v.reshape(-1) if self._per_agent else v)[rows] for k, v in drawn.items()}
        self._add(info, "randomized", values, rows)

    def _add_terms(self, info: Info, final: Info, events: Info) -> None:
        terms = events["reward_terms"]
        if self._per_agent:
            values = terms.reshape(self.num_envs, terms.shape[2]).astype(np.float64)
        else:
            values = terms.mean(axis=1, dtype=np.float64)
        stepped = ~self._env_mask(events["just_reset"])
        ended = self._env_mask(events["ended"])
        names = [t.name for t in self.batch.layout.reward_terms]
        # environments that ended report to `final`; where that is `info` itself, all do at once
        parts = [(info, stepped)] if final is info else [(info, ~ended), (final, ended)]
        for target, mask in parts:
            rows = np.flatnonzero(mask)
            named = {name: values[rows, i] for i, name in enumerate(names)}
            self._add(target, "reward_terms", named, rows)

    def _final_obs(self, observation: Observation, rows: NDArray[np.int64]) -> NDArray[Any]:
        every = self._rows_of(observation)
        final = np.full(self.num_envs, None, dtype=object)
        for row in rows.tolist():
            if isinstance(every, dict):
                final[row] = {key: value[row].copy() for key, value in every.items()}
            else:
                final[row] = every[row].copy()
        return final
