"""The suite that the package ships, run on every task and every way to see it."""

import numpy as np
import pytest

from volery import _volery, testing
from volery.registration import env_id

# episodes that end within the steps taken, at 100 steps a second too
SHORT = {"episode_s": 0.5}
SUBJECTS = {
    "hover": testing.Subject("Hover-v0", config={"episode_s": 1.0}),
    "hover with default episodes": testing.Subject("Hover-v0", num_steps=600),
    "hover as dict": testing.Subject(
        "Hover-v0", num_steps=300, config={"obs": "dict", "reward_terms": True, "episode_s": 1.0}
    ),
    "hover with drawn numbers": testing.Subject(
        "Hover-v0",
        num_steps=200,
        config={
            "episode_s": 1.0,
            "randomize": [
                {"field": "vehicle.mass_kg", "how": "scale", "range": [0.9, 1.1]},
                {"field": "wind.mean_w_mps[0]", "range": [-2, 2]},
            ],
        },
    ),
    "waypoints": testing.Subject("Waypoints-v0", config={"episode_s": 2.0}),
    "formation as worlds": testing.Subject(
        "Formation-v0",
        num_steps=300,
        config={"num_agents": 6, "episode_s": 2.0, "reward_terms": True},
    ),
    "formation as dict": testing.Subject(
        "Formation-v0", num_steps=200, config={"num_agents": 3, "episode_s": 2.0, "obs": "dict"}
    ),
    "formation as agents": testing.Subject(
        "Formation-v0",
        num_envs=12,
        num_steps=300,
        config={"num_agents": 4, "rows": "agents", "on_crash": "respawn", "episode_s": 2.0},
    ),
    **{
        name: testing.Subject(env_id(name).removeprefix("Volery/"), num_steps=60, config=SHORT)
        for name in (
            "consensus",
            "coverage",
            "dispatch",
            "flocking",
            "foraging",
            "gates",
            "goal_swap",
            "patrol",
            "pursuit",
            "search_relay",
            "sync",
            "transport",
            "transport_slung",
        )
    },
}


@pytest.mark.parametrize("check", testing.CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", SUBJECTS)
def test_conforms(name, check):
    check(SUBJECTS[name])


def test_every_task_is_among_the_subjects():
    covered = {subject.env_id for subject in SUBJECTS.values()}
    built_in = {env_id(entry.name) for entry in _volery.tasks()}
    assert {name.removeprefix("Volery/") for name in built_in} <= covered


def _spoiled(spoil):
    class Spoiled(testing.Subject):
        def make(self, **changes):
            env = super().make(**changes)
            spoil(env)
            return env

    return Spoiled("Hover-v0", num_steps=100, config={"episode_s": 1.0})


def _shift_reward(env):
    step = env.step

    def shifted(actions):
        obs, reward, *rest = step(actions)
        return (obs, reward + np.float32(1e-7), *rest)

    env.step = shifted


def _ignore_seed(env):
    reset = env.reset
    env.reset = lambda seed=None, options=None: reset(options=options)


def _write_actions(env):
    step = env.step

    def writing(actions):
        result = step(actions)
        actions += 1
        return result

    env.step = writing


def _accept_all(env):
    step, last = env.step, []

    def lenient(actions):
        try:
            last[:] = [step(actions)]
        except (TypeError, ValueError):
            return last[0]
        return last[0]

    env.step = lenient


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (_shift_reward, testing.CHECKS[2]),
        (_ignore_seed, testing.check_seeds),
        (_write_actions, testing.check_aliasing),
        (_accept_all, testing.check_refusals),
        (lambda env: setattr(env, "observation_space", env.action_space), testing.check_spaces),
        (lambda env: setattr(env, "close", lambda: None), testing.check_close),
    ],
)
def test_the_suite_finds_what_is_broken(spoil, check):
    with pytest.raises((AssertionError, KeyError, IndexError)):
        check(_spoiled(spoil))


def test_differences_are_named_by_place():
    with pytest.raises(AssertionError, match=r"x\['a'\]\[1\].*first at \(0, 2\)"):
        testing.assert_same({"a": (1, np.zeros((1, 3)))}, {"a": (1, np.array([[0, 0, 1.0]]))}, "x")
    for one, other in (({"a": 1}, {"b": 1}), ({"a": 1}, 1), ((1,), (1, 2)), (1, 2)):
        with pytest.raises(AssertionError):
            testing.assert_same(one, other, "x")
