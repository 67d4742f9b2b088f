"""Swarm tasks over the ground and assignment, from Python."""

import itertools

import numpy as np
import pytest

import volery
from volery import assignment

TASKS = ["coverage", "patrol", "foraging", "transport", "transport_slung", "search_relay"]
TASKS += ["consensus", "sync", "dispatch"]


@pytest.mark.parametrize("task", TASKS)
def test_every_task_is_an_environment_with_its_baseline(task):
    batch = volery.Batch(task, 2, episode_s=1)
    baseline = batch.baseline()
    observation = batch.reset(seed=3)
    for _ in range(45):
        observation, reward, *_ = batch.step(baseline.act(observation))
        assert np.isfinite(observation).all()
        assert np.isfinite(reward).all()
    names = [metric.name for metric in batch.layout.metrics]
    assert {"closest_m", "collisions", "path_m", "energy_j"} <= set(names)


def returns(task, policy, **config):
    """Returns the mean over agents of the first return of each world."""
    batch = volery.Batch(task, 4, **config)
    pilot = batch.baseline(policy)
    observation = batch.reset(seed=0)
    total = np.zeros(4)
    done = np.zeros(4, bool)
    for _ in range(int(batch.config["episode_s"] * 30) + 2):
        observation, reward, _, _, info = batch.step(pilot.act(observation))
        total += np.where(done, 0, reward.mean(axis=1))
        done |= info["ended"]
    assert done.all()
    return total


@pytest.mark.parametrize("task", TASKS)
def test_baselines_beat_the_floor_in_every_world(task):
    shorter = {"patrol": 30, "foraging": 30, "search_relay": 15}
    config = {"episode_s": shorter[task]} if task in shorter else {}
    assert (returns(task, None, **config) > returns(task, "random", **config)).all()


def test_what_a_task_shows_is_a_group_of_the_observation():
    batch = volery.Batch("foraging")
    (group,) = (g for g in batch.layout.groups if g.name == "task")
    names = [c.name for c in batch.layout.observation[group.first : group.first + group.count]]
    assert names[:5] == ["area_east", "area_north", "area_west", "area_south", "climb"]
    assert "carrying" in names


def test_a_task_that_shows_nothing_has_no_such_sensor():
    with pytest.raises(ValueError, match="shows columns of its own"):
        volery.Batch("hover", sensors=["pose", "task"])


def test_the_vehicle_is_the_tasks_unless_given():
    assert volery.Batch("transport").config["vehicle"] == "particle"
    assert volery.Batch("transport", vehicle="rover").config["vehicle"] == "rover"
    assert volery.Batch("hover").config["vehicle"] == "cf2x"


def test_hungarian_is_the_best_of_all_permutations():
    cost = np.random.default_rng(1).random((6, 6))
    columns = assignment.hungarian(cost)
    best = min(cost[range(6), list(p)].sum() for p in itertools.permutations(range(6)))
    assert sorted(columns) == list(range(6))
    assert cost[range(6), columns].sum() == pytest.approx(best, rel=1e-12)


def test_an_auction_is_within_epsilon_per_row_of_the_optimum():
    cost = np.random.default_rng(2).random((40, 60))
    best = cost[range(40), assignment.hungarian(cost)].sum()
    for epsilon in (0.1, 0.001):
        found = assignment.auction(cost, epsilon)
        total = cost[range(40), found.columns].sum()
        assert best - 1e-12 <= total <= best + 40 * epsilon
        assert found.num_bids >= 40
        assert found.num_rounds >= 1


def test_greedy_choice_is_no_better_than_the_optimum():
    cost = np.random.default_rng(3).random((30, 30))
    greedy = cost[range(30), assignment.greedy(cost)].sum()
    assert greedy >= cost[range(30), assignment.hungarian(cost)].sum()


def test_rows_without_a_column_get_none():
    assert list(assignment.hungarian([[3.0], [1.0], [2.0]])) == [-1, 0, -1]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: assignment.hungarian([1.0, 2.0]), "must be a matrix"),
        (lambda: assignment.hungarian([[1.0, np.nan]]), r"cost\[0, 1\]: must be finite"),
        (lambda: assignment.auction([[1.0], [2.0]], 0.1), "2 rows bid for only 1"),
        (lambda: assignment.auction([[1.0, 2.0]], 0), "epsilon"),
    ],
)
def test_assignment_refuses_what_it_cannot_solve(call, words):
    with pytest.raises(ValueError, match=words):
        call()
