"""gym-pybullet-drones' environments, one at a time, as Gymnasium's Env."""

from __future__ import annotations

from typing import Any, NoReturn

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import ArrayLike, NDArray

from volery import _volery
from volery.arguments import check_single, checked_seed
from volery.compat.gpd.envs.BaseAviary import state_space
from volery.compat.gpd.envs.BaseRLAviary import kinematic_space
from volery.gpd_registration import NO_PICTURES

Info = dict[str, Any]


def action_space(engine: _volery.GpdBatch) -> spaces.Box:
    """Returns the space (A, U) float32 of a world's actions."""
    config = engine.config
    shape = (engine.num_agents, engine.action_size)
    low, high = np.full(shape, -1, dtype=np.float32), np.ones(shape, dtype=np.float32)
    if config["task"] == "ctrl":
        low[:], high[:] = 0, _volery.gpd_constants(config["model"])["MAX_RPM"]
    elif config["task"] == "velocity":
        low[:, 3] = 0
    return spaces.Box(low, high, dtype=np.float32)


def observation_space(engine: _volery.GpdBatch) -> spaces.Box:
    """Returns the space (A, O) of a world's observations: float32, or float64 for states."""
    if engine.action_buffer_size:
        return kinematic_space(engine.num_agents, engine.action_buffer_size * engine.action_size)
    max_rpm = _volery.gpd_constants(engine.config["model"])["MAX_RPM"]
    return state_space(engine.num_agents, max_rpm)


def engine_config(
    task: str,
    num_agents: int | None,
    action: str,
    initial_xyzs: ArrayLike | None,
    initial_rpys: ArrayLike | None,
    config: dict[str, Any],
) -> dict[str, Any]:
    """Returns the engine's config from an environment's arguments."""
    values = {"task": task, **config}
    if num_agents is not None:
        values["num_agents"] = num_agents
    if action:
        values["action"] = action
    for name, rows in (("initial_xyzs", initial_xyzs), ("initial_rpys", initial_rpys)):
        if rows is not None:
            values[name] = np.asarray(rows, dtype=np.float64).tolist()
    return values


class GpdEnv(gymnasium.Env[NDArray[Any], Any]):
    """One world of gym-pybullet-drones: the observations, rewards and episodes of the original.

    Spaces keep the original's axis of drones: (A, U) and (A, O). Without a seed `reset` leaves PIDs
    and action buffers as they are, as the original does; with a seed the environment is as new.
    `info["episode"]` of the last step holds `r` and `l`.

    Args:
        task: "hover", "multi_hover", "ctrl" or "velocity".
        num_agents: Drones; the original's default where None.
        action: Of the hover tasks: "rpm", "pid", "vel", "one_d_rpm" or "one_d_pid".
        initial_xyzs: (A, 3) m.
        initial_rpys: (A, 3) rad.
        render_mode: Must be None.
        **config: `model`, `physics`, `physics_rate_hz`, `control_rate_hz`, `episode_s`,
            `forget_on_reset`.

    Raises:
        TypeError: For a value of the wrong type.
        ValueError: For an unknown name or a value out of range.
    """

    def __init__(
        self,
        task: str,
        *,
        num_agents: int | None = None,
        action: str = "",
        initial_xyzs: ArrayLike | None = None,
        initial_rpys: ArrayLike | None = None,
        render_mode: None = None,
        **config: Any,
    ) -> None:
        why = "a single environment has none; use gymnasium.make_vec"
        check_single(config, why, ["num_threads"])
        if render_mode is not None:
            raise ValueError(f"render_mode = {render_mode!r}: must be None; {NO_PICTURES}")
        values = engine_config(task, num_agents, action, initial_xyzs, initial_rpys, config)
        self.engine = _volery.GpdBatch({**values, "autoreset": "disabled"})
        self.action_space = action_space(self.engine)
        self.observation_space = observation_space(self.engine)
        self.metadata = {"render_modes": [], "render_fps": self.engine.config["control_rate_hz"]}
        self.render_mode = None
        self._outputs = self.engine.make_outputs(False)
        # taken once: each attribute of the set costs a tenth of the step
        self._observation = self._outputs.observation[0]
        self._reward = self._outputs.reward
        self._terminated = self._outputs.terminated
        self._truncated = self._outputs.truncated
        self._shape = (1, self.engine.num_agents, self.engine.action_size)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], Info]:
        """Starts an episode.

        Args:
            seed: Any seed makes the environment as new; nothing in it is random.
            options: `state`: a snapshot of `engine.snapshot([])` to continue from instead.

        Returns:
            The observation and an empty info.

        Raises:
            TypeError: For a seed that is no integer.
            ValueError: For a seed out of range, an unknown option or a foreign snapshot.
        """
        if seed is not None:
            seed = checked_seed("seed", seed)
        super().reset(seed=seed)
        options = options or {}
        for name in options:
            if name != "state":
                raise ValueError(f"options[{name!r}]: no such option; there is state")
        if "state" in options:
            self.engine.restore(options["state"], [])
            self.engine.observe(self._outputs)
        else:
            self.engine.reset(None, seed is not None, self._outputs)
        return self._observation.copy(), {}

    def step(self, action: Any) -> tuple[NDArray[Any], float, bool, bool, Info]:
        """Takes one control step.

        Args:
            action: (A, U), taken as it is: only task "ctrl" clips.

        Returns:
            Observation, reward, terminated, truncated and info as the class says.

        Raises:
            ValueError: For a wrong shape or values that are not finite.
            RuntimeError: Before reset or after the episode has ended.
        """
        rows = np.array(action, dtype=np.float64, order="C")
        if rows.shape != self._shape[1:]:
            raise ValueError(f"action: shape must be {self._shape[1:]}, not {rows.shape}")
        self.engine.step(rows.reshape(self._shape), self._outputs)
        terminated, truncated = self._terminated.item(), self._truncated.item()
        info = self._episode() if terminated or truncated else {}
        return self._observation.copy(), self._reward.item(), terminated, truncated, info

    def render(self) -> NoReturn:
        """Raises NotImplementedError: there are no pictures."""
        raise NotImplementedError(f"render: {NO_PICTURES}")

    @property
    def batch(self) -> NoReturn:
        """Raises AttributeError: what records and draws Volery's own environments is not here."""
        raise AttributeError(f"batch: {NO_PICTURES}")

    def _episode(self) -> Info:
        _, length, total = self.engine.episodes()
        info: Info = {"episode": {"r": float(total[0]), "l": int(length[0])}}
        if self._outputs.diverged[0]:
            info["diverged"] = True
        return info
