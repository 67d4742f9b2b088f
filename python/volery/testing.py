"""Checks that environments keep the contracts of Gymnasium and PettingZoo, and Volery's promises.

For users who change a task or a config, and for our own tests:

    >>> from volery import testing
    >>> testing.check_vector_env("Hover-v0", episode_s=1.0)
    >>> testing.check_parallel_env("formation", num_agents=4)

Each check is a function of a `Subject` and fails with an AssertionError that says where two things
differ. There are no tolerances.
"""

from __future__ import annotations

import dataclasses
import functools
import pickle
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.vector.utils import batch_space

from volery.comparison import (
    assert_same,
    check_apart,
    check_array,
    check_info,
    check_raises,
    copied,
    differ,
    leaves,
    outside,
    random_actions,
    rows_of,
)
from volery.registration import make_vec
from volery.single_env import Env
from volery.vector_env import VectorEnv
from volery.zoo import parallel_env

MODES = ("next_step", "same_step", "disabled")
_SEED = 7


@dataclasses.dataclass(frozen=True)
class Subject:
    """What is checked: an environment id with a config.

    Attributes:
        env_id: As for `volery.make_vec`.
        num_envs: Number of environments to check with: at least 2 worlds.
        num_steps: Length of the long comparisons.
        config: Further arguments of `volery.make_vec`.
    """

    env_id: str
    num_envs: int = 3
    num_steps: int = 1000
    config: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def factory(self, **changes: Any) -> functools.partial[VectorEnv]:
        """Returns what makes the environment, with some arguments changed."""
        arguments = {"num_envs": self.num_envs, **self.config, **changes}
        return functools.partial(make_vec, self.env_id, **arguments)

    def make(self, **changes: Any) -> VectorEnv:
        """Returns a new environment, with some arguments changed."""
        return self.factory(**changes)()

    def make_single(self) -> Env:
        """Returns a new single environment of the same config."""
        with closing(self.make()) as env:
            task = env.batch.config["task"]
        vector_only = ("num_envs", "num_threads", "rows", "autoreset", "copy")
        return Env(task, **{k: v for k, v in self.config.items() if k not in vector_only})

    @property
    def rows_are_worlds(self) -> bool:
        """False where each agent of a world is an environment."""
        return bool(self.config.get("rows", "worlds") == "worlds")


def check_vector_env(env_id: str, num_envs: int = 3, num_steps: int = 1000, **config: Any) -> None:
    """Runs every check.

    Args:
        env_id: As for `volery.make_vec`.
        num_envs: Number of environments to check with: at least 2 worlds.
        num_steps: Length of the long comparisons.
        **config: Further arguments of `volery.make_vec`.

    Raises:
        AssertionError: Where the environment breaks a promise.
    """
    subject = Subject(env_id, num_envs, num_steps, config)
    for check in CHECKS:
        check(subject)


# --- the contract of Gymnasium ------------------------------------------------------------------


def check_spaces(subject: Subject) -> None:
    """Spaces are batched, results lie in them and have the promised shapes and dtypes."""
    with closing(subject.make()) as env:
        count = env.num_envs
        assert count == subject.num_envs, f"num_envs is {count}, not {subject.num_envs}"
        assert env.action_space == batch_space(env.single_action_space, count)
        assert env.observation_space == batch_space(env.single_observation_space, count)
        assert isinstance(env.metadata["autoreset_mode"], AutoresetMode)
        observation, info = env.reset(seed=_SEED)
        assert env.observation_space.contains(observation), outside(env, observation)
        unexpected = set(info) - {"randomized", "_randomized"}
        assert not unexpected, f"info of reset: {info}"
        for step, actions in enumerate(random_actions(env, min(subject.num_steps, 200))):
            observation, reward, terminated, truncated, info = env.step(actions)
            assert env.observation_space.contains(observation), (
                f"step {step}: {outside(env, observation)}"
            )
            check_array(reward, (count,), np.float32, "reward")
            assert np.isfinite(reward).all(), f"step {step}: reward is not finite"
            check_array(terminated, (count,), np.bool_, "terminated")
            check_array(truncated, (count,), np.bool_, "truncated")
            check_info(info, count, "info")
            ended = terminated | truncated
            if ended.any():
                assert_same(info["_episode"], ended, f"step {step}: info['_episode']")


