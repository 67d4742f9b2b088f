"""Cables in scenes given as dicts."""

import numpy as np
import pytest

import volery

LOAD = {
    "name": "load",
    "kind": "sphere",
    "position_w_m": [0.0, 0.0, 0.015],
    "size_m": [0.03, 0.03, 0.03],
    "mass_kg": 0.01,
}


def scene(**cable):
    return {
        "base": "hover",
        "props": [LOAD],
        "cables": [{"a": "agent 0", "b": "load", "length_m": 0.3, **cable}],
    }


def test_the_shipped_sling_pulls():
    with volery.Batch("hover", 4, scene="slung", action="velocity") as batch:
        batch.reset(seed=1)
        for _ in range(10):
            batch.step(np.zeros((4, 1, batch.action_size), np.float32))
        tension = batch.state("cable_tension_n")
        assert tension.shape == (4, 1, 1)
        np.testing.assert_array_equal(tension, batch.state("prop_cable_tension_n"))
        # some 10 g; the drone sinks as it takes the load up
        assert np.all(tension > 0.02)
        assert np.all(tension < 0.3)


def test_every_agent_takes_part_where_asked():
    with volery.Batch("hover", scene=scene(a="agents"), num_agents=3) as batch:
        batch.reset(seed=1)
        assert batch.state("cable_tension_n").shape == (1, 3, 1)


@pytest.mark.parametrize(
    ("cable", "words"),
    [
        ({"b": "loadx"}, "did you mean 'load'"),
        ({"a": "agent 1"}, "agent 1"),
        ({"length_m": -1.0}, "length_m"),
        ({"a": "load"}, "same body"),
        ({"attach_b_b_m": [5.0, 0.0, 0.0]}, "10 radii"),
    ],
)
def test_refusals(cable, words):
    with pytest.raises(ValueError, match=words):
        volery.Batch("hover", scene=scene(**cable))


def test_contacts_off_is_refused():
    with pytest.raises(ValueError, match="contacts"):
        volery.Batch("hover", scene="slung", contacts="off")
