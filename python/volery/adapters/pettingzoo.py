"""One world as PettingZoo's ParallelEnv.

This file is imported by `volery.parallel_env`, so that PettingZoo is needed by its users alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from gymnasium.spaces import Box, Space
from numpy.typing import NDArray
from pettingzoo import ParallelEnv

from volery import _volery
from volery.arguments import ObservationMode, checked_choice, checked_seed
from volery.buffers import Floats, Observation
from volery.rendering import MODES, Picture, RenderConfig, Rendering, checked_mode
from volery.rendering import render_config as checked_config
from volery.roster import Roster, checked_teams
from volery.single_world import batch_of_one
from volery.spaces import observation_space

# what a central critic sees of every agent, and of every prop with "prop_" in front
_BODY_FIELDS = ("position_w_m", "quat_wb_xyzw", "velocity_w_mps", "omega_b_radps")


class WorldEnv(ParallelEnv[str, Any, Floats]):
    """One world whose agents act at the same time, each under its own name.

    Agents are named "agent_0", "agent_1", ..., or after their teams "red_0", "red_1", "blue_0", ...
    An agent leaves `agents` when it terminates or is truncated; the episode is over when none is
    left and none is to join. An agent that crashes and starts again (`on_crash="respawn"`) was
    never terminated. One that joins in mid-episode (`join_s`) is in `agents` from the step on whose
    results it is first in, with its observation and a reward of 0; `joining` names those to come.
    `state()` is what a central critic sees.

    In fleets of several types of vehicle each agent has the action space of its own type. With
    `spaces="uniform"` all have the widest one. `infos[agent]["action_mask"]`, int8 in the shape of
    the action, is 1 in the columns that the next step looks at (see `Batch.action_mask`).

    Args:
        task: Name of the task.
        spaces: "own" or "uniform".
        teams: Name and number of agents of each team, in the order of the agents; or the config's
            own form, the team of each agent, taken in turn. Sensors see the same teams.
        team_share: Share of each reward that is the mean over the agent's team (everyone without
            teams): 0 is the agent's own, 1 the same for the whole team.
        obs: "flat" for Box observations, "dict" for a Dict of the layout's groups.
        action_masks: Report the masks; None: where spaces are uniform.
        reward_terms: Report the terms of the reward in each agent's info.
        seed: Of the first reset without one; entropy of the system where None.
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
        spaces: Literal["own", "uniform"] = "own",
        teams: Mapping[str, int] | Sequence[str] | None = None,
        team_share: float = 0.0,
        action_masks: bool | None = None,
        reward_terms: bool = False,
        seed: int | None = None,
        render_mode: str | None = None,
        render_config: Mapping[str, Any] | RenderConfig | None = None,
        **config: Any,
    ) -> None:
        render_mode = checked_mode(render_mode)
        pictures = checked_config(render_config)
        checked_choice("spaces", spaces, ("own", "uniform"))
        if not 0 <= team_share <= 1:
            raise ValueError(f"team_share = {team_share}: must be in [0, 1]")
        if teams is not None:
            named = checked_teams(teams, config)
            config["teams"] = named
            if isinstance(teams, Mapping):
                config["num_agents"] = len(named)
        self.batch = batch_of_one(
            task,
            "a parallel environment is one world and has none",
            obs=obs,
            reward_terms=reward_terms,
            seed=seed,
            **config,
        )
        layout = self.batch.layout
        of_agents = self.batch.config["teams"] if teams is not None else None
        self._roster = Roster(layout, of_agents, own_spaces=spaces == "own")
        self.teams = self._roster.teams
        self.possible_agents = list(self._roster.names)
        self.agents: list[str] = []
        self.render_mode = render_mode
        self._rendering = Rendering(self.batch, render_mode, pictures, f"volery: {task}")
        self.metadata = {
            "name": f"{task}_v0",
            "render_modes": list(MODES),
            "render_fps": self.batch.config["agent_rate_hz"],
            "is_parallelizable": True,
        }
        self._started = False
        self._rows = {name: i for i, name in enumerate(self.possible_agents)}
        as_dict = obs == "dict"
        self._actions = self._roster.actions
        self._observations = {
            name: observation_space(layout, as_dict) for name in self.possible_agents
        }
        self._share = float(team_share)
        self._masks = spaces == "uniform" if action_masks is None else bool(action_masks)
        self._joins = any(self.batch.config["join_s"])
        self._terms = [term.name for term in layout.reward_terms] if reward_terms else []
        self._buffer = np.zeros((1, layout.num_agents, layout.action_size), dtype=np.float32)
        self._state_fields = self._fields_of_state()
        size = sum(width for _, width in self._state_fields)
        self.state_space = Box(-np.inf, np.inf, (size,), np.float32)

    def observation_space(self, agent: str) -> Space[Any]:
        """Returns the space of an agent's observation, the same object at each call."""
        return self._observations[self._known(agent)]

    def action_space(self, agent: str) -> Box:
        """Returns the space of an agent's action, the same object at each call."""
        return self._actions[self._known(agent)]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """Starts an episode: episode 0 of the seed, or without one the next.

        Args:
            seed: Of the world.
            options: `state`: a snapshot of `batch.snapshot()` to continue from instead. Other
                entries are not looked at, as PettingZoo's own tests make some up.

        Returns:
            Observation and info of each agent; info holds `randomized`, what was drawn for it.

        Raises:
            TypeError: For a seed that is no integer.
            ValueError: For a seed out of range, or a foreign snapshot.
        """
        seed = None if seed is None else checked_seed("seed", seed)
        snapshot = (options or {}).get("state")
        if snapshot is None:
            observation = self.batch.reset(seed, out=self.batch.new_buffers())
        else:
            self.batch.restore(snapshot)
            observation = self.batch.observe()
        alive = self.batch.alive[0]
        self.agents = [name for name, i in self._rows.items() if alive[i]]
        self._started = True
        self._rendering.show()
        infos = self._infos(self.agents)
        for field, drawn in self.batch.randomized().items():
            for name in self.agents:
                row = infos[name].setdefault("randomized", {})
                row[field] = float(drawn[0, self._rows[name]])
        return self._split(observation, self.agents), infos

    def step(
        self, actions: Mapping[str, Floats]
    ) -> tuple[
        dict[str, Any],
        dict[str, float],
        dict[str, bool],
        dict[str, bool],
        dict[str, dict[str, Any]],
    ]:
        """Takes one agent step.

        Args:
            actions: One array of its space for each of `agents`, converted to float32.

        Returns:
            Observation, reward, terminated, truncated and info of each agent that was alive or has
            joined in this step. Where nobody is left or to join, five empty dicts.

        Raises:
            ValueError: For an agent without action, an action of somebody else, a wrong shape or
                values that are not finite.
            RuntimeError: Before reset or after close.
        """
        acting = self.agents
        self._check_names(actions)
        if self._started and not acting and not self.joining:
            return {}, {}, {}, {}, {}
        self._buffer.fill(0)
        for name in acting:
            action = np.asarray(actions[name], dtype=np.float32)
            wanted = self._actions[name].shape
            if action.shape != wanted:
                raise ValueError(f"actions[{name!r}]: shape must be {wanted}, not {action.shape}")
            row = self._rows[name]
            self._buffer[0, row, self._roster.columns[row]] = action
        result = self.batch.step(self._buffer, out=self.batch.new_buffers())
        observation, reward, terminated, truncated, events = result
        self._rendering.show()
        shown = acting
        if self._joins:
            alive = events["alive"][0]
            shown = [name for name, i in self._rows.items() if alive[i] or name in acting]
        observations = self._split(observation, shown)
        infos = self._infos(shown)
        status = int(events["status"][0])
        for name in acting if status or self._terms else ():
            if status:
                infos[name]["status"] = status
            if self._terms:
                terms = events["reward_terms"][0, self._rows[name]].tolist()
                infos[name]["reward_terms"] = dict(zip(self._terms, terms, strict=True))
        paid = reward[0] if self._share == 0 else self._roster.shared(reward[0], self._share)
        rewards = _by_name(shown, self._rows, paid.tolist())
        if shown is not acting:
            # a share of the team's reward is earned from the next step on
            rewards.update({name: 0.0 for name in shown if name not in acting})
        ends = _by_name(shown, self._rows, terminated[0].tolist())
        cuts = _by_name(shown, self._rows, truncated[0].tolist())
        self.agents = [name for name in shown if not (ends[name] or cuts[name])]
        return observations, rewards, ends, cuts, infos

    @property
    def joining(self) -> list[str]:
        """Names of the agents that are still to join the episode, in order."""
        if not self._joins:
            return []
        waits = self.batch.state("to_join")[0, :, 0] != 0
        return [name for name, i in self._rows.items() if waits[i]]

    def state(self) -> NDArray[np.float32]:
        """Returns the state of the world for a central critic.

        Returns:
            (S,) float32: of every agent, the dead ones too, position (m), quaternion xyzw, velocity
            (m/s) in world axes, angular velocity (rad/s) in body axes, 1 while it is alive and its
            goal (m) where the task has goals; then the same four of every prop. Field by field, all
            agents of a field next to each other.
        """
        parts = [self.batch.state(name).ravel() for name, _ in self._state_fields]
        return np.concatenate(parts)

    def render(self) -> Picture | None:
        """Returns a picture of the world as `render_mode` asks for, as `volery.Env.render` does.

        Raises:
            RuntimeError: Before the first reset, after close, or where there is no OpenGL.
        """
        pictures = self._rendering.pictures([0])
        return None if pictures is None else pictures[0]

    def close(self) -> None:
        """Closes the batch; a second call does nothing."""
        self._rendering.close()
        self.batch.close()

    def __str__(self) -> str:
        return str(self.metadata["name"])

    # ----------------------------------------------------------------------------------------

    def _fields_of_state(self) -> list[tuple[str, int]]:
        """Names of the fields of `state()` that this batch has, and their sizes."""
        known = {field.name for field in self.batch.state_fields}
        names = [*_BODY_FIELDS, "alive", "goal_w_m", *(f"prop_{name}" for name in _BODY_FIELDS)]
        return [(name, self.batch.state(name).size) for name in names if name in known]

    def _infos(self, names: list[str]) -> dict[str, dict[str, Any]]:
        if not self._masks:
            return {name: {} for name in names}
        mask = self.batch.action_mask()[0].astype(np.int8)
        rows = [self._rows[name] for name in names]
        return {
            name: {"action_mask": mask[row, self._roster.columns[row]]}
            for name, row in zip(names, rows, strict=True)
        }

    def _known(self, agent: str) -> str:
        if agent in self._rows:
            return agent
        hint = _volery.nearest_name(str(agent), self.possible_agents)
        raise ValueError(f"agent = {agent!r}: no such agent{hint}")

    def _check_names(self, actions: Mapping[str, Floats]) -> None:
        if not isinstance(actions, Mapping):
            raise TypeError(f"actions: must be a dict by agent, not {type(actions).__name__}")
        for name in self.agents:
            if name not in actions:
                raise ValueError(f"actions: {name!r} has none; every agent of `agents` needs one")
        if len(actions) == len(self.agents):
            return
        for name in actions:
            if self._known(name) not in self.agents:
                what = "is still to join" if name in self.joining else "has left"
                raise ValueError(f"actions: {name!r} {what} the episode; leave its action out")

    def _split(self, observation: Observation, names: list[str]) -> dict[str, Any]:
        if isinstance(observation, dict):
            return {
                name: {key: value[0, self._rows[name]] for key, value in observation.items()}
                for name in names
            }
        return {name: observation[0, self._rows[name]] for name in names}


def _by_name(names: list[str], rows: Mapping[str, int], values: list[Any]) -> dict[str, Any]:
    return {name: values[rows[name]] for name in names}