def check_seeds(subject: Subject) -> None:
    """A seed fixes the episode, seeds differ, and a reset without one starts another episode."""
    with closing(subject.make()) as env, closing(subject.make()) as twin:
        first = env.reset(seed=_SEED)[0]
        assert_same(first, twin.reset(seed=_SEED)[0], "two environments, same seed")
        second = env.reset()[0]
        assert differ(first, second), "reset without a seed repeated the episode"
        assert_same(second, twin.reset()[0], "second episode of the same seed")
        assert_same(first, env.reset(seed=_SEED)[0], "the seed again")
        assert differ(first, env.reset(seed=_SEED + 100)[0]), "another seed, same episode"
        seeds = [_SEED + i for i in range(env.batch.num_worlds)]
        assert_same(first, env.reset(seed=seeds)[0], "one seed per world")
        # worlds whose seed is None go on with their next episode
        env.reset(seed=_SEED)
        mixed = env.reset(seed=[None, *seeds[1:]])[0]
        rows = env.num_envs // env.batch.num_worlds
        assert_same(rows_of(mixed, slice(0, rows)), rows_of(second, slice(0, rows)), "seed None")
        assert_same(rows_of(mixed, slice(rows, None)), rows_of(first, slice(rows, None)), "seeds")
    with closing(subject.make()) as env, closing(subject.make()) as twin:
        assert differ(env.reset()[0], twin.reset()[0]), "no seed given, yet the same episode"


def check_autoreset(subject: Subject, mode: str) -> None:
    """The mode equals Gymnasium's SyncVectorEnv over the single environment, field by field.

    Args:
        subject: What is checked.
        mode: "next_step", "same_step" or "disabled".
    """
    if not subject.rows_are_worlds:
        return  # a single environment is a world
    sync = SyncVectorEnv(
        [subject.make_single for _ in range(subject.num_envs)],
        autoreset_mode=AutoresetMode[mode.upper()],
    )
    with closing(subject.make(autoreset=mode)) as env, closing(sync):
        assert env.metadata["autoreset_mode"] == sync.autoreset_mode
        assert env.single_observation_space == sync.single_observation_space
        assert env.single_action_space == sync.single_action_space
        assert_same(env.reset(seed=_SEED), sync.reset(seed=_SEED), f"{mode}: reset")
        num_ended = 0
        for step, actions in enumerate(random_actions(env, subject.num_steps)):
            where = f"{mode}, step {step}: (obs, reward, terminated, truncated, info)"
            result = env.step(actions)
            assert_same(result, sync.step(actions), where)
            ended = result[2] | result[3]
            num_ended += int(ended.sum())
            if mode == "disabled" and ended.any():
                ours = env.reset(options={"reset_mask": ended})
                # Gymnasium takes the mask out of the dict, so it gets its own
                assert_same(ours, sync.reset(options={"reset_mask": ended.copy()}), where)
        assert num_ended, f"{mode}: no episode ended in {subject.num_steps} steps"


def check_masks(subject: Subject) -> None:
    """A partial reset starts the masked worlds anew and leaves the others as they are."""
    with closing(subject.make(autoreset="disabled")) as env:
        rows = env.num_envs // env.batch.num_worlds
        env.reset(seed=_SEED)
        before = env.step(random_actions(env, 1)[0])[0]
        hashes = [env.batch.state_hash(w) for w in range(env.batch.num_worlds)]
        mask = np.zeros(env.num_envs, dtype=np.bool_)
        mask[:rows] = True
        options = {"reset_mask": mask}
        after = env.reset(options=options)[0]
        assert options == {"reset_mask": mask}, "reset changed the caller's options"
        assert_same(rows_of(before, ~mask), rows_of(after, ~mask), "environments outside the mask")
        assert differ(rows_of(before, mask), rows_of(after, mask)), "the mask reset nothing"
        assert env.batch.state_hash(0) != hashes[0]
        for world in range(1, env.batch.num_worlds):
            assert env.batch.state_hash(world) == hashes[world], f"world {world} changed"


