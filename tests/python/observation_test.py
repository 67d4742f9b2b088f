"""What agents see of their surroundings: lidar, limited neighbors, occupancy, graphs."""

import numpy as np
import pytest

import volery
from volery import graph

COUNT = 4


def make(sensors, num_agents=8, num_worlds=3, obs="dict", **config):
    return volery.Batch(
        "hover",
        num_worlds,
        num_agents,
        action="velocity",
        sensors=sensors,
        obs=obs,
        on_crash="continue",
        scene={"base": "hover", "spawn_low_m": [-3, -3, 0.5], "spawn_high_m": [3, 3, 3]},
        **config,
    )


def seeing(**changes):
    return {"neighbors": {"count": COUNT, "radius_m": 3.0, "index": True, **changes}}


def test_a_lidar_of_rows_is_a_picture_per_agent():
    config = {"lidar": {"rows": 4, "columns": 24, "max_range_m": 8.0, "noise_m": 0.01}}
    with make(["pose", "lidar"], sensor_config=config) as batch:
        obs = batch.reset(seed=1)
        assert obs["lidar"].shape == (3, 8, 4, 24)
        # the lowest rows meet the floor, the highest none
        assert np.all(obs["lidar"] >= 0)
        assert np.all(obs["lidar"] <= 8)
        assert np.any(obs["lidar"][:, :, 0] < 8)


def test_noisy_sight_does_not_depend_on_threads_and_survives_a_snapshot():
    config = {
        "lidar": {"columns": 20, "noise_m": 0.02, "ray_dropout": 0.1, "rate_hz": 10},
        **seeing(hidden_by="all", position_noise_m=0.1, dropout=0.2, delay_s=0.1),
    }
    sensors = ["lidar", "neighbors", "degree"]
    runs = []
    for threads in (1, 2):
        with make(sensors, sensor_config=config, num_threads=threads, obs="flat") as batch:
            batch.reset(seed=3)
            actions = np.full((3, 8, batch.action_size), 0.3, np.float32)
            seen = []
            for step in range(12):
                if step == 5:
                    batch.restore(batch.snapshot())
                seen.append(batch.step(actions)[0].copy())
            runs.append(np.stack(seen))
    np.testing.assert_array_equal(runs[0], runs[1])


def test_occupancy_is_a_grid_per_agent():
    config = {"occupancy": {"cells": 12, "cell_m": 0.5, "separate": True}}
    with make(["occupancy"], sensor_config=config) as batch:
        obs = batch.reset(seed=2)
        assert obs["occupancy"].shape == (3, 8, 2, 12, 12)
        assert set(np.unique(obs["occupancy"])) <= {0.0, 1.0}
        # somebody is within 3 m of somebody
        assert np.any(obs["occupancy"][:, :, 1] == 1)


def test_teams_show_in_the_slots():
    with make(
        ["neighbors"], sensor_config=seeing(team=True, radius_m=50.0), teams=["red", "blue"]
    ) as batch:
        obs = batch.reset(seed=2)
        slots = obs["neighbors"]
        assert slots.shape == (3, 8, COUNT, 9)
        own = np.arange(8)[None, :, None] % 2
        np.testing.assert_array_equal(slots[..., 7], (slots[..., 8] % 2 == own).astype(np.float32))


def test_more_teams_than_agents_are_refused():
    with pytest.raises(ValueError, match=r"config\.teams: lists 9 agents"):
        make(["neighbors"], teams=["red"] * 9)
    with pytest.raises(ValueError, match=r"config\.teams\[1\]"):
        make(["neighbors"], teams=["red", ""])


@pytest.mark.parametrize("obs", ["flat", "dict"])
def test_the_graph_has_an_edge_per_filled_slot(obs):
    with make(["pose", "neighbors"], obs=obs, sensor_config=seeing()) as batch:
        observation = batch.reset(seed=4)
        made = batch.graph(observation)
        position = batch.state("position_w_m")
    w, a = position.shape[:2]
    offset = position[:, None, :, :] - position[:, :, None, :]  # [w, who sees, who is seen]
    distance = np.linalg.norm(offset, axis=-1)
    edges = []
    for world in range(w):
        for agent in range(a):
            others = [b for b in np.argsort(distance[world, agent], kind="stable") if b != agent]
            near = [b for b in others if distance[world, agent, b] <= 3][:COUNT]
            edges += [(world * a + b, world * a + agent) for b in near]
    np.testing.assert_array_equal(made.edge_index.T, edges)
    assert made.num_nodes == w * a
    assert made.num_edges == len(edges)
    np.testing.assert_array_equal(made.degree, np.sum(made.neighbors >= 0, axis=2))
    # compressed rows and the padded form hold the same
    for node in range(made.num_nodes):
        row = made.edge_index[0, made.pointer[node] : made.pointer[node + 1]]
        padded = made.neighbors[node // a, node % a]
        np.testing.assert_array_equal(row % a, padded[padded >= 0])
        np.testing.assert_array_equal(row // a, node // a)
    # features are the columns of the slot, then the distance
    assert made.edge_attr.shape == (len(edges), 7)
    seen, by = made.edge_index
    truth = offset[by // a, by % a, seen % a]
    np.testing.assert_allclose(made.edge_attr[:, :3], truth, atol=1e-6)
    np.testing.assert_allclose(made.edge_attr[:, 6], np.linalg.norm(truth, axis=1), rtol=1e-6)


def test_false_positives_make_no_edges():
    with make(["neighbors"], sensor_config=seeing(false_positives=1.0)) as batch:
        observation = batch.reset(seed=4)
        assert np.all(observation["neighbors"][..., 6] == 1)
        made = batch.graph()
        assert made.num_edges < 3 * 8 * COUNT
        assert np.all(made.neighbors[..., 0] >= -1)


def test_graphs_refuse_groups_that_do_not_tell():
    with make(["pose", "neighbors"]) as batch:
        observation = batch.reset(seed=1)
        with pytest.raises(ValueError, match="'index': True"):
            batch.graph(observation)
        with pytest.raises(ValueError, match="no group 'friends'"):
            graph.from_observation(batch.layout, observation, "friends")
