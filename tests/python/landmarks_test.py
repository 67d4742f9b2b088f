"""Landmarks: what a picture shows beside bodies and goals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from volery import Batch, Recording


def test_gates_stand_where_the_config_says_and_the_next_one_is_busy() -> None:
    with Batch("gates", 2, 1, seed=1, task_config={"opening_m": 1.25}) as batch:
        batch.reset()
        gates = batch.landmarks(1)
    assert {gate["name"] for gate in gates} == {"gate"}
    assert {gate["kind"] for gate in gates} == {"gate"}
    # one agent has one gate next
    assert [gate["state"] for gate in gates].count("busy") == 1
    assert [gate["state"] for gate in gates].count("open") == len(gates) - 1 > 0
    for gate in gates:
        assert np.linalg.norm(gate["axis_w"]) == pytest.approx(1, abs=1e-6)
        assert gate["radius_m"] == 1.25 / 2
        assert len(gate["position_w_m"]) == 3


def test_a_search_opens_with_nothing_found() -> None:
    with Batch("search_relay", 1, 6, seed=3, task_config={"num_targets": 7}) as batch:
        batch.reset()
        base, *targets = batch.landmarks()
    assert (base["name"], base["kind"], base["position_w_m"][2]) == ("base", "zone", 0)
    assert base["axis_w"] == (0, 0, 1)
    assert [(t["kind"], t["state"]) for t in targets] == [("target", "open")] * 7


def test_what_is_fetched_is_no_landmark_any_more() -> None:
    with Batch("foraging", 1, 6, seed=2, task_config={"num_items": 9}) as batch:
        pilot = batch.baseline(seed=2)
        observation = batch.reset()
        counts = []
        for _ in range(300):
            counts.append(sum(mark["kind"] == "item" for mark in batch.landmarks()))
            observation = batch.step(pilot.act(observation))[0]
    assert counts[0] == 9
    assert min(counts) < counts[0]


def test_a_jammer_is_a_landmark_while_it_is_on() -> None:
    with Batch("formation", 2, 3, radio="formation") as batch:
        batch.reset()
        assert batch.landmarks(0) == []
        batch.radio.put_jammers(0, [{"center_w_m": [1, 2, 3], "radius_m": 4}])
        (jammer,) = batch.landmarks(0)
        assert batch.landmarks(1) == []
    assert jammer == {
        "name": "jammer",
        "kind": "jammer",
        "state": "busy",
        "position_w_m": (1, 2, 3),
        "axis_w": (0, 0, 1),
        "radius_m": 4,
    }


def test_worlds_of_one_batch_have_their_own() -> None:
    with Batch("search_relay", 2, 6, seed=3) as batch, Batch("search_relay", 1, 6, seed=4) as other:
        batch.reset()
        other.reset()
        assert batch.landmarks(1) == other.landmarks(0)
        assert batch.landmarks(1) != batch.landmarks(0)


def test_a_recording_has_the_landmarks_of_each_step(tmp_path: Path) -> None:
    seen = []
    with Batch("foraging", 1, 4, seed=2) as batch:
        pilot = batch.baseline(seed=2)
        observation = batch.reset()
        with batch.record(tmp_path / "run.vrec"):
            for _ in range(200):
                seen.append(batch.landmarks())
                observation = batch.step(pilot.act(observation))[0]
    recording = Recording(tmp_path / "run.vrec")
    for position in (0, 90, 199):
        recording.seek(position)
        assert recording.landmarks() == seen[position]
    assert seen[0] != seen[199]


@pytest.mark.parametrize(
    ("world", "error", "match"),
    [
        (2, ValueError, r"world = 2: must be in \[0, 1\]"),
        (-1, ValueError, r"world = -1: must be at least 0"),
        ("a", TypeError, "must be an integer"),
    ],
)
def test_a_world_that_is_not_there_is_refused(
    world: object, error: type[Exception], match: str
) -> None:
    with Batch("gates", 2, 1) as batch:
        batch.reset()
        with pytest.raises(error, match=match):
            batch.landmarks(world)  # type: ignore[arg-type]


def test_landmarks_are_refused_after_close() -> None:
    batch = Batch("gates", 1, 1)
    batch.close()
    with pytest.raises(RuntimeError, match="closed"):
        batch.landmarks()