def check_aliasing(subject: Subject) -> None:
    """With copy=True results are the caller's; with copy=False two sets of arrays take turns."""
    with closing(subject.make(copy=True)) as env:
        kept: list[Any] = [(env.reset(seed=_SEED)[0],)]
        copies = [copied(kept[0])]
        for actions in random_actions(env, 4):
            given = actions.copy()
            kept.append(env.step(actions)[:4])
            copies.append(copied(kept[-1]))
            assert_same(actions, given, "step wrote to the actions")
        assert_same(kept, copies, "copy=True: an older result changed")
        check_apart(kept)
    with closing(subject.make(copy=False)) as env:
        observations = [env.reset(seed=_SEED)[0]]
        for actions in random_actions(env, 3):
            before = copied(observations[-1])
            observations.append(env.step(actions)[0])
            assert_same(observations[-2], before, "copy=False: the last result changed")
        shared = zip(leaves(observations[1]), leaves(observations[3]), strict=True)
        assert all(np.shares_memory(a, b) for a, b in shared), "copy=False copied"


def check_refusals(subject: Subject) -> None:
    """Misuse is refused with the right type, and changes nothing."""
    with closing(subject.make(autoreset="disabled")) as env:
        actions = random_actions(env, 1)[0]
        check_raises(RuntimeError, "reset", lambda: env.step(actions))
        env.reset(seed=_SEED)
        before = env.batch.state_hash()
        bad = actions.copy()
        bad.flat[bad.size // 2] = np.nan
        wide = np.repeat(actions, 2, axis=-1)
        check_raises(ValueError, "finite", lambda: env.step(bad))
        check_raises(ValueError, "shape", lambda: env.step(actions[1:]))
        check_raises(ValueError, "strides", lambda: env.step(wide[..., ::2]))
        check_raises(TypeError, "float32", lambda: env.step(actions.astype(np.float64)))
        check_raises(TypeError, "ndarray", lambda: env.step(actions.tolist()))
        check_raises(ValueError, "seed", lambda: env.reset(seed=[1]))
        check_raises(ValueError, "option", lambda: env.reset(options={"mask": None}))
        for mask, error in (
            ([True] * env.num_envs, TypeError),
            (np.ones(env.num_envs), TypeError),
            (np.ones(env.num_envs + 1, dtype=np.bool_), ValueError),
            (np.zeros(env.num_envs, dtype=np.bool_), ValueError),
        ):
            options = {"reset_mask": mask}
            check_raises(error, "reset_mask", functools.partial(env.reset, options=options))
        assert env.batch.state_hash() == before, "a refused call changed the state"
        for actions in random_actions(env, subject.num_steps):
            result = env.step(actions)
            if (result[2] | result[3]).any():
                check_raises(RuntimeError, "ended", lambda: env.step(actions))  # noqa: B023
                break
        else:
            raise AssertionError(f"no episode ended in {subject.num_steps} steps")


def check_close(subject: Subject) -> None:
    """Closing twice is fine; using a closed environment is refused."""
    env = subject.make()
    env.reset(seed=_SEED)
    actions = random_actions(env, 1)[0]
    env.close()
    env.close()
    check_raises(RuntimeError, "closed", lambda: env.step(actions))
    check_raises(RuntimeError, "closed", lambda: env.reset())


def check_pickling(subject: Subject) -> None:
    """Factories and specs survive pickling and make equal environments; batches refuse it."""
    with closing(subject.make()) as env:
        expected = env.reset(seed=_SEED)[0]
        spec = pickle.loads(pickle.dumps(env.spec))
        check_raises(TypeError, "snapshot", lambda: pickle.dumps(env.batch))
    with closing(pickle.loads(pickle.dumps(subject.factory()))()) as env:
        assert_same(env.reset(seed=_SEED)[0], expected, "environment of a pickled factory")
    with closing(gymnasium.make_vec(spec)) as env:
        assert_same(env.reset(seed=_SEED)[0], expected, "environment of a pickled spec")


# --- same seed, same bits -----------------------------------------------------------------------


def check_repeatable(subject: Subject) -> None:
    """The same seed and actions give the same results and states, in every step."""
    _check_equal_runs(subject, {}, {}, "two runs")


def check_threads(subject: Subject) -> None:
    """Results do not depend on the number of threads."""
    for num_threads in (2, 4):
        _check_equal_runs(
            subject, {"num_threads": 1}, {"num_threads": num_threads}, f"{num_threads} threads"
        )


def check_env_alone(subject: Subject) -> None:
    """World i of N equals the same world alone with seed + i."""
    with closing(subject.make()) as env:
        num_worlds = env.batch.num_worlds
        rows = env.num_envs // num_worlds
    for world in range(num_worlds):
        mine = slice(world * rows, (world + 1) * rows)
        with closing(subject.make()) as env, closing(subject.make(num_envs=rows)) as alone:
            first = env.reset(seed=_SEED)[0]
            assert_same(rows_of(first, mine), alone.reset(seed=_SEED + world)[0], f"world {world}")
            for step, actions in enumerate(random_actions(env, subject.num_steps)):
                ours = env.step(actions)[:4]
                theirs = alone.step(actions[mine])[:4]
                where = f"world {world}, step {step}: (obs, reward, terminated, truncated)"
                assert_same([rows_of(part, mine) for part in ours], list(theirs), where)
            assert env.batch.state_hash(world) == alone.batch.state_hash(0)


def _check_equal_runs(
    subject: Subject, one: Mapping[str, Any], other: Mapping[str, Any], what: str
) -> None:
    with closing(subject.make(**one)) as env, closing(subject.make(**other)) as twin:
        assert_same(env.reset(seed=_SEED), twin.reset(seed=_SEED), f"{what}: reset")
        for step, actions in enumerate(random_actions(env, subject.num_steps)):
            where = f"{what}, step {step}: (obs, reward, terminated, truncated, info)"
            assert_same(env.step(actions), twin.step(actions), where)
            assert env.batch.state_hash() == twin.batch.state_hash(), f"{what}, step {step}: state"


def _autoreset_check(mode: str) -> Callable[[Subject], None]:
    def check(subject: Subject) -> None:
        check_autoreset(subject, mode)

    check.__name__ = f"check_autoreset_{mode}"
    return check


CHECKS: tuple[Callable[[Subject], None], ...] = (
    check_spaces,
    check_seeds,
    *(_autoreset_check(mode) for mode in MODES),
    check_masks,
    check_aliasing,
    check_refusals,
    check_close,
    check_pickling,
    check_repeatable,
    check_threads,
    check_env_alone,
)
"""Every check, each a function of a `Subject`."""


def check_parallel_env(task: str, num_steps: int = 300, **config: Any) -> None:
    """A seed fixes every step of a PettingZoo environment, bit for bit, and seeds differ.

    PettingZoo's own `parallel_seed_test` looks at one step only.

    Args:
        task: Name of the task.
        num_steps: Steps to compare, over as many episodes as they take.
        **config: Further arguments of `volery.parallel_env`.

    Raises:
        AssertionError: Where the environment breaks a promise.
    """
    with (
        closing(parallel_env(task, **config)) as env,
        closing(parallel_env(task, **config)) as twin,
    ):
        first = env.reset(seed=_SEED)
        assert_same(first, twin.reset(seed=_SEED), "reset with the same seed")
        # of a world that begins with nobody the state alone tells
        shown = (first[0], env.state())
        other = (env.reset(seed=_SEED + 100)[0], env.state())
        assert differ(shown, other), "another seed, same episode"
        env.reset(seed=_SEED)
        random = np.random.default_rng(_SEED)
        for step in range(num_steps):
            if not env.agents and not env.joining:
                assert_same(env.reset(), twin.reset(), f"the episode after step {step}")
            actions = {
                name: random.uniform(
                    env.action_space(name).low, env.action_space(name).high
                ).astype(np.float32)
                for name in env.agents
            }
            assert_same(env.step(actions), twin.step(actions), f"step {step}")
            assert env.agents == twin.agents, f"agents after step {step}"
            assert_same(env.state(), twin.state(), f"state() after step {step}")
            assert env.state_space.contains(env.state()), f"state() after step {step}"
