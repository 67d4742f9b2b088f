"""gym-pybullet-drones' environments, many at a time, as Gymnasium's VectorEnv."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np
from gymnasium import vector
from gymnasium.vector.utils import batch_space
from numpy.typing import ArrayLike, NDArray

from volery import _volery
from volery.arguments import autoreset_name, checked_count, checked_seed, seed_list
from volery.compat.gpd_single_env import action_space, engine_config, observation_space
from volery.episodes import scattered
from volery.gpd_registration import NO_PICTURES

Bools = NDArray[np.bool_]
Info = dict[str, Any]


class GpdVectorEnv(vector.VectorEnv[NDArray[Any], Any, NDArray[Any]]):
    """Worlds of gym-pybullet-drones as the environments of a Gymnasium vector environment.

    Each is a `GpdEnv`, number for number. Observations (N, A, O), actions (N, A, U), rewards (N,)
    float64. `info["episode"]` of an ended environment holds `r` and `l`, with masks; in "same_step"
    mode it stands in `info["final_info"]` beside `info["final_obs"]`.

    Args:
        task: "hover", "multi_hover", "ctrl" or "velocity".
        num_envs: Number of worlds.
        num_agents: Drones per world; the original's default where None.
        action: As for `GpdEnv`.
        autoreset: "next_step", "same_step", "disabled" or a `gymnasium.vector.AutoresetMode`.
        num_threads: Workers; 0 is one per core. Changes no result.
        copy: Every call returns new arrays. Otherwise two sets take turns.
        rows: Must be "worlds": one reward and one end for all drones of a world.
        obs: Must be "flat".
        initial_xyzs: (A, 3) m.
        initial_rpys: (A, 3) rad.
        render_mode: Must be None.
        **config: As for `GpdEnv`.

    Raises:
        TypeError: For a value of the wrong type.
        ValueError: For an unknown name or a value out of range.
        MemoryError: For sizes that do not fit the machine.
    """

    def __init__(
        self,
        task: str,
        num_envs: int = 1,
        *,
        num_agents: int | None = None,
        action: str = "",
        autoreset: str | enum.Enum = "next_step",
        num_threads: int = 1,
        copy: bool = True,
        rows: str = "worlds",
        obs: str = "flat",
        initial_xyzs: ArrayLike | None = None,
        initial_rpys: ArrayLike | None = None,
        render_mode: None = None,
        **config: Any,
    ) -> None:
        super().__init__()
        if render_mode is not None:
            raise ValueError(f"render_mode = {render_mode!r}: must be None; {NO_PICTURES}")
        for name, value, only in (("rows", rows, "worlds"), ("obs", obs, "flat")):
            if value != only:
                raise ValueError(f"{name} = {value!r}: must be {only!r}")
        self.num_envs = checked_count("num_envs", num_envs)
        mode = autoreset_name(autoreset)
        values = engine_config(task, num_agents, action, initial_xyzs, initial_rpys, config)
        values |= {"num_worlds": self.num_envs, "autoreset": mode, "num_threads": num_threads}
        self.engine = _volery.GpdBatch(values)
        self.copy = bool(copy)
        self._same_step = mode == "same_step"
        self._sets = (self._new_set(), self._new_set())
        self.single_action_space = action_space(self.engine)
        self.single_observation_space = observation_space(self.engine)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.render_mode = None
        self.metadata = {
            "autoreset_mode": vector.AutoresetMode[mode.upper()],
            "render_modes": [],
            "render_fps": self.engine.config["control_rate_hz"],
        }
        self._shape = (self.num_envs, self.engine.num_agents, self.engine.action_size)

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | NDArray[np.integer] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[NDArray[Any], Info]:
        """Starts new episodes.

        Args:
            seed: Any seed makes an environment as new (PIDs and action buffers too); nothing is
                random. One seed, or one per environment with None for those that are not.
            options: `reset_mask` (num_envs,) bool: only these environments are reset.

        Returns:
            The observations of all environments, and an empty info.

        Raises:
            TypeError: For a mask or seed of the wrong type.
            ValueError: For a mask of the wrong shape or without any True, an unknown option.
        """
        mask = self._mask(options)
        fresh = self._fresh(seed)
        out = self._next_set()
        for is_fresh in (True, False):
            chosen = np.ascontiguousarray(mask & (fresh == is_fresh))
            if chosen.any():
                self.engine.reset(chosen, is_fresh, out)
        return out.observation, {}

    def step(self, actions: Any) -> tuple[NDArray[Any], NDArray[Any], Bools, Bools, Info]:
        """Takes one control step in every environment.

        Args:
            actions: (num_envs, A, U), taken as they are: only task "ctrl" clips.

        Returns:
            Observations, rewards (num_envs,) float64, terminated and truncated (num_envs,) bool,
            and info as the class says.

        Raises:
            ValueError: For a wrong shape or values that are not finite.
            RuntimeError: Before reset, or with "disabled" where an ended environment was not reset.
        """
        rows = np.ascontiguousarray(actions, dtype=np.float64)
        if rows.shape != self._shape:
            raise ValueError(f"actions: shape must be {self._shape}, not {rows.shape}")
        out = self._next_set()
        self.engine.step(rows, out)
        info = self._info(out) if out.num_ended else {}
        return out.observation, out.reward, out.terminated, out.truncated, info

    def render(self) -> NoReturn:
        """Raises NotImplementedError: there are no pictures."""
        raise NotImplementedError(f"render: {NO_PICTURES}")

    @property
    def batch(self) -> NoReturn:
        """Raises AttributeError: what records and draws Volery's own environments is not here."""
        raise AttributeError(f"batch: {NO_PICTURES}")

    def _new_set(self) -> _volery.GpdOutputs:
        return self.engine.make_outputs(self._same_step)

    def _next_set(self) -> _volery.GpdOutputs:
        if self.copy:
            return self._new_set()
        self._sets = self._sets[::-1]
        return self._sets[0]

    def _mask(self, options: dict[str, Any] | None) -> Bools:
        options = options or {}
        for name in options:
            if name != "reset_mask":
                raise ValueError(f"options[{name!r}]: no such option; there is reset_mask")
        mask = options.get("reset_mask")
        if mask is None:
            return np.ones(self.num_envs, dtype=np.bool_)
        if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_:
            raise TypeError("options['reset_mask']: must be a numpy.ndarray of bool")
        if mask.shape != (self.num_envs,) or not mask.any():
            raise ValueError(
                f"options['reset_mask']: must be ({self.num_envs},) with at least one True"
            )
        return mask

    def _fresh(self, seed: Any) -> Bools:
        seeds = seed_list(seed)
        if seeds is None:
            if seed is not None:
                super().reset(seed=checked_seed("seed", seed))
            return np.full(self.num_envs, seed is not None)
        if len(seeds) != self.num_envs:
            raise ValueError(f"seed: {len(seeds)} seeds given, must be {self.num_envs}")
        for i, one in enumerate(seeds):
            if one is not None:
                checked_seed(f"seed[{i}]", one)
        return np.array([one is not None for one in seeds], dtype=np.bool_)

    def _info(self, out: _volery.GpdOutputs) -> Info:
        rows, lengths, returns = self.engine.episodes()
        final: Info = scattered({"episode": {"r": returns, "l": lengths}}, rows, self.num_envs)
        diverged = np.flatnonzero(out.diverged)
        if diverged.size:
            final.update(scattered({"diverged": out.diverged[diverged]}, diverged, self.num_envs))
        if out.final_observation is None:
            return final
        ended = out.ended.copy()
        last = np.full(self.num_envs, None, dtype=object)
        for row in rows.tolist():
            last[row] = out.final_observation[row].copy()
        return {
            "final_obs": last,
            "_final_obs": ended,
            "final_info": final,
            "_final_info": ended.copy(),
        }
