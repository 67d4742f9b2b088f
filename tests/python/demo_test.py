"""`volery demo`: what it tells of a flight, and its picture."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import volery
from volery import Batch, demo, demo_report, demo_show, plot_search
from volery.cli.common import Progress
from volery.relay_log import BASE, NEVER, SEEN, UNKNOWN, curve, place_of

WORLDS, AGENTS, SEED = 2, 8, 3
CONFIG = {"episode_s": 12, "task_config": {"num_targets": 5}}
SIGHT_M = 1.8
# positions are float32 and the record's place is rounded on its way through [-1, 1]
PLACE_TOL_M = 1e-3


def fly(**changes: Any) -> demo.Flight:
    config = {**CONFIG, **changes}
    return demo.fly(WORLDS, AGENTS, threads=1, seed=SEED, progress=Progress, **config)


@pytest.fixture(scope="module")
def flight() -> demo.Flight:
    return fly()


def row(flight: demo.Flight, name: str) -> str:
    return dict(demo_report.report(flight))[name]


def numbers(text: str) -> list[float]:
    return [float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]


def test_the_table_agrees_with_the_counters_of_a_batch(flight: demo.Flight) -> None:
    with Batch("search_relay", WORLDS, AGENTS, autoreset="disabled", **CONFIG) as batch:
        policy = batch.baseline(seed=SEED)
        observation, ended = batch.reset(seed=SEED), np.zeros(WORLDS, bool)
        while not ended.all():
            observation, _, _, _, info = batch.step(policy.act(observation))
            ended = info["ended"]
        counts = batch.radio.counts()
    total = {name: float(values.sum()) for name, values in counts.items()}
    for name, values in flight.radio.items():
        np.testing.assert_array_equal(values, counts[name])
    assert total["sent"] > 0
    assert numbers(row(flight, "messages"))[0] == total["sent"]
    share, candidates = numbers(row(flight, "delivered"))
    assert candidates == total["candidates"]
    assert share == pytest.approx(100 * total["delivered"] / candidates, abs=0.05)
    # every rounded share is off by 0.05 at most
    causes = numbers(row(flight, "not delivered"))
    assert sum(causes) + share == pytest.approx(100, abs=0.05 * (len(causes) + 1) + 1e-9)
    bytes_ps = total["bytes_sent"] / (WORLDS * (AGENTS - 1) * CONFIG["episode_s"])
    assert numbers(row(flight, "bytes"))[0] == pytest.approx(bytes_ps, abs=0.05)


def test_what_the_log_tells_is_what_the_task_scores(flight: demo.Flight) -> None:
    steps = int(flight.length[0])
    for world, findings in enumerate(flight.findings):
        found, reported = curve(findings, steps, 5)
        assert found[-1] == pytest.approx(flight.metrics["found"][world, 0])
        assert reported[-1] == pytest.approx(flight.metrics["reported"][world, 0])
        area = flight.metrics["reported_area"][world, 0]
        assert reported[1:].mean() == pytest.approx(area, rel=1e-5)
        assert (reported <= found + 1e-12).all()
    assert max(len(findings) for findings in flight.findings) > 0


def test_every_way_leads_from_a_sight_to_the_base_hop_by_hop(flight: demo.Flight) -> None:
    ways = 0
    for world, findings in enumerate(flight.findings):
        path_w_m = demo.replay(flight, world).path_w_m
        for finding in findings:
            assert UNKNOWN not in finding.source
            way = finding.way()
            if not way:
                assert finding.reported_step == NEVER
                continue
            ways += 1
            assert way[-1] == BASE
            assert len(way) == finding.hops[BASE] + 1
            assert finding.source[way[0]] == SEEN
            assert (np.diff(finding.step[way]) > 0).all()
            # the target lies in sight of whoever is said to have seen it
            place = place_of(finding, flight.config)
            for agent in np.flatnonzero((finding.step != NEVER) & (finding.source == SEEN)):
                seer = path_w_m[finding.step[agent], agent]
                assert np.linalg.norm(place - seer) <= SIGHT_M + PLACE_TOL_M
    assert ways > 0


def test_a_world_flown_again_is_the_same_one(flight: demo.Flight) -> None:
    for world in range(WORLDS):
        again = demo.replay(flight, world)
        for name, values in flight.radio.items():
            np.testing.assert_array_equal(again.radio[name], values[world])
        assert again.messages.sum() == flight.radio["delivered"][world].sum()
        np.testing.assert_array_equal(
            again.messages.sum(axis=(0, 1)), flight.radio["delivered"][world]
        )
        assert len(again.path_w_m) == flight.length[world] + 1


def test_the_shown_world_is_the_median_one(flight: demo.Flight) -> None:
    area = np.array([[0.3], [0.9], [0.5], [0.5], [0.1]], np.float32)
    kept = np.zeros((1, 5, 1, 1), np.float32)
    told = dataclasses.replace(flight, metrics={"reported_area": area}, actions=kept)
    assert told.shown_world == 2
    # only of worlds whose actions were kept
    assert dataclasses.replace(told, actions=kept[:, :2]).shown_world == 0


def test_the_picture_is_written_and_not_empty(flight: demo.Flight, tmp_path: Path) -> None:
    from matplotlib.image import imread

    file = tmp_path / "deep" / "demo.png"
    world = flight.shown_world
    plot_search.draw_search(flight, demo.replay(flight, world), world, file)
    pixels = imread(file)
    assert pixels.shape[0] > 1000
    assert pixels.shape[1] > 1800
    # the colors of reported targets, of ways and of the base are in it
    for color in ("#00855f", "#d55e00", "#22303c"):
        rgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        assert (np.abs(pixels[..., :3] - rgb) < 0.01).all(axis=-1).sum() > 50, color


def test_the_flight_is_recorded_filmed_and_put_on_a_page(
    flight: demo.Flight, tmp_path: Path
) -> None:
    world = flight.shown_world
    shown = demo_show.show(flight, world, tmp_path / "demo.png", Progress)
    recording = volery.Recording(shown.recording)
    assert recording.verify() is None
    end = demo.replay(flight, world).path_w_m[-1]
    assert np.array_equal(recording.state("position_w_m")[0], end), "the flight that was told of"
    assert 'id="volery-data"' in shown.page.read_text()
    if shown.video is None:
        assert "OpenGL" in shown.why_no_video
        pytest.skip(f"no video: {shown.why_no_video}")
    assert shown.video.exists()


def test_without_opengl_there_is_a_page_all_the_same(
    flight: demo.Flight, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOLERY_GL", "off")
    shown = demo_show.show(flight, flight.shown_world, tmp_path / "demo.png", Progress)
    assert shown.video is None
    assert "VOLERY_GL" in shown.why_no_video
    assert shown.page.exists()


def test_without_a_radio_nothing_is_reported_and_it_says_so(tmp_path: Path) -> None:
    silent = fly(radio="off", episode_s=2)
    assert row(silent, "radio") == "off"
    assert row(silent, "first, last report") == "never"
    assert silent.metrics["reported"].max() == 0
    plot_search.draw_search(silent, demo.replay(silent, 0), 0, tmp_path / "silent.png")
    assert (tmp_path / "silent.png").stat().st_size > 0


def test_where_senders_are_anonymous_ways_are_not_told(tmp_path: Path) -> None:
    hidden = fly(radio={"base": "hall", "address": {"anonymous": True}}, episode_s=4)
    assert hidden.metrics["reported"].max() > 0
    assert row(hidden, "hops") == "not known"
    plot_search.draw_search(hidden, demo.replay(hidden, 0), 0, tmp_path / "hidden.png")


@pytest.mark.parametrize("on_crash", ["terminate_world", "terminate_agent", "respawn"])
def test_worlds_with_crashes_are_told_up_to_their_end(on_crash: str) -> None:
    # fast starts: some hit a wall
    start = {"velocity_mps": 4.0}
    rough = fly(on_crash=on_crash, task_config={"start": start}, episode_s=8)
    assert rough.metrics["obstacle_hits"].sum() > 0
    if on_crash == "terminate_world":
        assert rough.length.min() < 8 * rough.config["agent_rate_hz"]
    for world, findings in enumerate(rough.findings):
        _, reported = curve(findings, int(rough.length[world]), 12)
        assert reported[-1] == pytest.approx(rough.metrics["reported"][world, 0])
        again = demo.replay(rough, world)
        assert again.messages.sum() == rough.radio["delivered"][world].sum()


def test_other_tasks_are_refused() -> None:
    with pytest.raises(ValueError, match=r"task = 'formation'.*search_relay"):
        fly(task="formation")
